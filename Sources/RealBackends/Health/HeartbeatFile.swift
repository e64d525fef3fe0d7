import Failover

/// A file on a machine that the workload, or somebody who watches it, touches again and again: the sign that it not
/// only runs but gets on. The simplest one is a line of shell beside the workload:
///
///     while pgrep -x ollama >/dev/null; do touch /run/heartbeat; sleep 5; done
///
/// How old it is, is said by the machine's own clock, so that clocks that differ between machines do no harm. Needs
/// `sh`, and `stat` and `date` of GNU coreutils there.
public struct HeartbeatFile: Sendable, Hashable {
  /// An absolute path on the machine.
  public var path: String
  public var ssh: SSHSettings

  public init(path: String, ssh: SSHSettings) {
    self.path = path
    self.ssh = ssh
  }

  /// A file further in the future than this was not touched by somebody with a right clock.
  static let clockSlack = Duration.seconds(1)

  /// How long ago the file was touched.
  ///
  /// - Throws: `.notFound` when there is no such file; `.invalidAnswer` when it is from the future, as after a clock
  ///   that was put back: then nothing is known.
  public func age(on host: HostAddress, timeout: Duration) async throws(PortError) -> Duration {
    let what = "heartbeat on \(host)"
    try host.validate()
    let result = try await withTimeout(timeout, what) { () throws(PortError) in
      try await RemoteShell(ssh).run(["sh", "-c", HeartbeatScript.age, "heartbeat", path], on: host)
    }
    let times = try HeartbeatScript.output(of: result, what, path: path).map(HeartbeatScript.time)
    guard times.count == 2, let touched = times[0], let now = times[1] else {
      throw PortError(.invalidAnswer, "\(what): not two times; is it GNU coreutils there?")
    }
    guard touched - now <= Self.clockSlack else {
      throw PortError(.invalidAnswer, "\(what): touched \(touched - now) in the future")
    }
    return max(.zero, now - touched)
  }
}

/// What runs on a machine to look at a heartbeat file, POSIX sh in one line, and how its answers are read.
enum HeartbeatScript {
  /// `$1`: the file. Says when it was touched, and the time.
  static let age = #"LC_ALL=C stat -c %.9Y -- "$1" && date +%s.%N"#

  /// `$1`: the file, `$2`: what the last look saw. Ends when there is something else to see, and says what.
  static let change =
    #"while :; do now=$(stat -c '%.9Y %i' -- "$1" 2>/dev/null); "#
    + #"if [ -n "$now" ] && [ "$now" != "$2" ]; then echo "$now"; exit 0; fi; sleep 0.1; done"#

  /// `$1`: the file. Says what there is to see; nothing when there is no file.
  static let look = #"stat -c '%.9Y %i' -- "$1" 2>/dev/null || :"#

  static func output(
    of result: Program.Result, _ what: String, path: String
  ) throws(PortError) -> [String] {
    guard result.exitCode != 0 else { return result.output }
    if result.errors.contains(where: { $0.contains("No such file or directory") }) {
      throw PortError(.notFound, "\(what): no file \(ProgramFailure.printable(path))")
    }
    throw ProgramFailure.error(result, what)
  }

  /// Seconds since 1970 with nine decimals, as a duration; `nil` when the text is something else.
  static func time(_ text: String) -> Duration? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    // Eleven digits reach to the year 5138.
    guard isNumber, parts.count == 2, (1...11).contains(parts[0].utf8.count), parts[1].utf8.count == 9,
      let seconds = Int64(parts[0]), let nanoseconds = Int64(parts[1])
    else { return nil }
    return .seconds(seconds) + .nanoseconds(nanoseconds)
  }
}
