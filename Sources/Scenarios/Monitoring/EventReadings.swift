import Failover

/// What an event says about something that is watched.
struct Reading: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    /// It is so much now.
    case level(MetricValue)
    /// It has happened once more.
    case occurred
  }

  var watched: AlertRule.Watched
  /// Whose it is, where there can be several: the disk of a machine.
  var subject = ""
  var value: Value
  /// The particulars for an alert.
  var detail = ""

  /// All is well again.
  static func cleared(_ watched: AlertRule.Watched) -> Reading {
    Reading(watched: watched, value: .level(.count(0)))
  }

  /// So many in a row.
  static func streak(_ watched: AlertRule.Watched, _ count: Int, _ detail: String) -> Reading {
    Reading(watched: watched, value: .level(.count(count)), detail: detail)
  }

  static func sshTrouble(_ detail: String) -> Reading {
    Reading(watched: .sshTrouble, value: .occurred, detail: detail)
  }

  /// How full a disk is; `nil` for one that holds nothing.
  static func disk(of id: InstanceID, used: ByteCount, capacity: ByteCount) -> Reading? {
    guard capacity > .zero, let share = Ratio(used.bytes, over: capacity.bytes) else { return nil }
    return Reading(
      watched: .standbyDisk, subject: id.rawValue, value: .level(.share(share)),
      detail: "\(used) of \(capacity) on \(id)")
  }

  /// A price as a share of the most that is paid; `nil` where nothing is.
  static func price(_ price: HourlyPrice, limit: HourlyPrice) -> Reading? {
    guard limit > .free, let share = Ratio(price.perHour.nanodollars, over: limit.perHour.nanodollars) else {
      return nil
    }
    return Reading(watched: .gpuPrice, value: .level(.share(share)), detail: "\(price), at most \(limit) is paid")
  }
}

extension Event {
  /// What the event says about the things that are watched.
  var readings: [Reading] {
    switch kind {
    case .syncFailed(let attempt, let error):
      [.streak(.syncFailures, attempt, "\(error)")] + error.sshReadings("sync")
    case .syncRecovered, .finalSyncCompleted: [.cleared(.syncFailures), .cleared(.sshTrouble)]
    case .checkFailed(let failures, _, let method, let failure):
      [.streak(.checkFailures, failures, "\(method.rawValue) \(failure.rawValue)")]
        + (method.usesSSH ? [.sshTrouble("health check: \(method.rawValue) \(failure.rawValue)")] : [])
    // Routine successes are not asked: a log need not keep them, and alerts must not depend on whether it does.
    case .suspicionCleared: [.cleared(.checkFailures), .cleared(.sshTrouble)]
    // From here on another machine is synced and checked, and counting begins anew.
    case .phaseChanged(_, to: .failingOver): [.cleared(.syncFailures), .cleared(.checkFailures)]
    case .recoveryStarted(let attempt):
      [Reading(watched: .recoveryAttempts, value: .occurred, detail: "attempt \(attempt)")]
    case .verificationFailed(.sshReachable, let why): [.sshTrouble("standby: \(why)")]
    case .recoveryFailed(_, "ssh", let error, _): [.sshTrouble("new GPU: \(error)")]
    case .restoreFailed(_, let error): error.sshReadings("restore")
    case .verificationPassed(.sshReachable), .sshReady, .restoreCompleted: [.cleared(.sshTrouble)]
    case .diskUsage(let id, let used, let capacity) where !isOnGPU:
      Reading.disk(of: id, used: used, capacity: capacity).map { [$0] } ?? []
    case .priceChanged(let price, let limit): Reading.price(price, limit: limit).map { [$0] } ?? []
    default: []
    }
  }

  private var isOnGPU: Bool { if case .gpu = lane { true } else { false } }
}

extension ProbeMethod {
  /// The process is asked for over ssh.
  fileprivate var usesSSH: Bool { self == .ssh || self == .process }
}

extension PortError {
  /// Data travels over ssh: a connection that breaks or a key that is refused is trouble with it. A time-out need not
  /// be, as a link may only be slow.
  fileprivate func sshReadings(_ what: String) -> [Reading] {
    reason == .unreachable || reason == .unauthorized ? [.sshTrouble("\(what): \(self)")] : []
  }
}
