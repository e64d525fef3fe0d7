import Failover
import Foundation

@testable import Scenarios

/// A second implementation of the CPU standby and of the warm pool, in Python on SimPy, that shares nothing with this
/// one but the scenario file: `Tests/oracle`.
enum Oracle {
  /// One event as the oracle tells it.
  struct Event: Decodable {
    /// Nanoseconds since the start.
    var time: Int64
    var kind: String
    /// Those particulars that mean something in both implementations.
    var fields: [String: String]
  }

  /// The figures of one replication.
  struct Replication: Decodable {
    var incidents: Int
    /// By the names of the JSON report, in nanoseconds; a figure without any incident is missing.
    var means: [String: Double]
    /// How often each kind of event happened; one that never did is missing.
    var counts: [String: Int]

    /// A mean by its name, or else how often there was an event of that kind.
    subscript(name: String) -> Double? {
      if FigureNames.summaries.contains(where: { $0.key == name }) { return means[name] }
      return Double(counts[name] ?? 0)
    }
  }

  static let folder = Catalogue.folder.deletingLastPathComponent().appendingPathComponent("Tests/oracle")

  /// Whether there is a Python with SimPy. Where the oracle must not be skipped (`REQUIRE_ORACLE`) it counts as there,
  /// so that its absence fails.
  static let isThere: Bool =
    ProcessInfo.processInfo.environment["REQUIRE_ORACLE"] != nil || (try? ask(["--check"])) != nil

  static let absence = "no Python with SimPy here; make setup-test installs it"

  /// The scenario file `name` of the oracle's folder, as the simulator reads it.
  ///
  /// - Parameter changes: `path=value` texts; where the oracle is to understand them too, the values are JSON.
  static func scenario(_ name: String, _ changes: [String] = []) throws -> Scenario {
    try LoadedScenario(path: path(name), overrides: changes).scenario
  }

  static func events(of name: String, _ changes: [String] = []) throws -> [Event] {
    try JSONDecoder().decode([Event].self, from: ask(["events", path(name)] + changes))
  }

  static func replications(of name: String, count: Int) throws -> [Replication] {
    try JSONDecoder().decode([Replication].self, from: ask(["figures", path(name), "\(count)"]))
  }

  /// The same figures of the simulator, one replication a seed.
  static func simulate(
    _ name: String, seeds: ClosedRange<Int>, _ overrides: [String] = []
  ) throws -> [Replication] {
    let scenario = try scenario(name, overrides)
    return try seeds.map { seed in
      let run = try Run(scenario, seed: UInt64(seed))
      let metrics = Metrics(run)
      var means: [String: Double] = [:]
      for (name, figure) in FigureNames.summaries {
        means[name] = metrics[keyPath: figure].mean.map { Double($0.wholeNanoseconds) }
      }
      let counts = Dictionary(grouping: run.events, by: \.kind.name).mapValues(\.count)
      return Replication(incidents: metrics.interruptions, means: means, counts: counts)
    }
  }

  private static func path(_ name: String) -> String { folder.appendingPathComponent(name + ".json").path }

  /// What the oracle prints; what it says of trouble goes to this program's standard error.
  private static func ask(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = folder.appendingPathComponent("run")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw OracleFailure(status: process.terminationStatus) }
    return answer
  }
}

struct OracleFailure: Error, CustomStringConvertible {
  var status: Int32
  var description: String { "the oracle ended with status \(status); see its own words on standard error" }
}

extension Oracle.Event {
  /// The event as one line of text, to be compared.
  var line: String {
    "\(time) \(kind)" + fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
  }

  /// The simulator's event as the same line, with the particulars that this one has.
  func line(of event: Failover.Event) -> String {
    let shared = event.kind.fields.filter { fields[$0.name] != nil }
    let texts = shared.sorted { $0.name < $1.name }.map { " \($0.name)=\($0.value.plain)" }
    return "\(event.time.wholeNanoseconds) \(event.kind.name)" + texts.joined()
  }
}

extension FieldValue {
  /// In whole nanoseconds, bytes or units.
  fileprivate var plain: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .duration(let duration): "\(duration.wholeNanoseconds)"
    case .bytes(let amount): "\(amount.bytes)"
    case .flag(let flag): "\(flag)"
    case .price(let price): "\(price)"
    }
  }
}
