import Failover

/// What protection brings and what it costs: a run with it beside a run that does nothing, in the same world and of the
/// same length.
public struct ProtectionValue: Sendable, Hashable {
  /// What a run comes to.
  public struct Figures: Sendable, Hashable {
    public var cost: Cost
    public var availability: Availability
    /// The work that was lost, at the price of the GPU that did it.
    public var lostWork: Money

    public init(cost: Cost, availability: Availability, lostWork: Money) {
      self.cost = cost
      self.availability = availability
      self.lostWork = lostWork
    }

    public init(_ metrics: Metrics) {
      self.init(
        cost: metrics.cost, availability: metrics.availability, lostWork: metrics.bill.lostWork)
    }
  }

  public var protected: Figures
  public var unprotected: Figures

  public init(protected: Figures, unprotected: Figures) {
    self.protected = protected
    self.unprotected = unprotected
  }

  /// What protection costs besides GPUs that run: standby, disks, volumes, snapshots, transfers. The hours of GPU
  /// that it brings are not in here: they are paid for and used.
  public var overhead: Money { protected.cost.overhead - unprotected.cost.overhead }

  /// The difference of the two whole bills: the overhead and the hours of GPU.
  public var extraCost: Money { protected.cost.total - unprotected.cost.total }

  /// How much longer users had any service, by a GPU or by the standby; negative when protection made it worse.
  public var serviceGained: Duration {
    func service(_ figures: Figures) -> Duration { figures.availability.full + figures.availability.degraded }
    return service(protected) - service(unprotected)
  }

  /// How much longer users had full service.
  public var fullServiceGained: Duration { protected.availability.full - unprotected.availability.full }

  /// The value of the work that protection saved from being done again.
  public var lostWorkAvoided: Money { unprotected.lostWork - protected.lostWork }

  /// The overhead for an hour of service gained; `nil` when none was.
  public var overheadPerHourGained: HourlyPrice? { Self.price(overhead, for: serviceGained) }

  /// The whole extra cost, GPUs included, for an hour of service gained; `nil` when none was.
  public var extraCostPerHourGained: HourlyPrice? { Self.price(extraCost, for: serviceGained) }

  /// Rounded down to a nanodollar an hour.
  static func price(_ cost: Money, for duration: Duration) -> HourlyPrice? {
    guard duration > .zero else { return nil }
    let hour: Int128 = 3_600_000_000_000
    let perHour = Int128(cost.nanodollars) * hour / Int128(duration.wholeNanoseconds)
    return HourlyPrice(perHour: Money(nanodollars: Int64(clamping: perHour)))
  }
}
