import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adds up how long each stage was busy; stages may be timed on several threads at once.
final class StageWatch: Sendable {
  private let names: [String]
  private let start = ContinuousClock.now
  private let times: Mutex<[String: Duration]>

  init(_ names: [String]) {
    self.names = names
    times = Mutex([:])
  }

  func add(_ name: String, since start: ContinuousClock.Instant) {
    let elapsed = start.duration(to: .now)
    times.withLock { $0[name, default: .zero] += elapsed }
  }

  func time<Result, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer { add(name, since: start) }
    return try body()
  }

  /// The time since this watch was made, with the stages in their order.
  func direction() -> PipelineReport.Direction {
    let total = seconds(start.duration(to: .now))
    return times.withLock { times in
      PipelineReport.Direction(
        seconds: total,
        stages: names.map { PipelineReport.Stage(name: $0, seconds: seconds(times[$0] ?? .zero)) })
    }
  }
}

/// The most memory this process has held, in bytes.
func peakMemory() -> Int64 {
  var usage = rusage()
  #if os(Linux)
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return Int64(usage.ru_maxrss) * 1_024  // Linux counts in KiB, Darwin in bytes
  #else
    guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    return Int64(usage.ru_maxrss)
  #endif
}
