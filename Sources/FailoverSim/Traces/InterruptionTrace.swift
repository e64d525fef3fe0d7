import Failover

/// The life of one *seat*: the place of the one GPU that the orchestrator protects, as somebody watched it.
///
/// A seat is *up* while an instance holds it and *down* from the loss of that instance until the next one
/// runs. A down-run therefore holds both the wait for capacity and the launch of the replacement: a
/// simulation that plays a trace must not add a provisioning time to it.
///
/// The observation is censored at both ends. A run that starts at zero may have been up before the
/// watching began, and a run without an end was still up when it stopped: neither shows a whole lifetime.
public struct InterruptionTrace: Sendable, Hashable {
  /// A stretch of time during which the seat was up.
  public struct UpRun: Sendable, Hashable {
    /// When the seat was first seen up, since the trace's start.
    public var start: Duration
    /// When the seat was first seen down again; `nil` when the trace ends while it is up.
    public var end: Duration?
    /// How far `start` is uncertain: the change happened anywhere in (start - startWindow, start]. Zero
    /// when the instant is exact.
    public var startWindow: Duration
    /// How far `end` is uncertain, in the same way.
    public var endWindow: Duration

    public init(
      start: Duration, end: Duration?, startWindow: Duration = .zero, endWindow: Duration = .zero
    ) {
      self.start = start
      self.end = end
      self.startWindow = startWindow
      self.endWindow = endWindow
    }
  }

  /// What the seat costs from an instant on.
  public struct PriceChange: Sendable, Hashable {
    /// Since the trace's start.
    public var at: Duration
    public var price: HourlyPrice

    public init(at: Duration, price: HourlyPrice) {
      self.at = at
      self.price = price
    }
  }

  /// The up-runs in order of time; between two of them, before the first and after an ended last one, the
  /// seat is down.
  public let runs: [UpRun]
  /// The observed span: no run starts or ends after it.
  public let length: Duration
  /// Where the trace comes from, for reports: file name, format and what was followed.
  public let source: String
  /// The prices that were recorded with the trace, in order of time; empty when there were none.
  public let prices: [PriceChange]

  /// - Throws: `TraceValueError` when the runs or prices are out of order, reach beyond `length`, have a
  ///   negative window, or a run other than the last one has no end; when `length` is negative or beyond
  ///   292 years.
  public init(
    runs: [UpRun], length: Duration, source: String, prices: [PriceChange] = []
  ) throws(TraceValueError) {
    guard length >= .zero, length <= .nanoseconds(Int64.max) else {
      throw TraceValueError("a trace's length must be from 0 to 2^63 ns (292 years), not \(length)")
    }
    var earliest = Duration.zero
    for (index, run) in runs.enumerated() {
      let end = run.end ?? length
      guard earliest <= run.start, run.start <= end, end <= length else {
        throw TraceValueError("up-run \(index) is out of order or reaches beyond the trace's length")
      }
      guard run.end != nil || index == runs.count - 1 else {
        throw TraceValueError("up-run \(index) has no end, but another one follows")
      }
      guard run.startWindow >= .zero, run.endWindow >= .zero else {
        throw TraceValueError("up-run \(index) has a negative window")
      }
      earliest = end
    }
    earliest = .zero
    for (index, change) in prices.enumerated() {
      guard earliest <= change.at, change.at <= length else {
        throw TraceValueError("price \(index) is out of order or beyond the trace's length")
      }
      earliest = change.at
    }
    self.init(checkedRuns: runs, length: length, source: source, prices: prices)
  }

  /// For values that are in order by construction.
  init(checkedRuns runs: [UpRun], length: Duration, source: String, prices: [PriceChange]) {
    self.runs = runs
    self.length = length
    self.source = source
    self.prices = prices
  }

  /// How often the seat was lost: the number of runs with an end.
  public var interruptions: Int { runs.count { $0.end != nil } }
}

/// Why a trace or a survival curve cannot be made from the given values.
public struct TraceValueError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
