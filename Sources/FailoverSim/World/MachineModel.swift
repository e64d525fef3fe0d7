import Failover

/// What is true of physical machines with several GPUs: how a stopped GPU is started again, what happens to it meanwhile,
/// and what goes when a machine goes. Times are in seconds.
public struct MachineModel: Sendable, Hashable {
  /// What happens to a start when the GPU has been rented to somebody else.
  public enum RentedAway: String, Sendable, Hashable, CaseIterable {
    /// The provider takes the order and carries it out when the GPU is free, as Vast.ai does: such an instance stays in
    /// its state "scheduling" (https://docs.vast.ai/cli/reference/start-instance.md).
    case waits
    /// The provider says no.
    case refused
  }

  /// One call to the provider each.
  public var start: Distribution
  public var stop: Distribution
  public var createVolume: Distribution
  public var deleteVolume: Distribution
  /// From the order to start a stopped instance, whose GPU is free, until it runs.
  ///
  /// The default is measured: a paused instance of Vast.ai, 10 times, with straight lines between the values
  /// (marcosremar/snapbpu, cli/benchmark_results.json and what lies beside it).
  public var resume: Distribution
  /// From running again until ssh answers. The default is the documents': running after 30 to 60 s, ssh after 60 to 90 s.
  public var sshAfterResume: Distribution
  /// The probability, from 0 to 1, that a stopped instance finds its GPU rented to somebody else when it is started.
  public var standbyRentedAway: Ratio
  public var whenRentedAway: RentedAway
  /// How long somebody else keeps a GPU: one that has been rented away, and the single GPU of an offer after an
  /// interruption. The default is an assumption: six hours on average.
  public var rentalByOthers: Distribution
  /// The probability, from 0 to 1, that an interruption takes the whole machine, with its volumes and stopped instances.
  public var interruptionTakesMachine: Ratio
  /// How long a lost machine offers nothing; it comes back empty. The default is an assumption.
  public var outage: Distribution

  /// Values not given are the defaults: no GPU is rented away and no machine is lost.
  public init(
    start: Distribution = .uniform(low: 0.2, high: 0.5), stop: Distribution = .uniform(low: 0.2, high: 0.5),
    createVolume: Distribution = .uniform(low: 1, high: 3), deleteVolume: Distribution = .uniform(low: 0.5, high: 1.5),
    resume: Distribution = Self.measuredResume, sshAfterResume: Distribution = .constant(30),
    standbyRentedAway: Ratio = .zero, whenRentedAway: RentedAway = .waits,
    rentalByOthers: Distribution = .exponential(mean: 6 * 3600), interruptionTakesMachine: Ratio = .zero,
    outage: Distribution = .constant(86_400)
  ) {
    self.start = start
    self.stop = stop
    self.createVolume = createVolume
    self.deleteVolume = deleteVolume
    self.resume = resume
    self.sshAfterResume = sshAfterResume
    self.standbyRentedAway = standbyRentedAway
    self.whenRentedAway = whenRentedAway
    self.rentalByOthers = rentalByOthers
    self.interruptionTakesMachine = interruptionTakesMachine
    self.outage = outage
  }

  /// The ten measured times of `resume`, in seconds, as quantiles from the shortest to the longest.
  public static let measuredResume: Distribution = {
    let times = [9.9, 9.96, 38.2, 38.4, 41.0, 41.1, 41.8, 42.2, 153.6, 180.9]
    return .empirical(
      times.enumerated().map { .init(probability: Double($0.offset) / Double(times.count - 1), value: $0.element) })
  }()
}
