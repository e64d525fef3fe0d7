import Failover

/// What a task waits for, and where in the source.
public struct WaitDescription: Sendable, Hashable, CustomStringConvertible {
  /// The task's name, or "a task" when it has none.
  public var task: String
  public var what: String
  public var file: String
  public var line: Int

  public var description: String { "\(task) waits for \(what) at \(file):\(line)" }
}

/// Every task of a simulation waits, and no timer is set that could wake one.
public struct Deadlock: Error, Hashable, CustomStringConvertible {
  /// The virtual time at which everything stopped.
  public var time: Duration
  /// The waits the kernel knows: those on a `Signal`, in the order of their slots. A task that waits on a bare
  /// continuation, an `AsyncStream` or another task is not among them.
  public var waiting: [WaitDescription]

  public var description: String {
    let list =
      waiting.isEmpty
      ? "  a continuation, a stream, or a task that has left the simulation (the kernel cannot name it)"
      : waiting.map { "  \($0)" }.joined(separator: "\n")
    return "deadlock at \(time.inSeconds) s: every task waits and nothing is scheduled\n\(list)"
  }
}

/// A task went on sleeping although it had been cancelled, so that the simulation could not end it.
public struct CancellationIgnored: Error, Hashable, CustomStringConvertible {
  /// How many tasks did.
  public var tasks: Int

  public var description: String {
    """
    \(tasks) task\(tasks == 1 ? "" : "s") kept sleeping after cancellation; a loop must end when sleep throws \
    CancellationError instead of swallowing it
    """
  }
}
