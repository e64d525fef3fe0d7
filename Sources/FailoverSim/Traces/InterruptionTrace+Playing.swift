import Failover

extension InterruptionTrace {
  /// The trace with every change placed at one instant of its window: what a simulation plays.
  ///
  /// Each change is drawn uniformly from its window, without the part before the window of the change ahead
  /// of it and before the trace's start; then the instants are sorted. Two changes that share a window (a
  /// node lost and replaced between two polls) so get the distribution of two independent draws given their
  /// order, and no change leaves its window. Runs may come out empty, never reversed. The result's windows
  /// are zero.
  ///
  /// - Parameter fraction: a uniformly random 32-bit number for each change, to be read as a fraction of
  ///   2^32. The start of run `i` is change `2i` and its end `2i + 1`, so that a counter-based random
  ///   stream gives each change the same number whatever happens to the others.
  public func realized(_ fraction: (UInt64) -> UInt32) -> InterruptionTrace {
    var instants: [Int64] = []
    instants.reserveCapacity(2 * runs.count)
    var earliest: Int64 = 0
    func draw(_ change: Duration, window: Duration, index: Int) {
      let latest = change.wholeNanoseconds
      earliest = max(earliest, (change - window).wholeNanoseconds)
      let width = UInt128(latest - earliest)
      instants.append(latest - Int64((width * UInt128(fraction(UInt64(index)))) >> 32))
    }
    for (index, run) in runs.enumerated() {
      draw(run.start, window: run.startWindow, index: 2 * index)
      if let end = run.end { draw(end, window: run.endWindow, index: 2 * index + 1) }
    }
    instants.sort()
    let placed = runs.indices.map { index in
      UpRun(
        start: .nanoseconds(instants[2 * index]),
        end: runs[index].end == nil ? nil : .nanoseconds(instants[2 * index + 1]))
    }
    return InterruptionTrace(checkedRuns: placed, length: length, source: source, prices: prices)
  }

  /// The most up-runs (and prices) that `repeated(toCover:)` makes: some 100 MB of them.
  public static let maximumRepeatedRuns = 1_000_000

  /// The trace played back to back until it covers `duration`: whole copies, so that the result may be
  /// longer.
  ///
  /// What happens at a seam is an assumption, not a measurement: the last state of a copy was cut off by
  /// the end of the watching and the first state of the next one by its beginning, and the two are taken
  /// for one. A seat that ends up and begins up has one run across the seam, which counts as one. Where the
  /// two states differ, the seat changes exactly at the seam; a trace that ends up and begins down thus
  /// gains an interruption that nobody saw.
  ///
  /// To place the changes of every copy independently, repeat first and call `realized` on the result.
  ///
  /// - Throws: `TraceValueError` when the trace has no length, or the result would be longer than 292 years
  ///   or hold more than `maximumRepeatedRuns` runs.
  public func repeated(toCover duration: Duration) throws(TraceValueError) -> InterruptionTrace {
    guard duration > length else { return self }
    guard length > .zero else { throw TraceValueError("a trace without length cannot be repeated") }
    let span = Int128(length.wholeNanoseconds)
    let copies = (Int128(duration.wholeNanoseconds) + span - 1) / span
    guard duration <= .nanoseconds(Int64.max), copies * span <= Int128(Int64.max) else {
      throw TraceValueError("a trace cannot be repeated to cover more than 2^63 ns (292 years)")
    }
    guard copies * Int128(max(1, runs.count + prices.count)) <= Int128(Self.maximumRepeatedRuns) else {
      throw TraceValueError(
        "repeating a trace of \(length) to cover \(duration) makes more than "
          + "\(Self.maximumRepeatedRuns) up-runs and prices")
    }
    var joined: [UpRun] = []
    var joinedPrices: [PriceChange] = []
    for copy in 0..<Int64(copies) {
      let offset = Duration.nanoseconds(Int64(span) * copy)
      for (index, run) in runs.enumerated() {
        var shifted = run.shifted(by: offset)
        if index == 0, let open = joined.last, open.end == nil {
          if run.start == .zero {
            shifted.start = open.start
            shifted.startWindow = open.startWindow
            joined.removeLast()
          } else {
            joined[joined.count - 1].end = offset
          }
        }
        joined.append(shifted)
      }
      for change in prices where change.price != joinedPrices.last?.price {
        joinedPrices.append(PriceChange(at: change.at + offset, price: change.price))
      }
    }
    return InterruptionTrace(
      checkedRuns: joined, length: .nanoseconds(Int64(span * copies)), source: source, prices: joinedPrices)
  }
}

extension InterruptionTrace.UpRun {
  /// The run `offset` later. A window that reached before the trace's start is cut there, so that it does not
  /// reach into the copy before.
  fileprivate func shifted(by offset: Duration) -> InterruptionTrace.UpRun {
    InterruptionTrace.UpRun(
      start: start + offset, end: end.map { $0 + offset },
      startWindow: min(startWindow, start), endWindow: end.map { min(endWindow, $0) } ?? .zero)
  }
}
