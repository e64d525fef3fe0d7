#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Repeated timings of one thing: how long a pass over the data takes.
struct Timing: Hashable, Sendable {
  /// Seconds of wall time of the fastest and of the middle pass, and of CPU time (all threads) per pass.
  var fastest = 0.0
  var median = 0.0
  var cpu = 0.0

  static func + (a: Timing, b: Timing) -> Timing {
    Timing(fastest: a.fastest + b.fastest, median: a.median + b.median, cpu: a.cpu + b.cpu)
  }
}

/// How long and how often to repeat.
struct Repetition: Hashable, Sendable {
  /// At least this much time is spent in the passes themselves.
  var minimumTime: Duration
  var minimumPasses = 3

  /// Passes shorter than this are timed several at a time, because reading a clock takes about 30 ns.
  static let shortest = Duration.milliseconds(1)

  /// Repeats `pass` and times it; `prepare` runs before each repetition and is not timed.
  ///
  /// - Parameter isRepeatable: whether passes may follow each other without `prepare`, so that short ones can
  /// be   timed together.
  func measure<Failure: Error>(
    isRepeatable: Bool = true,
    prepare: () throws(Failure) -> Void = {}, _ pass: () throws(Failure) -> Void
  ) throws(Failure) -> Timing {
    let clock = ContinuousClock()
    var times: [Double] = []
    var total = Duration.zero
    var cpu = 0.0
    var passes = 0
    var batch = 1
    while total < minimumTime || passes < minimumPasses {
      try prepare()
      let cpuStart = processTime()
      let start = clock.now
      for _ in 0..<batch { try pass() }
      let elapsed = start.duration(to: clock.now)
      cpu += processTime() - cpuStart
      total += elapsed
      passes += batch
      times.append(seconds(elapsed) / Double(batch))
      if isRepeatable, elapsed < Self.shortest, batch < 1 << 20 {
        // What was timed so far was too short to trust; begin again with more at a time.
        batch *= 2
        times.removeAll()
        (cpu, passes) = (0, 0)
      }
    }
    times.sort()
    return Timing(
      fastest: times[0], median: median(times), cpu: cpu / Double(passes))
  }
}

/// The middle of sorted numbers; the mean of the middle two of an even count.
func median(_ sorted: [Double]) -> Double {
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

func seconds(_ duration: Duration) -> Double {
  let (seconds, attoseconds) = duration.components
  return Double(seconds) + Double(attoseconds) * 1e-18
}

/// Seconds of CPU time this process has used, on all its threads.
func processTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
