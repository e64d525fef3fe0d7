import FailoverSim

/// Turns the successive states of a seat into up-runs.
struct SeatObserver {
  private(set) var runs: [InterruptionTrace.UpRun] = []
  private var isUp = false

  /// Says that the seat is up or down at an instant, and for how long before it nobody had looked. Only what
  /// differs from the state before is a change.
  mutating func observe(isUp: Bool, at instant: Duration, window: Duration) {
    guard isUp != self.isUp else { return }
    self.isUp = isUp
    // What is seen at the trace's start is a state and not a change; no window reaches before it.
    let window = min(window, instant)
    if isUp {
      runs.append(.init(start: instant, end: nil, startWindow: window))
    } else {
      runs[runs.count - 1].end = instant
      runs[runs.count - 1].endWindow = window
    }
  }

  /// The trace of everything observed.
  ///
  /// - Parameter how: the file's format and what was followed, for the trace's source.
  func trace(
    of file: String, length: Duration, how: String, prices: [InterruptionTrace.PriceChange] = []
  ) throws(TraceError) -> InterruptionTrace {
    do {
      return try InterruptionTrace(
        runs: runs, length: length, source: "\(file) (\(how))", prices: prices)
    } catch {
      throw TraceError(file: file, message: "\(error)")
    }
  }
}

extension FollowedSeat {
  /// The least number of nodes with which a seat is up, for formats that count nodes without naming them.
  func leastCount(file: String) throws(TraceError) -> Int {
    switch self {
    case .firstNode: return 1
    case .atLeast(let count): return count
    case .node(let name):
      throw TraceError(
        file: file,
        message: "node \(traceQuote(name)) cannot be followed: this trace counts nodes without naming them")
    }
  }
}

/// For reports: `at least 1 node`.
func traceNodes(atLeast count: Int) -> String { "at least \(count) node\(count == 1 ? "" : "s")" }
