/// Something that happened, when, and to whom.
public struct Event: Sendable, Hashable {
  /// Since the start of the log.
  public var time: Duration
  public var lane: Lane
  public var kind: EventKind

  public init(time: Duration, lane: Lane, kind: EventKind) {
    self.time = time
    self.lane = lane
    self.kind = kind
  }
}

/// The machine or component that an event belongs to.
public enum Lane: Sendable, Hashable, CustomStringConvertible {
  case orchestrator
  /// The script that plays a drill.
  case script
  /// What users are connected to.
  case endpoint
  case marketplace
  /// The object store that keeps snapshots.
  case store
  case gpu(InstanceID)
  case standby(InstanceID)

  /// The machine it belongs to, if it is one.
  public var machine: InstanceID? {
    switch self {
    case .gpu(let id), .standby(let id): id
    case .orchestrator, .script, .endpoint, .marketplace, .store: nil
    }
  }

  /// The lane of a machine.
  public init(role: MachineRole, id: InstanceID) {
    switch role {
    case .gpu: self = .gpu(id)
    case .standby: self = .standby(id)
    }
  }

  public var description: String {
    switch self {
    case .orchestrator: "orchestrator"
    case .script: "script"
    case .endpoint: "endpoint"
    case .marketplace: "marketplace"
    case .store: "object store"
    case .gpu(let id): "gpu \(id)"
    case .standby(let id): "standby \(id)"
    }
  }
}
