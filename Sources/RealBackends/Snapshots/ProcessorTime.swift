#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// For how long processors have been at work, the time of several added up.
///
/// A chain of programs on one machine can be limited by its slowest link or by the processors that all of them share.
/// Only this tells which.
public struct ProcessorTime: Sendable, Hashable {
  /// For this process, by `getrusage`.
  public var own: Duration
  /// For everything on this machine, by `/proc/stat`, which counts in hundredths of a second; `nil` where there is none.
  public var machine: Duration?

  public init(own: Duration, machine: Duration?) {
    self.own = own
    self.machine = machine
  }

  #if canImport(Darwin)
    private static let ofThisProcess = RUSAGE_SELF
  #else
    private static let ofThisProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
  #endif

  /// Since this process, and this machine, have begun.
  public static var now: ProcessorTime {
    var usage = rusage()
    getrusage(Self.ofThisProcess, &usage)
    func duration(_ time: timeval) -> Duration { .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec)) }
    return ProcessorTime(own: duration(usage.ru_utime) + duration(usage.ru_stime), machine: busyTime)
  }

  public static func - (end: ProcessorTime, start: ProcessorTime) -> ProcessorTime {
    var machine: Duration?
    if let end = end.machine, let start = start.machine { machine = end - start }
    return ProcessorTime(own: end.own - start.own, machine: machine)
  }

  /// How many processors this machine has to offer; at least 1.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private static var busyTime: Duration? {
    let ticks = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    return busyTicks(inStatistics: ProcessFile.text("/proc/stat")).map { .seconds($0) / ticks }
  }

  /// The ticks of all processors together, of all kinds but waiting and what the hypervisor took; see proc_stat(5).
  static func busyTicks(inStatistics text: String) -> Int64? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
    // user, nice, system, idle, iowait, irq, softirq; what guests take is in "user" already.
    let fields = line.split(separator: " ").dropFirst().prefix(7).map { Int64($0) ?? 0 }
    guard fields.count == 7 else { return nil }
    return fields.enumerated().reduce(0) { [3, 4].contains($1.offset) ? $0 : $0 &+ $1.element }
  }
}
