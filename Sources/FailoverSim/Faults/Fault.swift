import Failover

/// Something that goes wrong in the simulated world: what and where, when, and for how long.
///
/// ```swift
/// Fault(.gpuFrozen, .at([.seconds(7200)]), lasting: .constant(600))
/// Fault(.partition(Way(.gpu, .orchestrator)), .every(.exponential(mean: 86_400)), lasting: .constant(300))
/// ```
public struct Fault: Sendable, Hashable {
  public var kind: FaultKind
  public var schedule: FaultSchedule
  /// How long it lasts, in seconds; `nil` to the end of the run. Kinds that happen at one instant (`FaultKind.isInstant`)
  /// have no use for it.
  public var duration: Distribution?

  public init(_ kind: FaultKind, _ schedule: FaultSchedule, lasting duration: Distribution? = nil) {
    self.kind = kind
    self.schedule = schedule
    self.duration = duration
  }
}

/// When a fault begins.
public enum FaultSchedule: Sendable, Hashable {
  /// At these times after the start.
  case at([Duration])
  /// Again and again: so many seconds after the start, and after each end, it begins.
  case every(Distribution)
}

/// The faults of a scenario, and what they must know of the protection they are laid on.
public struct FaultModel: Sendable, Hashable {
  public var faults: [Fault]
  /// What the standby's disk holds; `nil` for as much as is needed.
  public var standbyDisk: ByteCount?
  /// What a new GPU must be like: `priceChanged` is told of offers that meet it, whatever they cost.
  public var wanted: OfferQuery?

  public init(_ faults: [Fault] = [], standbyDisk: ByteCount? = nil, wanted: OfferQuery? = nil) {
    self.faults = faults
    self.standbyDisk = standbyDisk
    self.wanted = wanted
  }

  public var isEmpty: Bool { faults.isEmpty }
}
