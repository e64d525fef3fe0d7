import Failover

/// A run as a trace in Chrome's trace event format, for https://ui.perfetto.dev and chrome://tracing.
///
/// The process is the scenario, or one workspace of a fleet; each lane is a thread of it: the script, the incidents, the endpoint with its
/// level of service, the orchestrator with its phases, the marketplace, and every machine with its life. When
/// the log keeps the routine, a machine has two more lanes for its checks and its transfers, since they
/// overlap. What has a length is a slice, everything else an instant, and every event of the log is in the
/// trace once: the start of a slice stands for it, or an instant. Slices of a lane nest.
///
/// `ts` and `dur` are microseconds, with decimals down to the nanosecond. The arguments carry an event's
/// fields, with their units in the names as in `CSVReport`.
///
/// Format: "Trace Event Format", Google, JSON object form, phases X, i and M.
public enum TraceReport {
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public static func render(_ run: Run) throws -> String {
    let trace: JSONValue = [
      "displayTimeUnit": "ms",
      "otherData": .line([
        "seed": .text(String(run.seed)), "fingerprint": .text(run.fingerprint.description),
      ]),
      "traceEvents": .array(run.workspaces.enumerated().flatMap { index, run in events(of: run, process: index + 1) }),
    ]
    return try trace.document()
  }

  private static func events(of run: Run, process: Int) -> [JSONValue] {
    let marks = TraceMarks(run).marks
    let tracks = order(of: marks)
    var threads: [TraceTrack: Int] = [:]
    for (index, track) in tracks.enumerated() { threads[track] = index + 1 }
    return header(run.scenario.name, tracks, process)
      + inOrder(marks).map { event($0, process, thread: threads[$0.track] ?? 0) }
  }

  /// The tracks that have something on them, in the order in which they are shown.
  private static func order(of marks: [TraceMark]) -> [TraceTrack] {
    var machines: [Lane: Int] = [:]
    for mark in marks {
      if case .machine(let lane, _) = mark.track, machines[lane] == nil { machines[lane] = machines.count }
    }
    func rank(_ track: TraceTrack) -> (Int, Int) {
      switch track {
      case .script: (0, 0)
      case .incidents(let number): (1, number)
      case .endpoint: (2, 0)
      case .orchestrator: (3, 0)
      case .marketplace: (4, 0)
      case .machine(let lane, let part): (5 + (machines[lane] ?? 0), part.rawValue)
      }
    }
    return Set(marks.map(\.track)).map { (rank: rank($0), track: $0) }.sorted { $0.rank < $1.rank }
      .map(\.track)
  }

  /// By time; of the slices that begin together, the one that holds the others comes first.
  private static func inOrder(_ marks: [TraceMark]) -> [TraceMark] {
    marks.enumerated().sorted { a, b in
      (a.element.start, b.element.length, a.offset) < (b.element.start, a.element.length, b.offset)
    }
    .map(\.element)
  }

  /// Names and order of the process and its threads.
  private static func header(_ name: String, _ tracks: [TraceTrack], _ process: Int) -> [JSONValue] {
    func metadata(_ name: String, thread: Int, _ key: String, _ value: JSONValue) -> JSONValue {
      .line([
        "ph": "M", "ts": .number(0), "pid": .number(process), "tid": .number(thread), "name": .text(name),
        "args": .object([(key, value)]),
      ])
    }
    return [metadata("process_name", thread: 0, "name", .text(name))]
      + tracks.enumerated().flatMap { index, track in
        [
          metadata("thread_name", thread: index + 1, "name", .text(track.name)),
          metadata("thread_sort_index", thread: index + 1, "sort_index", .number(index + 1)),
        ]
      }
  }

  /// A slice without a length would hide in its neighbours: it is shown as an instant.
  private static func event(_ mark: TraceMark, _ process: Int, thread: Int) -> JSONValue {
    let isSlice = mark.length > .zero
    let shape: [(key: String, value: JSONValue)] =
      isSlice ? [("dur", .literal(mark.length.microsecondsText))] : [("s", "t")]
    let head: [(key: String, value: JSONValue)] = [
      ("ph", isSlice ? "X" : "i"), ("ts", .literal(mark.start.microsecondsText)),
    ]
    let tail: [(key: String, value: JSONValue)] = [
      ("pid", .number(process)), ("tid", .number(thread)), ("name", .text(mark.name)),
      ("cat", .text(mark.category)), ("args", .object(mark.arguments)),
    ]
    return .line(.object(head + shape + tail))
  }
}
