/// An operation on the warm pool was asked for at a moment when it makes no sense.
public struct InvalidPoolTransition: Error, Sendable, Hashable, CustomStringConvertible {
  public var from: WarmPoolState
  public var to: WarmPoolState

  public var description: String { "the warm pool is \(from.rawValue) and cannot become \(to.rawValue)" }
}

/// What the warm pool of an orchestrator is doing.
public enum WarmPoolState: String, Sendable, Hashable, Codable, CaseIterable {
  /// The strategy has no warm pool, nothing has been set up yet, or the pool is switched off.
  case disabled
  /// A machine with enough GPUs is looked for.
  case searching
  /// The volume and the two GPUs are being created.
  case provisioning
  /// One GPU serves, the other one stands by, stopped.
  case active
  /// The stopped GPU is being started.
  case failover
  /// There is no second GPU: whatever else the strategy has must do.
  case degraded

  /// What may follow what, and why: the only transitions there are.
  public static let transitions: [(from: WarmPoolState, to: WarmPoolState, why: String)] = [
    (.disabled, .searching, "protection begins"),
    (.searching, .provisioning, "a machine has enough GPUs"),
    (.searching, .degraded, "no machine has enough GPUs"),
    (.provisioning, .active, "the second GPU stands by"),
    (.provisioning, .degraded, "the second GPU could not be had"),
    (.active, .failover, "the serving GPU is down"),
    (.active, .degraded, "the second GPU is lost"),
    (.failover, .provisioning, "the second GPU serves, a new one is wanted"),
    (.failover, .degraded, "it did not start, or no new one is wanted"),
    (.degraded, .searching, "a new GPU is looked for"),
    (.degraded, .provisioning, "the machine has a GPU again"),
    (.active, .disabled, "switched off"),
    (.provisioning, .disabled, "switched off"),
    (.degraded, .disabled, "switched off"),
    (.disabled, .degraded, "switched on"),
  ]

  /// Whether the table allows going from here to `next`.
  public func allows(_ next: WarmPoolState) -> Bool {
    Self.transitions.contains { $0.from == self && $0.to == next }
  }

  /// The table as a Mermaid state diagram, for the documentation.
  public static var diagram: String {
    let arrows = transitions.map { "    \($0.from.rawValue) --> \($0.to.rawValue): \($0.why)" }
    return (["stateDiagram-v2", "    [*] --> disabled"] + arrows).joined(separator: "\n")
  }
}

/// What an orchestrator knows of its warm pool at one moment.
public struct WarmPoolStatus: Sendable, Hashable, Codable {
  public internal(set) var state = WarmPoolState.disabled
  /// The machine of the GPU that serves, when it is one of the pool's.
  public internal(set) var machine: MachineID?
  /// The volume that holds the workspace, on that machine.
  public internal(set) var volume: VolumeID?
  /// The GPU that stands by, stopped.
  public internal(set) var standby: Instance?
  /// How often a stopped GPU has taken over.
  public internal(set) var failovers = 0

  /// Whether the pool has been switched off by a person.
  var isSwitchedOff = false
  /// The GPU that stood by, while it takes over.
  var starting: Instance?
  /// A second GPU on its way to being the standby.
  var making: RentedGPU?
  /// Whether somebody is at work on it.
  var isProvisioning = false
  /// A standby that did not take over and has not been given back yet.
  var abandoned: InstanceID?
  /// Whether there has ever been a standby.
  var hasHadStandby = false
  /// Attempts in a row to recover on the volume's machine.
  var returns = 0
  /// Whether the provider did not know the volume in one of them.
  var isVolumeMissing = false
  /// Volumes that are owned and could not be got at: nothing is attached to them any more.
  var givenUp: [VolumeID] = []
}

/// An instance, and the offer it was rented by.
struct RentedGPU: Sendable, Hashable, Codable {
  var id: InstanceID
  var offer: Offer
}
