import Failover

/// What runs on the GPU, as far as it decides what a loss costs: where its state is, and how often that gets to disk.
public enum Workload: Sendable, Hashable {
  /// People's work is in its files at once: what was not copied is lost. What a scenario has that says nothing.
  case interactive
  /// A model that answers. It keeps nothing from one request to the next.
  case inference
  /// State in memory, written to the workspace now and then.
  case training(CheckpointSchedule)

  /// What it is called in files and reports.
  public var kind: Kind {
    switch self {
    case .interactive: .interactive
    case .inference: .inference
    case .training: .training
    }
  }

  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case interactive, inference, training
  }
}

/// When training writes its state to the workspace.
///
/// Training stands still while it writes. It counts the time that it trained, so that the grid is the same in every
/// run: the first checkpoint begins after `interval` of training, is whole `duration` later, and then the next interval
/// begins. A GPU that goes on from a checkpoint begins a new interval.
public struct CheckpointSchedule: Sendable, Hashable {
  /// Training between two checkpoints; greater than zero.
  public var interval: Duration
  /// For how long writing one stops training; not negative.
  public var duration: Duration
  /// What one adds to the workspace.
  public var size: ByteCount

  public init(interval: Duration, duration: Duration = .zero, size: ByteCount = .zero) {
    self.interval = interval
    self.duration = duration
    self.size = size
  }

  /// From one whole checkpoint to the next.
  public var cycle: Duration { interval + duration }

  /// How fast checkpoints change the workspace, spread evenly, in whole bytes a second.
  public var dirtyRate: DataRate {
    let perSecond = Int128(size.bytes) * 1_000_000_000 / Int128(cycle.wholeNanoseconds)
    return DataRate(bytesPerSecond: Int64(clamping: perSecond))
  }

  /// The interval with which least is lost: the square root of twice what a checkpoint takes times the mean time
  /// between interruptions. J. W. Young, "A first order approximation to the optimum checkpoint interval",
  /// Communications of the ACM 17 (9), 1974. It holds where a checkpoint takes far less than that mean.
  public static func bestInterval(checkpoint: Duration, meanTimeBetweenInterruptions mean: Duration) -> Duration {
    .seconds((2 * checkpoint.inSeconds * mean.inSeconds).squareRoot())
  }
}
