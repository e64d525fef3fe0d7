import Failover

/// Something that kept an incident from taking the fastest way, as the log tells it.
public struct Hindrance: Sendable, Hashable {
  /// In a few words, such as "no acceptable offer".
  public var cause: String
  /// How often it came within the incident.
  public var count: Int

  /// The cause when a machine is gone with all its GPUs and volumes.
  public static let machineLost = "the whole machine was lost"

  /// How often each cause stands in a list, the most frequent first; of equally frequent ones in the order of their names.
  static func tally(_ causes: some Sequence<String>) -> [(cause: String, incidents: Int)] {
    var counts: [String: Int] = [:]
    for cause in causes { counts[cause, default: 0] += 1 }
    return counts.map { (cause: $0.key, incidents: $0.value) }
      .sorted { a, b in a.incidents == b.incidents ? a.cause < b.cause : a.incidents > b.incidents }
  }

  /// What held up an incident, in order of first appearance.
  ///
  /// - Parameter events: the whole log.
  public static func all(of incident: Incident, in events: [Event]) -> [Hindrance] {
    guard let start = incident.start else { return [] }
    let end = incident.fullService ?? Duration.nanoseconds(Int64.max)
    var open: [String] = []
    var found: [Hindrance] = []
    func note(_ cause: String) {
      if let index = found.firstIndex(where: { $0.cause == cause }) {
        found[index].count += 1
      } else {
        found.append(Hindrance(cause: cause, count: 1))
      }
    }
    for event in events {
      if event.time > end { break }
      // A fault of the world that began before the incident may still be there.
      switch event.kind {
      case .faultBegan(let name, let place): open.append("\(name) at \(place)")
      case .faultEnded(let name, let place) where event.time < start:
        open.removeAll { $0 == "\(name) at \(place)" }
      default: break
      }
      guard event.time >= start else { continue }
      if !open.isEmpty {
        open.forEach(note)
        open = []
      }
      if let cause = event.kind.hindrance(to: incident) { note(cause) }
    }
    return found
  }
}

extension Hindrance: CustomStringConvertible {
  public var description: String { count == 1 ? cause : "\(cause) (\(count) times)" }
}

extension EventKind {
  /// What this event says about why an incident lasted; `nil` for what belongs to every incident.
  fileprivate func hindrance(to incident: Incident) -> String? {
    switch self {
    case .rentedAway: "the stopped GPU had been rented away"
    case .machineLost: Hindrance.machineLost
    case .volumeLost: "the volume was lost"
    case .warmFailoverFailed: "the stopped GPU did not take over"
    case .noMachine: "no machine with enough GPUs"
    case .standbyLost: "the standby was lost"
    case .standbyBusy: "the standby served others"
    case .noOffer: "no acceptable offer"
    case .offerRefused(_, let error): "offer refused: \(error.reason.rawValue)"
    case .interrupted(let id, _, _) where id != incident.instance: "the new GPU was lost, too"
    case .failoverFailed: "the standby could not take over"
    case .restoreFailed(_, let error): "restore failed: \(error.reason.rawValue)"
    case .snapshotRestoreFailed(_, _, let error): "restore of a snapshot failed: \(error.reason.rawValue)"
    case .restoreSkipped: "there was no copy to restore"
    case .inferenceFailed: "the model did not answer"
    case .contentDiffers: "the copies differed"
    case .approvalRequested: "waited for a person"
    case .recoveryFailed(_, let step, let error, _): "\(step) failed: \(error.reason.rawValue)"
    default: nil
    }
  }
}

extension Run {
  /// What held up each incident of every workspace, each cause once.
  var causes: [[String]] {
    workspaces.flatMap { workspace in
      Incident.all(in: workspace.events).map { Hindrance.all(of: $0, in: workspace.events).map(\.cause) }
    }
  }
}
