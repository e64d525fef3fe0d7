import Failover

/// What Vast.ai says of a container.
enum VastStatus: Sendable, Hashable {
  /// Being provisioned; written as null.
  case none
  case created, loading, running, stopped, frozen, exited, rebooting, unknown, offline
  /// A word that was not known when this was written.
  case other(String)

  init(_ word: String?) {
    switch word {
    case nil, "": self = .none
    case "created": self = .created
    case "loading": self = .loading
    case "running": self = .running
    case "stopped": self = .stopped
    case "frozen": self = .frozen
    case "exited": self = .exited
    case "rebooting": self = .rebooting
    case "unknown": self = .unknown
    case "offline": self = .offline
    case let word?: self = .other(word)
    }
  }

  /// Whether the container may still come to run without anybody doing anything.
  var canReachRunning: Bool {
    switch self {
    case .none, .created, .loading, .running, .rebooting, .other: true
    case .stopped, .frozen, .exited, .unknown, .offline: false
    }
  }
}

/// The three words that Vast.ai has for an instance: what is, what is wanted, and who has the GPU.
struct VastState: Sendable, Hashable {
  /// The container: `actual_status`.
  var actual: VastStatus
  /// What the customer has asked for: `intended_status`; `nil` when it is not told.
  var intended: VastStatus?
  /// Whether the GPU is the customer's: `cur_state` is `running`; `nil` when it is not told.
  var holdsGPU: Bool?

  /// What it means for those who want to use it.
  ///
  /// An outbid instance is wanted but has no GPU: stopped. One that was told to stop counts as stopped at once, and one
  /// that has its GPU again is on its way, whatever its container still says.
  var status: InstanceStatus {
    switch actual {
    case .unknown, .offline: .offline
    case .exited, .frozen: .stopped
    case .stopped: intended == .running && holdsGPU == true ? .provisioning : .stopped
    case .running: intended == .stopped || holdsGPU == false ? .stopped : .running
    case .none, .created, .loading, .rebooting, .other: intended == .stopped ? .stopped : .provisioning
    }
  }

  /// Whether the marketplace has taken the GPU away from somebody who wants to keep it.
  var isTakenAway: Bool {
    guard intended == nil || intended == .running else { return false }
    switch actual {
    case .running, .stopped, .exited: return holdsGPU == false || actual == .stopped && holdsGPU == nil
    case .none, .created, .loading, .frozen, .rebooting, .unknown, .offline, .other: return false
    }
  }
}
