import Failover
import FailoverSim
import Scenarios
import Testing

@Suite struct SkyPilotTraceTests {
  @Test func `a tick shows what happened within the gap before it`() throws {
    let trace = try traceTimeline(
      #"{"metadata": {"gap_seconds": 32}, "data": [0, 1, 1, 0, 0, 1]}"#)
    #expect(trace.runs == [
      TraceUpRun(start: .seconds(32), end: .seconds(96), startWindow: .seconds(32), endWindow: .seconds(32)),
      TraceUpRun(start: .seconds(160), end: nil, startWindow: .seconds(32)),
    ])
    #expect(trace.length == .seconds(160))
    #expect(trace.prices.isEmpty)
  }

  @Test func `k of n nodes`() throws {
    let text = #"{"metadata": {"gap_seconds": 300}, "data": [16, 16, 3, 0, 7], "other": "ignored"}"#
    #expect(try traceTimeline(text).interruptions == 1)
    #expect(try traceTimeline(text, follow: .atLeast(4)).runs == [
      TraceUpRun(start: .zero, end: .seconds(600), endWindow: .seconds(300)),
      TraceUpRun(start: .seconds(1200), end: nil, startWindow: .seconds(300)),
    ])
  }

  @Test func `prices are kept where they change`() throws {
    let trace = try traceTimeline(
      #"{"metadata": {"gap_seconds": 0.5}, "data": [1, 1, 1, 1], "prices": [0.9182, 0.9182, null, 1]}"#)
    #expect(trace.prices == [
      .init(at: .zero, price: HourlyPrice(perHour: Money(nanodollars: 918_200_000))),
      .init(at: .milliseconds(1500), price: HourlyPrice(perHour: .cents(100))),
    ])
    #expect(trace.length == .milliseconds(1500))
  }

  private static let head = #"{"metadata": {"gap_seconds": 32}, "#

  /// A document whose second line begins with the given rest after ` "data": `.
  private static func data(_ rest: String) -> String { head + "\n \"data\": " + rest }

  @Test(arguments: [
    (data("[0, -1, 1]}"), "trace:2:14: error: expected a number of nodes, 0 or more, found -1"),
    (data("[0, 1.5, 1]}"), "trace:2:14: error: expected a whole number of nodes, found \"1.5\""),
    (data("[0, 1e40, 1]}"), "trace:2:14: error: expected a whole number of nodes, found \"1e40\""),
    (data("[0, null, 1]}"), "trace:2:14: error: expected a whole number of nodes, found \"null\""),
    (data("[0, true, 1]}"), "trace:2:14: error: expected a whole number of nodes, found \"true\""),
    (data("[0, \"1\"]}"), "trace:2:14: error: expected a whole number of nodes, found \"1\""),
    (data("[0, [1]]}"), "trace:2:14: error: expected a whole number of nodes, found an array"),
    (data("5}"), "trace:2:10: error: expected an array \"data\""),
    (data("[1]}"), "trace:2:10: error: expected at least two ticks in data, found 1"),
    (data("[0, 1"), "trace:2:15: error: expected JSON, but the text did not find expected"),
    (data("[0, 1]} }"), "trace:2:18: error: expected JSON, but the text"),
    (head + "\n 'data': [0, 1]}", "trace:1:1: error: expected JSON, found something that is not"),
    (head + "\n \"dat\": [0, 1]}", "trace:1:1: error: expected an array \"data\""),
    (data("[0, 1], \"prices\": [1]}"), "trace:2:28: error: expected as many prices as data"),
    (data("[0, 1], \"prices\": [1, -2]}"), "trace:2:32: error: expected a price from 0 to 1"),
    (data("[0, 1], \"prices\": [1, \"x\"]}"), "trace:2:32: error: expected a price in dollars"),
    (data("[0, 1], \"prices\": 7}"), "trace:2:28: error: expected an array \"prices\""),
    ("{\"data\": [0, 1]}", "trace:1:1: error: expected an object \"metadata\" with \"gap_seconds\""),
    ("{\"metadata\": 3, \"data\": [0, 1]}", "trace:1:14: error: expected an object \"metadata\""),
    ("{\"metadata\": {\"gap_seconds\": 0}, \"data\": [0, 1]}", "trace:1:30: error: expected gap_seconds"),
    ("{\"metadata\": {\"gap_seconds\": -3}, \"data\": [0, 1]}", "trace:1:30: error: expected gap_seconds"),
    ("{\"metadata\": {\"gap_seconds\": \"a\"}, \"data\": [0, 1]}", "trace:1:30: error: expected a number"),
    ("{\"metadata\": {\"gap_seconds\": 1e300}, \"data\": [0, 1]}", "trace:1:30: error: expected gap_seconds"),
    ("{\"metadata\": {\"gap_seconds\": 8e9}, \"data\": [0, 1, 1]}", "trace:1:30: error: expected a trace of"),
  ])
  func `what is wrong is said with its place`(text: String, message: String) {
    #expect(traceRefusal(text).hasPrefix(message), "\(traceRefusal(text))")
  }

  @Test func `a mistake in a file as long as the published ones is found`() {
    let data = String(repeating: "1, ", count: 300_000) + "x"
    #expect(traceRefusal(Self.head + "\"data\": [\(data)]}")
      == "trace:1:900044: error: expected a whole number of nodes, found \"x\"")
  }

  @Test func `deep nesting is refused and not followed`() {
    let open = String(repeating: "{\"a\":[", count: 100_000)
    #expect(traceRefusal(open).contains("error: expected"))
  }
}
