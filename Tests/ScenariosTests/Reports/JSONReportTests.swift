import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

struct JSONReportTests {
  @Test func `the keys stand in the order of the documentation`() throws {
    let text = try JSONReport.render(Run(Fixture.drill, seed: 1))
    let keys = text.matches(of: #/(?m)^  "(\w+)": /#).map { String($0.output.1) }
    #expect(
      keys == [
        "schemaVersion", "kind", "units", "scenario", "life", "workload", "seed", "fingerprint", "length", "phases",
        "counts", "metrics", "incidents", "failoverTests", "health", "score", "expectations", "violations", "simulation",
        "timeline", "events",
      ])
    #expect(text.hasSuffix("}\n"))
  }

  @Test func `the same seed gives the same bytes, another seed others`() throws {
    let text = try JSONReport.render(Run(Fixture.drill, seed: 1))
    #expect(try JSONReport.render(Run(Fixture.drill, seed: 1)) == text)
    #expect(try JSONReport.render(Run(Fixture.drill, seed: 2)) != text)
  }

  @Test func `the head says what was played`() throws {
    let run = try Run(Fixture.rough, seed: .max, until: .milliseconds(1_234_567))
    let report = try Parsed(run)
    #expect(report["scenario"] as? String == "rough fixture, \"quoted\"")
    #expect(report["life"] as? String == "operation")
    #expect((report["seed"] as? NSNumber)?.uint64Value == .max)
    #expect(report["fingerprint"] as? String == run.fingerprint.description)
    #expect(report["length"] as? Double == 1234.567)
    #expect(report["violations"] as? [String] == run.violations)
  }

  @Test func `every event is there with its fields, exact to the nanosecond`() throws {
    struct Log: Decodable { var events: [[String: Value]] }
    for run in try Fixture.runs() {
      let log = try JSONDecoder().decode(Log.self, from: Data(JSONReport.render(run).utf8))
      #expect(log.events.count == run.events.count)
      for (written, event) in zip(log.events, run.events) {
        var expected: [String: Value] = [
          "t": number(event.time.wholeNanoseconds), "lane": .text("\(event.lane)"),
          "kind": .text(event.kind.name),
        ]
        for field in event.kind.fields { expected[key(of: field)] = value(of: field) }
        #expect(written == expected)
      }
    }
  }

  @Test func `text that needs escaping comes back as it was`() throws {
    let report = try Parsed(Run(Fixture.drill, seed: 1))
    let events = try #require(report["events"] as? [[String: Any]])
    let note = events.first { $0["kind"] as? String == "note" }
    #expect(note?["text"] as? String == "a note with a comma, \"quotes\",\nand a second line: ✓")
  }

  @Test func `a drill's phases are its script's, and add up to the time that is not paused`() throws {
    let report = try Parsed(Run(Fixture.drill, seed: 1))
    let phases = try #require(report["phases"] as? [[String: Any]])
    let names = ["Setup", "Normal", "Failure", "Detection", "Failover", "Recovery"]
    #expect(phases.map { $0["name"] as? String } == names)
    // Three checks half a second apart, each after a wait that overshoots and a question that takes 0.1 s and
    // overshoots as well.
    expect(phases[3]["seconds"] as? Double, 3 * (0.5 + 0.00049 + 0.1 + 0.00049))
  }

  @Test func `metrics are what the log says by a second way of counting`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let report = try Parsed(run)
    func times(_ matches: (EventKind) -> Bool) -> [Double] {
      run.events.filter { matches($0.kind) }.map(\.time.inSeconds)
    }
    // Without false failovers and failed attempts an incident is one event of each of these kinds.
    let faults = times { if case .interrupted = $0 { true } else { false } }
    let detections = times { if case .faultDetected = $0 { true } else { false } }
    let toStandby = times { if case .endpointSwitched(_, .standby) = $0 { true } else { false } }
    let holds = times { if case .endpointHeld = $0 { true } else { false } }
    let toGPU = times { if case .endpointSwitched(_, .gpu) = $0 { true } else { false } }
    #expect(faults.count > 2)
    let restored = Array(toGPU.dropFirst())
    #expect([detections, toStandby, holds, restored].allSatisfy { $0.count == faults.count })
    func sum(_ ends: [Double], _ starts: [Double]) -> Double {
      zip(ends, starts).reduce(0) { $0 + $1.0 - $1.1 }
    }
    let incidents = Double(faults.count)
    expect(report.number("metrics", "mttd"), sum(detections, faults) / incidents)
    expect(report.number("metrics", "mttrDegraded"), sum(toStandby, faults) / incidents)
    expect(report.number("metrics", "mttrFull"), sum(restored, faults) / incidents)
    expect(report.number("metrics", "interruptions"), incidents)
    expect(report.number("metrics", "falseFailovers"), 0)

    let down = sum(toStandby, faults) + sum(restored, holds)
    let degraded = sum(holds, toStandby)
    let whole = run.length.inSeconds - toGPU[0]
    expect(report.number("metrics", "serviceTime", "down"), down)
    expect(report.number("metrics", "serviceTime", "degraded"), degraded)
    expect(report.number("metrics", "serviceTime", "full"), whole - down - degraded)
    expect(report.number("metrics", "availability", "down"), down / whole)
    expect(report.number("metrics", "availability", "full"), (whole - down - degraded) / whole)

    // A GPU at $0.45/h is paid for but for the gaps between a fault and the next order; the standby always.
    let adoption = times { if case .primaryAdopted = $0 { true } else { false } }
    let orders = times { if case .instanceCreated = $0 { true } else { false } }
    let standby = times { if case .standbyCreated = $0 { true } else { false } }
    let paid = run.length.inSeconds - adoption[0] - sum(orders, faults)
    expect(report.number("metrics", "cost", "gpu"), paid * 0.45 / 3600)
    expect(report.number("metrics", "cost", "standby"), (run.length.inSeconds - standby[0]) * 0.01 / 3600)
  }

  @Test func `an operation's phases are the means over complete incidents, and add up to mttrFull`() throws {
    let report = try Parsed(Run(Fixture.rough, seed: 3, until: .seconds(6 * 3600)))
    let incidents = try #require(report["incidents"] as? [[String: Any]])
    let complete = incidents.filter { $0["fault"] is Double && $0["fullService"] is Double }
    #expect(complete.count > 10 && complete.count < incidents.count)
    let phases = try #require(report["phases"] as? [[String: Any]])
    #expect(phases.count == 8)
    for phase in phases {
      let all = complete.flatMap { $0["phases"] as? [[String: Any]] ?? [] }
      let values = all.filter { $0["name"] as? String == phase["name"] as? String }
      let sum = values.reduce(0) { $0 + ($1["seconds"] as? Double ?? .nan) }
      expect(phase["seconds"] as? Double, sum / Double(complete.count))
    }
    let total = phases.reduce(0) { $0 + ($1["seconds"] as? Double ?? .nan) }
    expect(total, report.number("metrics", "mttrFull"))
  }

  @Test func `the distributions are those of the incidents beside them`() throws {
    let report = try Parsed(Run(Fixture.rough, seed: 3, until: .seconds(6 * 3600)))
    let incidents = try #require(report["incidents"] as? [[String: Any]])
    let detections = incidents.compactMap { incident -> Double? in
      guard let fault = incident["fault"] as? Double else { return nil }
      return (incident["detected"] as? Double).map { $0 - fault }
    }
    .sorted()
    let count = detections.count
    #expect(count > 10)
    expect(report.number("metrics", "distributions", "mttd", "count"), Double(count))
    expect(report.number("metrics", "distributions", "mttd", "min"), detections[0])
    expect(report.number("metrics", "distributions", "mttd", "max"), detections[count - 1])
    // Nearest rank: the smallest value that this share of all values does not exceed.
    for (key, share) in [("p50", 0.5), ("p95", 0.95)] {
      let rank = detections.first { value in
        Double(detections.count { $0 <= value }) >= share * Double(count)
      }
      expect(report.number("metrics", "distributions", "mttd", key), rank)
    }
  }

  @Test func `what did not happen is null`() throws {
    let report = try Parsed(Run(Fixture.quiet, seed: 1))
    let metrics = try #require(report["metrics"] as? [String: Any])
    for key in ["mttd", "mttrDegraded", "mttrFull", "rpo"] { #expect(metrics[key] is NSNull) }
    #expect(report.number("metrics", "availability", "full") == 1)
    #expect(report.number("metrics", "distributions", "rpo", "count") == 0)
    #expect((report["incidents"] as? [Any])?.isEmpty == true)
    #expect((report["phases"] as? [Any])?.isEmpty == true)
  }

  @Test func `counts are the same whether the routine is logged or not`() throws {
    let hours = Duration.seconds(6 * 3600)
    let logged = try Run(Fixture.operation, seed: 2, until: hours, logsRoutine: true)
    let counted = try Parsed(Run(Fixture.operation, seed: 2, until: hours))
    let kinds = logged.events.map(\.kind.name)
    expect(counted.number("counts", "checksPassed"), Double(kinds.count { $0 == "checkPassed" }))
    expect(counted.number("counts", "syncsCompleted"), Double(kinds.count { $0 == "syncCompleted" }))
    expect(counted.number("counts", "checksFailed"), Double(kinds.count { $0 == "checkFailed" }))
    expect(counted.number("counts", "failoversCompleted"), Double(kinds.count { $0 == "failoverCompleted" }))
  }

  // MARK: Reading

  /// A report as Foundation reads it.
  private struct Parsed {
    let members: [String: Any]

    init(_ run: Run) throws {
      let object = try JSONSerialization.jsonObject(with: Data(JSONReport.render(run).utf8))
      members = try #require(object as? [String: Any])
    }

    subscript(key: String) -> Any? { members[key] }

    func number(_ path: String...) -> Double? {
      var value: Any? = members
      for key in path { value = (value as? [String: Any])?[key] }
      return value as? Double
    }
  }

  /// Equal but for what adding up doubles loses and the rounding of a mean to a nanosecond.
  private func expect(
    _ value: Double?, _ expected: Double?, location: Testing.SourceLocation = #_sourceLocation
  ) {
    guard let value, let expected else {
      Issue.record("\(value as Any) is compared with \(expected as Any)", sourceLocation: location)
      return
    }
    #expect(abs(value - expected) <= 1e-8 + 1e-12 * abs(expected), sourceLocation: location)
  }

  private enum Value: Decodable, Equatable {
    case text(String)
    case flag(Bool)
    case number(Decimal)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else {
        self = .number(try container.decode(Decimal.self))
      }
    }
  }

  private func number(_ billionths: Int64) -> Value {
    .number(Decimal(sign: .plus, exponent: -9, significand: Decimal(billionths)))
  }

  private func key(of field: EventField) -> String {
    switch field.name {
    case "unsynced": "unsyncedBytes"
    case "price": "pricePerHour"
    default: field.name
    }
  }

  private func value(of field: EventField) -> Value {
    switch field.value {
    case .text(let text): .text(text)
    case .integer(let integer): .number(Decimal(integer))
    case .duration(let duration): number(duration.wholeNanoseconds)
    case .bytes(let count): .number(Decimal(count.bytes))
    case .price(let price): number(price.perHour.nanodollars)
    case .flag(let flag): .flag(flag)
    }
  }
}
