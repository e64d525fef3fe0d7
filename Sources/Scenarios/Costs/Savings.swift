import Failover

/// What it saves to switch a GPU off while nobody uses it, by the month of 30 days of 24 hours.
public struct Hibernation: Sendable, Hashable {
  public var gpu: HourlyPrice
  /// How long the GPU is used each day, from nothing to 24 hours.
  public var busyPerDay: Duration

  public init(gpu: HourlyPrice, busyPerDay: Duration) {
    self.gpu = gpu
    self.busyPerDay = busyPerDay
  }

  /// A GPU that is idle for a share of the day, from 0 to 1.
  public init(gpu: HourlyPrice, idle: Ratio) {
    let busy = Duration.seconds(86_400).scaled(by: idle.denominator - idle.numerator, over: idle.denominator)
    self.init(gpu: gpu, busyPerDay: busy)
  }

  /// A month of the GPU around the clock: price × 720 h.
  public var without: Money { gpu.cost(of: .billingMonth) }

  /// A month of the hours in use: price × 30 × the hours of a day.
  public var with: Money { gpu.cost(of: busyPerDay * 30) }

  public var saved: Money { without - with }

  /// The part of the month's bill that is saved; `nil` for a GPU that costs nothing.
  public var savedShare: Ratio? { share(saved) }

  /// What is left of the savings when something else is paid for with them.
  public func net(of cost: Money) -> Money { saved - cost }

  /// The same as a part of the month's bill.
  public func netShare(of cost: Money) -> Ratio? { share(net(of: cost)) }

  private func share(_ part: Money) -> Ratio? { Ratio(part.nanodollars, over: without.nanodollars) }
}

/// When savings have paid for something.
public enum Payback {
  /// How long it takes until what is saved has paid `cost`: cost ÷ savings of a month × 30 days, rounded down to a
  /// nanosecond; `nil` when nothing is saved.
  public static func time(of cost: Money, savingPerMonth: Money) -> Duration? {
    guard savingPerMonth > .zero else { return nil }
    let nanoseconds =
      Int128(cost.nanodollars) * Int128(Duration.billingMonth.wholeNanoseconds)
      / Int128(savingPerMonth.nanodollars)
    return .nanoseconds(Int64(clamping: nanoseconds))
  }
}

/// What it costs in a month to have a way back, before anything has happened.
extension Pricing {
  /// A standby that runs all month, and its disk.
  public func month(of standby: StandbyMachine) -> Money {
    standby.price.cost(of: .billingMonth) + standbyDisk.cost(of: standby.disk, for: .billingMonth)
  }

  /// A warm pool: the volume, and a GPU that is stopped all month.
  public func month(ofVolume size: ByteCount) -> Money {
    volume.cost(of: size, for: .billingMonth) + stoppedGPU.cost(of: .billingMonth)
  }

  /// Data that lies in object storage all month.
  public func month(ofStored size: ByteCount) -> Money { objectStorage.cost(of: size, for: .billingMonth) }
}
