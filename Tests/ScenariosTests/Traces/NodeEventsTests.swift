import FailoverSim
import Scenarios
import Testing

@Suite struct NodeEventsTraceTests {
  private let cluster = """
    0,add,a
    0,add,b
    60000,remove,b
    60000,add,c
    120000,remove,a
    240000,add,d
    240000,add,e
    360000,remove,e
    420000,remove,d
    420000,add,f

    """

  @Test func `the seat passes to the next node added after each loss`() throws {
    let trace = try traceTimeline(cluster)
    #expect(trace.runs == [
      TraceUpRun(start: .zero, end: .seconds(120), endWindow: .seconds(60)),
      TraceUpRun(
        start: .seconds(240), end: .seconds(420), startWindow: .seconds(60), endWindow: .seconds(60)),
      TraceUpRun(start: .seconds(420), end: nil, startWindow: .seconds(60)),
    ])
    #expect(trace.length == .seconds(420))
    #expect(trace.interruptions == 2)
    #expect(trace.source == "trace (node events; the seat that begins with node a)")
  }

  @Test func `a node may be chosen by name and starts the clock`() throws {
    let trace = try traceTimeline(cluster, follow: .node("e"))
    // e is lost 120 s after it came, f takes its seat 60 s later, and there the file ends.
    #expect(trace.runs == [
      TraceUpRun(start: .zero, end: .seconds(120), endWindow: .seconds(60)),
      TraceUpRun(start: .seconds(180), end: nil, startWindow: .seconds(60)),
    ])
    #expect(trace.length == .seconds(180))
  }

  @Test func `k of n nodes are counted after all lines of an instant`() throws {
    // 2 nodes, 2 (b for c), 1, 3, 2, 2: never fewer than two except from 120 s to 240 s.
    let trace = try traceTimeline(cluster, follow: .atLeast(2))
    #expect(trace.runs == [
      TraceUpRun(start: .zero, end: .seconds(120), endWindow: .seconds(60)),
      TraceUpRun(start: .seconds(240), end: nil, startWindow: .seconds(60)),
    ])
    #expect(try traceTimeline(cluster, follow: .atLeast(4)).runs.isEmpty)
  }

  @Test func `exact times have narrow windows`() throws {
    let trace = try traceTimeline("5,add,a\n1212,remove,a\n5013,add,b\n")
    #expect(trace.runs == [
      TraceUpRun(start: .zero, end: .milliseconds(1207), endWindow: .milliseconds(1)),
      TraceUpRun(start: .milliseconds(5008), end: nil, startWindow: .milliseconds(1)),
    ])
  }

  @Test func `carriage returns, blanks and a byte order mark do not matter`() throws {
    let plain = try traceTimeline("0,add,a\n60000,remove,a\n")
    #expect(try traceTimeline("\u{FEFF}0,add,a\r\n 60000,\tremove , a\r\n\r\n") == plain)
    #expect(try traceTimeline("0,add,a\n60000,remove,a") == plain)
  }

  @Test(arguments: [
    ("0,add,a\n60000,remove,b\n", "trace:2:14: error: expected a node that was added and not removed yet"),
    ("0,add,a\n9,add,a\n", "trace:2:7: error: expected a node that is not there yet, found \"a\""),
    ("9,add,a\n8,add,b\n", "trace:2:1: error: expected a time not before the line above (9), found 8"),
    ("0,add,a\n-5,remove,a\n", "trace:2:1: error: expected milliseconds since the trace's start, a whole"),
    ("0,add,a\n9223372036854775808,remove,a\n", "trace:2:1: error: expected milliseconds"),
    ("0,add,a\n1.5,remove,a\n", "trace:2:1: error: expected milliseconds"),
    ("0,add,a\n,remove,a\n", "trace:2:1: error: expected milliseconds"),
    ("0,add,a\n5,remove\n", "trace:2:1: error: expected 3 fields (milliseconds,add|remove,node), found 2"),
    ("0,add,a\n5,remove,a,b\n", "trace:2:1: error: expected 3 fields (milliseconds,add|remove,node)"),
    ("0,add,a\n\n5,remove,a\n", "trace:2:1: error: expected 3 fields (milliseconds,add|remove,node)"),
    ("0,add,a\n5, delete,a\n", "trace:2:4: error: expected \"add\" or \"remove\", found \"delete\""),
    ("0,add,ä, b\n", "trace:1:1: error: expected 3 fields"),
    ("0,ädd,ä\n1,add,\n", "trace:1:3: error: expected \"add\" or \"remove\", found \"ädd\""),
    ("0,add,\n", "trace:1:7: error: expected the name of a node"),
    ("0,add,a\n", "trace:1:1: error: expected a later line"),
    ("0,remove,a\n", "trace:1:10: error: expected a node that was added"),
  ])
  func `what is wrong is said with its place`(text: String, message: String) {
    #expect(traceRefusal(text).hasPrefix(message), "\(traceRefusal(text))")
  }

  @Test func `an unknown node is met with the nearest name`() {
    let text = "0,add,node1\n0,add,node12\n60000,add,other\n"
    #expect(traceRefusal(text, follow: .node("nod12"))
      == "trace: error: there is no node \"nod12\" in this trace; did you mean \"node12\"?")
    #expect(traceRefusal(text, follow: .node("xyz"))
      == "trace: error: there is no node \"xyz\" in this trace")
    #expect(traceRefusal(text, follow: .atLeast(0)).contains("expected at least 1 node"))
  }
}

@Suite(.enabled(if: RecordedTraces.areThere, RecordedTraces.missing))
struct RecordedNodeEventsTraceTests {
  /// How often the seat that begins with each node is lost, counted from the end of the file backwards: the
  /// seat of a removed node goes to the node that the backward walk met last.
  private func losses(_ lines: [String]) -> [(node: String, losses: Int)] {
    var after: [String: Int] = [:]
    var upcoming: String?
    var result: [(node: String, losses: Int)] = []
    for line in lines.reversed() {
      let fields = line.split(separator: ",").map(String.init)
      if fields[1] == "remove" {
        after[fields[2]] = 1 + (upcoming.map { after[$0, default: 0] } ?? 0)
      } else {
        upcoming = fields[2]
        result.append((fields[2], after[fields[2], default: 0]))
      }
    }
    return result
  }

  @Test(arguments: [("p3", 177, 167), ("g4dn", 79, 74)])
  func `every seat is lost as often as a backward count says`(name: String, adds: Int, removals: Int) throws {
    let file = "bamboo/\(name)-trace.csv"
    let expected = losses(try RecordedTraces.lines(file))
    #expect(expected.count == adds)
    var removed = 0
    for (node, losses) in expected {
      let trace = try RecordedTraces.timeline(file, follow: .node(node))
      #expect(trace.interruptions == losses, "\(node)")
      #expect(trace.runs[0].start == .zero)
      if trace.runs[0].end != nil { removed += 1 }
    }
    #expect(removed == removals)
    #expect(try RecordedTraces.timeline(file).interruptions == expected.last?.losses)
  }

  @Test func `the first seat of the V100 trace is lost eight times`() throws {
    // Followed by hand: node1, node37, node54, node57, node118, node121, node167, node176, then none is
    // added.
    let trace = try RecordedTraces.timeline("bamboo/p3-trace.csv")
    let minutes = [(0, 51), (61, 77), (80, 85), (90, 342), (351, 354), (357, 527), (537, 591), (594, 680)]
    #expect(trace.runs.map(\.start) == minutes.map { .seconds($0.0 * 60) })
    #expect(trace.runs.map(\.end) == minutes.map { .seconds($0.1 * 60) })
    #expect(trace.length == .seconds(682 * 60))
    #expect(trace.runs.allSatisfy { $0.endWindow == .seconds(60) })
  }

  @Test func `the changes of k of n nodes are those of the running count`() throws {
    let lines = try RecordedTraces.lines("bamboo/p3-trace.csv")
    // The count at the end of each instant, by looking at all lines up to it anew.
    let times = lines.map { $0.prefix { $0 != "," } }
    let ends = lines.indices.filter { $0 == lines.count - 1 || times[$0 + 1] != times[$0] }
    let counts = ends.map { end in
      lines[...end].count { $0.contains(",add,") } - lines[...end].count { $0.contains(",remove,") }
    }
    for least in 1...33 {
      let drops = zip(counts, counts.dropFirst()).count { $0 >= least && $1 < least }
      let trace = try RecordedTraces.timeline("bamboo/p3-trace.csv", follow: .atLeast(least))
      #expect(trace.interruptions == drops, "at least \(least)")
    }
  }
}
