import Failover

/// A named stretch of a run: a section of a drill's script, or a part of an incident.
public struct Phase: Sendable, Hashable {
  public var name: String
  public var start: Duration
  public var end: Duration

  public var duration: Duration { end - start }

  /// The phases of the script that a log records, in order; none in an operation.
  public static func ofScript(in events: [Event]) -> [Phase] {
    var phases: [Phase] = []
    var open: Phase?
    for event in events {
      switch event.kind {
      case .scriptPhaseStarted(let name):
        open = Phase(name: name, start: event.time, end: event.time)
      case .scriptPhaseEnded:
        guard var phase = open else { continue }
        phase.end = event.time
        phases.append(phase)
        open = nil
      default: break
      }
    }
    return phases
  }
}
