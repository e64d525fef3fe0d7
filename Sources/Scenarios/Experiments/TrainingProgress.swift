import Failover

/// How far training got, and what of the GPUs' time was good for it.
public struct TrainingProgress: Sendable, Hashable {
  /// For how long GPUs served; the sum of what follows and of the work that was lost.
  public var served = Duration.zero
  /// For how long training stood still while checkpoints were written.
  public var paused = Duration.zero
  /// Training whose result was there at the end.
  public var progress = Duration.zero
  /// Checkpoints that were written to their end.
  public var checkpoints = 0

  public init() {}

  /// The share of the time served that brought training on, known as goodput; `nil` when nothing was served.
  public var goodput: Ratio? {
    Ratio(reducing: Int128(progress.wholeNanoseconds / 1_000), over: Int128(served.wholeNanoseconds / 1_000))
  }

  static func + (a: TrainingProgress, b: TrainingProgress) -> TrainingProgress {
    var sum = a
    sum.served += b.served
    sum.paused += b.paused
    sum.progress += b.progress
    sum.checkpoints += b.checkpoints
    return sum
  }
}

/// Plays training over the times in which GPUs served.
///
/// Checkpoints are never listed: which one is the newest by an instant follows from the grid, so that a second between
/// them costs no more than a day.
struct Trainer {
  /// A time in which one GPU served, up to its end or to where the copy begins that was gone on with.
  private struct Stretch {
    var start: Duration
    var end: Duration
    /// Where in its cycle training was at the start; less than a whole cycle.
    var phase: Duration
    /// What the newest checkpoint at the start holds.
    var base: Duration
    /// What a checkpoint at the very end holds, if one was written there.
    var atEnd: Duration?
  }

  let schedule: CheckpointSchedule
  private(set) var result = TrainingProgress()
  private var stretches: [Stretch] = []
  /// Where in its cycle training is, from the last whole checkpoint on.
  private var phase = Duration.zero
  /// What the newest checkpoint holds.
  private var base = Duration.zero

  init(_ schedule: CheckpointSchedule) { self.schedule = schedule }

  /// What is in memory.
  private var progress: Duration { base + min(phase, schedule.interval) }

  mutating func serve(from start: Duration, to end: Duration) {
    let before = progress
    stretches.append(Stretch(start: start, end: end, phase: phase, base: base))
    let (cycles, rest) = Self.cycles(phase + (end - start), schedule.cycle)
    phase = rest
    base += schedule.interval * cycles
    result.checkpoints += cycles
    result.served += end - start
    result.paused += (end - start) - (progress - before)
    result.progress = progress
  }

  /// Training ends in good order: it writes a checkpoint first, in no time.
  mutating func stop() {
    guard !stretches.isEmpty else { return }
    base = progress
    phase = .zero
    stretches[stretches.count - 1].atEnd = base
  }

  /// Training goes on from the newest checkpoint that was whole at `point`; from nothing, when `nil`.
  ///
  /// - Returns: the work that is gone: what was in memory, less what the checkpoint holds.
  mutating func restart(from point: Duration?) -> Duration {
    let before = progress
    base = point.map(newestCheckpoint) ?? .zero
    phase = .zero
    result.progress = base
    guard let point else {
      stretches = []
      return before - base
    }
    // What was written later was on a disk that is gone.
    while let last = stretches.last, last.end > point {
      if last.start < point {
        stretches[stretches.count - 1].end = point
        stretches[stretches.count - 1].atEnd = nil
        break
      }
      stretches.removeLast()
    }
    return before - base
  }

  /// Training goes on from the newest whole checkpoint on the disk it wrote to.
  ///
  /// - Returns: as `restart(from:)`.
  mutating func restartFromDisk() -> Duration { restart(from: stretches.last?.end ?? .zero) }

  private func newestCheckpoint(at point: Duration) -> Duration {
    for stretch in stretches.reversed() where stretch.start < point {
      if let atEnd = stretch.atEnd, stretch.end <= point { return atEnd }
      let (cycles, _) = Self.cycles(stretch.phase + (min(point, stretch.end) - stretch.start), schedule.cycle)
      if cycles > 0 { return stretch.base + schedule.interval * cycles }
    }
    return .zero
  }

  private static func cycles(_ time: Duration, _ cycle: Duration) -> (whole: Int, rest: Duration) {
    let (whole, rest) = time.wholeNanoseconds.quotientAndRemainder(dividingBy: cycle.wholeNanoseconds)
    return (Int(whole), .nanoseconds(rest))
  }
}
