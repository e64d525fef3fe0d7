import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Scenarios in which GPUs are replaced within half a minute, so that a few days hold many losses.
enum Watched {
  /// - Parameter lines: more of the file; they may replace nothing that is here.
  static func scenario(_ lines: String) throws -> Scenario {
    let text = """
      schemaVersion: 1
      name: watched
      summary: a GPU that is replaced quickly by an empty one
      duration: 30d
      strategy: none

      """
    return try Document(bytes: Array((text + lines).utf8), name: "test").read(ScenarioFile.init).value.scenario
  }

  /// A GPU that boots at once, with checks that take no time but for their time-outs.
  static func quickGPU(_ more: String = "") -> String {
    "gpu: {boot: 5s, sshStart: 2s, probes: {api: 0s, tcp: 0s, ssh: 0s, process: 0s\(more)}}\n"
  }

  /// The mean of a sample must be within four standard errors of what is expected.
  static func expectMean(
    _ durations: [Duration], _ expected: Duration, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let sample = durations.map(\.inSeconds)
    let count = Double(sample.count)
    let mean = sample.reduce(0, +) / count
    let variance = sample.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (count - 1)
    let error = (variance / count).squareRoot()
    #expect(
      abs(mean - expected.inSeconds) <= 4 * error, "\(mean) ± \(error), expected \(expected.inSeconds)",
      sourceLocation: sourceLocation)
  }
}

extension Run {
  var incidents: [Incident] { Incident.all(in: events) }

  /// From the moment a GPU began to serve to that at which it was called down, for every false failover.
  var timesToFalseFailover: [Duration] {
    var start: Duration?
    var times: [Duration] = []
    for event in events {
      switch event.kind {
      case .protectionStarted, .failbackCompleted: start = event.time
      case .faultDetected:
        if let start { times.append(event.time - start) }
        start = nil
      default: break
      }
    }
    return times
  }
}
