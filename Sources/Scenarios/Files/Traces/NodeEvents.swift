import Failover
import FailoverSim

/// Nodes that join and leave a cluster: lines of `milliseconds,add|remove,node`, as published with Bamboo.
///
/// Node names do not come back there: each node is added once and removed at most once. A seat is therefore
/// followed across nodes. It begins with the chosen node; when that node is removed the seat is down, and the
/// next `add` line that comes after that `remove` line in the file takes it; and so on. The trace starts with
/// the line that adds the chosen node and ends with the last line of the file. (Should a name come back after
/// its removal, it is another node like any other.)
///
/// The file does not say how often the cluster was polled. The largest step that divides all of its times is
/// taken for it, but never more than the 60 s of the published traces, since a file of few lines has too few
/// times to show it. Times in exact milliseconds thus get a window of about one.
struct NodeEvents {
  private struct Event {
    let milliseconds: Int64
    let isAdded: Bool
    let node: String
  }

  private static let publishedGap: Int64 = 60_000

  private let file: String
  private let events: [Event]
  private let window: Duration

  init(_ bytes: [UInt8], file: String) throws(TraceError) {
    self.file = file
    var lines = TraceLines(file: file, bytes: bytes)
    var events: [Event] = []
    var alive: Set<String> = []
    var gap: Int64 = 0
    while let line = try lines.next() {
      try line.expectFields(3, form: "milliseconds,add|remove,node")
      let milliseconds = try line.wholeNumber(
        line.fields[0], upTo: TraceFile.maximumSeconds * 1000, "milliseconds since the trace's start")
      if let last = events.last, milliseconds < last.milliseconds {
        throw line.error(
          "expected a time not before the line above (\(last.milliseconds)), found \(milliseconds)")
      }
      let action = line.fields[1].text
      guard action == "add" || action == "remove" else {
        throw line.error(line.fields[1], expected: "\"add\" or \"remove\"")
      }
      let node = line.fields[2].text
      guard !node.isEmpty else { throw line.error(line.fields[2], expected: "the name of a node") }
      if action == "add", !alive.insert(node).inserted {
        throw line.error(line.fields[2], expected: "a node that is not there yet")
      }
      if action == "remove", alive.remove(node) == nil {
        throw line.error(line.fields[2], expected: "a node that was added and not removed yet")
      }
      events.append(Event(milliseconds: milliseconds, isAdded: action == "add", node: node))
      gap = greatestCommonDivisor(gap, milliseconds - events[0].milliseconds)
    }
    self.events = events
    window = .milliseconds(min(gap, Self.publishedGap))
  }

  func trace(following seat: FollowedSeat) throws(TraceError) -> InterruptionTrace {
    switch seat {
    case .firstNode: try trace(ofSeatFrom: 0)
    case .node(let name): try trace(ofSeatFrom: try index(ofNode: name))
    case .atLeast(let count): try trace(withAtLeast: count)
    }
  }

  private func trace(ofSeatFrom first: Int) throws(TraceError) -> InterruptionTrace {
    let length = try length(from: first)
    var observer = SeatObserver()
    var occupant: String?
    for event in events[first...] {
      guard event.isAdded ? occupant == nil : occupant == event.node else { continue }
      occupant = event.isAdded ? event.node : nil
      observer.observe(isUp: event.isAdded, at: time(of: event, since: first), window: window)
    }
    return try observer.trace(
      of: file, length: length, how: "node events; the seat that begins with node \(events[first].node)")
  }

  private func trace(withAtLeast count: Int) throws(TraceError) -> InterruptionTrace {
    let length = try length(from: 0)
    var observer = SeatObserver()
    var alive = 0
    for (index, event) in events.enumerated() {
      alive += event.isAdded ? 1 : -1
      // Lines of one instant are one change of the cluster: their order says nothing.
      if index + 1 < events.count, events[index + 1].milliseconds == event.milliseconds { continue }
      observer.observe(isUp: alive >= count, at: time(of: event, since: 0), window: window)
    }
    return try observer.trace(of: file, length: length, how: "node events; \(traceNodes(atLeast: count))")
  }

  private func time(of event: Event, since first: Int) -> Duration {
    .milliseconds(event.milliseconds - events[first].milliseconds)
  }

  private func length(from first: Int) throws(TraceError) -> Duration {
    let length = events.last.map { time(of: $0, since: first) } ?? .zero
    guard length > .zero else {
      throw TraceError(
        file: file, line: first + 1, column: 1,
        message: "expected a later line after the one that adds the followed node: the trace spans no time")
    }
    return length
  }

  private func index(ofNode name: String) throws(TraceError) -> Int {
    if let index = events.firstIndex(where: { $0.isAdded && $0.node == name }) { return index }
    let nearest = nearest(to: name, among: events.map(\.node))
    let hint = nearest.map { "; did you mean \(traceQuote($0))?" } ?? ""
    throw TraceError(file: file, message: "there is no node \(traceQuote(name)) in this trace\(hint)")
  }
}

private func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

/// The name that differs from `text` by the fewest insertions, deletions and replacements (Levenshtein's
/// distance), the first of equals; `nil` when none is near enough to have been meant.
private func nearest(to text: String, among names: [String]) -> String? {
  let wanted = Array(text.unicodeScalars)
  // Long names are not worth the quadratic time.
  guard wanted.count <= 64 else { return nil }
  var best: (name: String, distance: Int)?
  for name in names where name.utf8.count <= 64 {
    var row = Array(0...wanted.count)
    for (i, a) in name.unicodeScalars.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in wanted.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    if row[wanted.count] < best?.distance ?? (wanted.count / 2 + 1) { best = (name, row[wanted.count]) }
  }
  return best?.name
}
