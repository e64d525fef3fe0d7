import Failover

/// What must hold in every run, read off its log and its ending. (The world checks on its own that whoever serves has
/// the newest data.)
enum Invariants {
  /// What the log of one workspace shows.
  static func violations(in events: [Event]) -> [String] {
    unendedFailovers(events) + backwardsTime(events) + twoPrimaries(events)
  }

  /// What the ending of a run shows.
  static func violations(at ending: Run.Ending) -> [String] {
    forgotten(ending) + forgottenSnapshots(ending)
  }

  /// Every started failover completes or fails, unless the run ends first.
  private static func unendedFailovers(_ events: [Event]) -> [String] {
    var started: Duration?
    var warmStarted: Duration?
    var violations: [String] = []
    for event in events {
      switch event.kind {
      case .warmFailoverStarted:
        if let warmStarted { violations.append("the failover of \(warmStarted) never ended") }
        warmStarted = event.time
      case .warmFailoverCompleted, .warmFailoverFailed: warmStarted = nil
      case .failoverStarted:
        if let started { violations.append("the failover of \(started) never ended") }
        started = event.time
      case .failoverCompleted, .phaseChanged(.failingOver, .down): started = nil
      case .recoveryStarted:
        if let started = started ?? warmStarted {
          violations.append("recovery began during the failover of \(started)")
        }
      default: break
      }
    }
    return violations
  }

  /// Whatever exists and is paid for is on the orchestrator's list.
  private static func forgotten(_ ending: Run.Ending) -> [String] {
    let machines = ending.existing.filter { !ending.owned.contains($0) }
      .map { "machine \($0) exists, but the orchestrator does not know it" }
    let volumes = ending.existingVolumes.filter { !ending.ownedVolumes.contains($0) }
      .map { "volume \($0) exists, but the orchestrator does not know it" }
    return machines + volumes
  }

  /// Whatever is kept in the store is on the orchestrator's lists, and nothing is to be deleted before what builds on
  /// it.
  private static func forgottenSnapshots(_ ending: Run.Ending) -> [String] {
    let all = ending.knownSnapshots.flatMap(\.kept)
    let known = (all + ending.knownSnapshots.flatMap(\.expired)).map(\.id)
    let kept = Set(all.map(\.id))
    return ending.storedSnapshots.filter { !known.contains($0) }
      .map { "\($0) is stored, but the orchestrator does not know it" }
      + all.filter { record in record.base.map { !kept.contains($0) } ?? false }
      .map { "\($0.id) is kept, but what it builds on is not" }
  }

  private static func backwardsTime(_ events: [Event]) -> [String] {
    events.indices.dropFirst().filter { events[$0].time < events[$0 - 1].time }
      .map { "event \(events[$0].kind.name) at \(events[$0].time) follows one at \(events[$0 - 1].time)" }
  }

  /// Users are never sent to a machine while another one is being made the primary: every switch of the endpoint
  /// belongs to the phase that may make it.
  private static func twoPrimaries(_ events: [Event]) -> [String] {
    var phase = ProtectionPhase.idle
    var violations: [String] = []
    for event in events {
      switch event.kind {
      case .phaseChanged(_, let to): phase = to
      case .endpointSwitched(let to, let role):
        let allowed: [ProtectionPhase] =
          role == .gpu
          ? [.preparing, .failingOver, .failingBack, .hibernating] : [.failingOver, .failingBack]
        if !allowed.contains(phase) {
          violations.append("the endpoint moved to \(to) while \(phase.rawValue)")
        }
      default: break
      }
    }
    return violations
  }
}
