import FailoverSim
import Foundation
import Scenarios
import Testing

@Suite struct NodeCountsTraceTests {
  private let polls = """
    2021-12-31, 23:58:20, 5
    2021-12-31, 23:59:50, 3
    2022-01-01, 00:01:30, 2
    2022-01-01, 03:01:30, 4
    2022-01-01, 03:02:00, 4

    """

  @Test func `a change lies between its poll and the one before, holes included`() throws {
    let trace = try traceTimeline(polls, follow: .atLeast(3))
    #expect(trace.runs == [
      TraceUpRun(start: .zero, end: .seconds(190), endWindow: .seconds(100)),
      TraceUpRun(start: .seconds(10990), end: nil, startWindow: .seconds(10800)),
    ])
    #expect(trace.length == .seconds(11020))
    #expect(trace.source == "trace (node counts; at least 3 nodes; longest time between polls 10800 s)")
  }

  @Test func `a seat that begins down has no run at zero`() throws {
    let trace = try traceTimeline("2021-12-11, 11:00:00, 0\n2021-12-11, 11:01:00, 1\n")
    #expect(trace.runs == [TraceUpRun(start: .seconds(60), end: nil, startWindow: .seconds(60))])
  }

  @Test(arguments: [
    ("2020-02-28, 00:00:00, 1\n2020-03-01, 00:00:00, 1\n", 2), // a leap year
    ("2021-02-28, 00:00:00, 1\n2021-03-01, 00:00:00, 1\n", 1),
    ("1900-02-28, 00:00:00, 1\n1900-03-01, 00:00:00, 1\n", 1), // a century is none
    ("2000-02-28, 00:00:00, 1\n2000-03-01, 00:00:00, 1\n", 2), // the fourth is
    ("0000-01-01, 00:00:00, 1\n0001-01-01, 00:00:00, 1\n", 366),
    ("1999-12-31, 00:00:00, 1\n2024-12-31, 00:00:00, 1\n", 9132), // 25 years, of which 7 leap
  ])
  func `days are those of the calendar`(text: String, days: Int) throws {
    #expect(try traceTimeline(text).length == .seconds(days * 86400))
  }

  @Test(arguments: [
    ("2021-12-11, 11:00:00, 1\n2021-12-11, 11:00:00, 1\n", "trace:2:1: error: expected a poll after the one"),
    ("2021-12-11, 11:00:00, 1\n2021-12-10, 12:00:00, 1\n", "trace:2:1: error: expected a poll after the one"),
    ("2021-02-29, 11:00:00, 1\n", "trace:1:1: error: expected a date YYYY-MM-DD, found \"2021-02-29\""),
    ("2021-13-01, 11:00:00, 1\n", "trace:1:1: error: expected a date YYYY-MM-DD, found \"2021-13-01\""),
    ("2021-1-01, 11:00:00, 1\n", "trace:1:1: error: expected a date YYYY-MM-DD"),
    ("2021-12-11, 24:00:00, 1\n", "trace:1:13: error: expected a time of day HH:MM:SS, found \"24:00:00\""),
    ("2021-12-11, 11:00:00, -1\n", "trace:1:23: error: expected the number of nodes alive, a whole number"),
    ("2021-12-11, 11:00:00, 2147483648\n", "trace:1:23: error: expected the number of nodes alive"),
    ("2021-12-11, 11:00:00\n", "trace:1:1: error: expected 3 fields (YYYY-MM-DD, HH:MM:SS, count), found 2"),
    ("2021-12-11, 11:00:00, 1\n", "trace:1:1: error: expected at least two polls"),
    ("0001-12-11, 11:00:00, 1\n2021-12-11, 11:00:00, 1\n", "trace:2:1: error: expected a poll within 292"),
  ])
  func `what is wrong is said with its place`(text: String, message: String) {
    #expect(traceRefusal(text).hasPrefix(message), "\(traceRefusal(text))")
  }

  @Test func `a node without a name cannot be followed`() {
    #expect(traceRefusal(polls, follow: .node("node1")).contains("counts nodes without naming them"))
  }
}

@Suite(.enabled(if: RecordedTraces.areThere, RecordedTraces.missing))
struct RecordedNodeCountsTraceTests {
  @Test func `drops below k are those between neighbouring polls`() throws {
    let file = "bamboo/a100x1-east1b.txt"
    let counts = try RecordedTraces.lines(file)
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(counts.count == 268)
    for least in 1...65 {
      let trace = try RecordedTraces.timeline(file, follow: .atLeast(least))
      let drops = zip(counts, counts.dropFirst()).count { $0 >= least && $1 < least }
      #expect(trace.interruptions == drops, "at least \(least)")
    }
  }

  @Test func `the span is the one Foundation's calendar gives`() throws {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "yyyy-MM-dd, HH:mm:ss"
    let dates = try RecordedTraces.lines("bamboo/a100x1-east1b.txt").compactMap { line in
      line.lastIndex(of: ",").flatMap { format.date(from: String(line[..<$0])) }
    }
    #expect(dates.count == 268)
    let first = try #require(dates.first)
    let span = try #require(dates.last).timeIntervalSince(first)
    let trace = try RecordedTraces.timeline("bamboo/a100x1-east1b.txt")
    #expect(trace.length == .seconds(span))
    #expect(trace.source.contains("longest time between polls 18060 s"))
  }
}
