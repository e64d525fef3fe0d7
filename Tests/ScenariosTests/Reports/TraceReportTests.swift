import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

struct TraceReportTests {
  @Test func `every event has what the trace event format requires`() throws {
    for run in try Fixture.runs() {
      let trace = try Trace(run)
      #expect(trace.unit == "ms")
      #expect(trace.events.count > trace.events.count { $0["ph"] as? String == "M" })
      for event in trace.events {
        let problems = Self.problems(of: event)
        #expect(problems.isEmpty, "\(problems) in \(event)")
      }
    }
  }

  @Test func `the slices of every lane nest`() throws {
    for run in try Fixture.runs() {
      let slices = try Trace(run).slices
      #expect(Self.overlaps(in: slices) == [])
    }
  }

  @Test func `the check for nesting finds an overlap`() {
    func slice(_ name: String, _ start: Int64, _ end: Int64) -> Slice {
      Slice(thread: 1, name: name, category: "", start: start, end: end, arguments: [:])
    }
    let (outer, inner) = (slice("outer", 0, 10), slice("inner", 2, 5))
    #expect(Self.overlaps(in: [outer, inner, slice("second", 5, 10), slice("next", 10, 12)]) == [])
    #expect(Self.overlaps(in: [outer, inner, slice("late", 4, 6)]) == ["late in inner"])
    #expect(Self.overlaps(in: [outer, slice("long", 9, 11)]) == ["long in outer"])
  }

  @Test func `slices come in the order in which a viewer nests them`() throws {
    for run in try Fixture.runs() {
      let slices = try Trace(run).slices
      for (slice, next) in zip(slices, slices.dropFirst()) {
        #expect((slice.start, -slice.end) <= (next.start, -next.end))
      }
    }
  }

  @Test func `every lane has one name and one place`() throws {
    for run in try Fixture.runs() {
      let trace = try Trace(run)
      #expect(trace.metadata("process_name", "name").values.map { $0 as? String } == [run.scenario.name])
      let names = trace.metadata("thread_name", "name").mapValues { $0 as? String ?? "" }
      let places = trace.metadata("thread_sort_index", "sort_index").mapValues { $0 as? Int ?? -1 }
      #expect(Set(names.values).count == names.count)
      #expect(Set(places.values).count == names.count)
      let used = Set(trace.events.filter { $0["ph"] as? String != "M" }.compactMap { $0["tid"] as? Int })
      #expect(used == Set(names.keys))
      #expect(used == Set(places.keys))
      // Every lane of the log has one of its own.
      #expect(Set(run.events.map(\.lane.description)).isSubset(of: names.values))
    }
  }

  @Test func `every event of the log is in the trace once`() throws {
    for run in try Fixture.runs() {
      let trace = try Trace(run)
      let derived = ["incident", "service"]
      let marks = trace.events.filter {
        $0["ph"] as? String != "M" && !derived.contains($0["cat"] as? String ?? "")
      }
      let ends = run.events.count { if case .scriptPhaseEnded = $0.kind { true } else { false } }
      #expect(marks.count == run.events.count - ends)
    }
  }

  @Test func `the endpoint's slices add up to the availability`() throws {
    for run in try Fixture.runs() {
      let slices = try Trace(run).slices.filter { $0.category == "service" }
      func total(_ name: String) -> Duration {
        .nanoseconds(slices.filter { $0.name == name }.reduce(0) { $0 + $1.end - $1.start })
      }
      let availability = Metrics(run).availability
      #expect(total("full") == availability.full)
      #expect(total("degraded") == availability.degraded)
      #expect(total("down") == availability.down)
    }
  }

  @Test func `an incident's slice spans its phases, and a drill's script has its phases`() throws {
    let run = try Run(Fixture.drill, seed: 1)
    let trace = try Trace(run)
    let incidents = trace.slices.filter { $0.category == "incident" }
    let whole = try #require(incidents.first)
    #expect(whole.name == "incident: gpu 777777")
    #expect(whole.arguments["mttd_s"] as? Double == 1.80294)
    let parts = incidents.dropFirst()
    #expect(
      parts.map(\.name) == [
        "detection", "failover", "pause", "search", "provision", "ssh wait", "restore", "failback",
      ])
    #expect(parts.first?.start == whole.start && parts.last?.end == whole.end)

    let script = trace.slices.filter { $0.category == "script" }
    #expect(script.map(\.name) == ["Setup", "Normal", "Failure", "Detection", "Failover", "Recovery"])
    #expect(script.map { $0.end - $0.start } == run.phaseTimes.map(\.duration.wholeNanoseconds))
  }

  @Test func `an incident that begins before the one before it is over has a lane of its own`() {
    func incident(_ fault: Int, _ fullService: Int?) -> Incident {
      var incident = Incident(fault: .seconds(fault), instance: InstanceID("\(fault)"))
      incident.fullService = fullService.map { .seconds($0) }
      return incident
    }
    let incidents = [incident(0, 10), incident(9, 20), incident(10, 12), incident(30, nil)]
    let marks = TraceMarks.incidentMarks(incidents, until: .seconds(40))
    #expect(marks.map(\.track) == [.incidents(0), .incidents(1), .incidents(0), .incidents(0)])
    #expect(marks.map(\.length) == [10, 11, 2, 10].map { .seconds($0) })
  }

  @Test func `a machine's slice ends when the machine is lost`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let machines = try Trace(run).slices.filter { $0.category == "machine" }
    var losses: [String: Int64] = [:]
    for event in run.events {
      if case .interrupted(let id, _, _) = event.kind { losses[id.rawValue] = event.time.wholeNanoseconds }
    }
    #expect(losses.count > 2)
    for machine in machines {
      let id = try #require(machine.arguments["instance"] as? String)
      #expect(machine.end == losses[id] ?? run.length.wholeNanoseconds)
    }
  }

  // MARK: The format, read independently of the writer

  private struct Slice {
    var thread: Int
    var name: String
    var category: String
    /// Nanoseconds.
    var start: Int64
    var end: Int64
    var arguments: [String: Any]
  }

  private struct Trace {
    let unit: String?
    let events: [[String: Any]]

    init(_ run: Run) throws {
      let object = try JSONSerialization.jsonObject(with: Data(TraceReport.render(run).utf8))
      let members = try #require(object as? [String: Any])
      unit = members["displayTimeUnit"] as? String
      events = try #require(members["traceEvents"] as? [[String: Any]])
    }

    /// In the order of the file.
    var slices: [Slice] {
      events.filter { $0["ph"] as? String == "X" }.map { event in
        func nanoseconds(_ key: String) -> Int64 {
          Int64(((event[key] as? Double ?? -1) * 1000).rounded())
        }
        let start = nanoseconds("ts")
        return Slice(
          thread: event["tid"] as? Int ?? -1, name: event["name"] as? String ?? "",
          category: event["cat"] as? String ?? "", start: start, end: start + nanoseconds("dur"),
          arguments: event["args"] as? [String: Any] ?? [:])
      }
    }

    func metadata(_ name: String, _ key: String) -> [Int: Any] {
      var values: [Int: Any] = [:]
      for event in events where event["ph"] as? String == "M" && event["name"] as? String == name {
        values[event["tid"] as? Int ?? -1] = (event["args"] as? [String: Any])?[key]
      }
      return values
    }
  }

  /// What an event lacks of the "Trace Event Format" for its phase.
  private static func problems(of event: [String: Any]) -> [String] {
    func isNumber(_ key: String) -> Bool { (event[key] as? Double).map { $0 >= 0 } ?? false }
    var required: [(key: String, isRight: Bool)] = [
      ("ts", isNumber("ts")), ("pid", event["pid"] is Int), ("tid", event["tid"] is Int),
      ("name", (event["name"] as? String)?.isEmpty == false), ("args", event["args"] is [String: Any]),
    ]
    switch event["ph"] as? String {
    case "X": required.append(("dur", isNumber("dur")))
    case "i": required.append(("s", ["g", "p", "t"].contains(event["s"] as? String)))
    case "M":
      let names = ["process_name", "thread_name", "thread_sort_index"]
      required.append(("name", names.contains(event["name"] as? String ?? "")))
    default: required.append(("ph", false))
    }
    return required.filter { !$0.isRight }.map(\.key)
  }

  /// The slices that begin within another one of their lane and end after it.
  private static func overlaps(in slices: [Slice]) -> [String] {
    var open: [Int: [Slice]] = [:]
    var overlaps: [String] = []
    for slice in slices.sorted(by: { ($0.start, -$0.end) < ($1.start, -$1.end) }) {
      var stack = open[slice.thread] ?? []
      while let top = stack.last, top.end <= slice.start { stack.removeLast() }
      if let top = stack.last, top.end < slice.end { overlaps.append("\(slice.name) in \(top.name)") }
      stack.append(slice)
      open[slice.thread] = stack
    }
    return overlaps
  }
}
