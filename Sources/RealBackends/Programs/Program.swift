import Failover
import Subprocess
import SystemPackage

/// A program on this machine, with what it is given.
struct Program: Sendable {
  var name: String
  var arguments: [String]

  init(_ name: String, _ arguments: [String]) {
    self.name = name
    self.arguments = arguments
  }

  /// What an ended program left behind.
  struct Result: Sendable {
    /// The exit code, or 128 and the number of the signal that ended it, as shells say it.
    var exitCode: Int32
    /// The first lines of its standard output and of its standard error.
    var output: [String]
    var errors: [String]
  }

  /// How long a program may take to end after SIGTERM, before SIGKILL.
  static let grace = Duration.milliseconds(500)
  /// More than any answer that is read here; what comes after is dropped.
  static let linesKept = 64
  static let longestLine = 64 * 1024

  /// Runs the program to its end.
  ///
  /// A cancelled call ends the program and whatever it has started: SIGTERM to all of its session, SIGKILL after `grace`.
  ///
  /// - Parameter heartbeat: with one, the program's standard input stays open for as long as the call lasts, and a full stop
  ///   is written to it that often; without, standard input is `/dev/null`.
  /// - Throws: `.notFound` when the program is not installed; `.cancelled`; `.invalidAnswer` when it cannot be run, or
  ///   writes a line without end.
  func run(heartbeat: Duration? = nil) async throws(PortError) -> Result {
    do {
      guard let heartbeat else { return try await run(input: .none) }
      return try await withHeartbeat(every: heartbeat) { [self] input in
        try await run(input: .fileDescriptor(input, closeAfterSpawningProcess: false))
      }
    } catch {
      if Task.isCancelled || error is CancellationError { throw PortError(.cancelled, name) }
      let missing = (error as? SubprocessError)?.code == .executableNotFound
      throw missing
        ? PortError(.notFound, "\(name) is not installed on this machine")
        : PortError(.invalidAnswer, "\(name): \(error)")
    }
  }

  private func run(input: some InputProtocol) async throws -> Result {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    // English messages, and nothing from the user's environment that would change how rsync reads its arguments.
    let environment = Environment.inherit.updating([
      "LC_ALL": "C", "RSYNC_RSH": nil, "RSYNC_OLD_ARGS": nil, "RSYNC_PROTECT_ARGS": nil,
    ])
    let ended = try await Subprocess.run(
      .name(name), arguments: Arguments(arguments), environment: environment, platformOptions: options,
      input: input, output: .sequence, error: .sequence
    ) { execution in
      defer {
        // The tear-down looks only at the program itself. Its children may have outlived it; it has not been waited for
        // yet, so its number still names this session and no other.
        if Task.isCancelled { try? execution.send(signal: .kill, toProcessGroup: true) }
      }
      async let output = Self.firstLines(of: execution.standardOutput)
      async let errors = Self.firstLines(of: execution.standardError)
      return try await (output, errors)
    }
    try Task.checkCancellation()
    let exitCode: Int32 =
      switch ended.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Result(exitCode: exitCode, output: ended.closureResult.0, errors: ended.closureResult.1)
  }

  private static func firstLines(of output: SubprocessOutputSequence) async throws -> [String] {
    var lines: [String] = []
    for try await line in output.strings(bufferingPolicy: .maxLineLength(longestLine))
    where lines.count < linesKept {
      lines.append(line)
    }
    return lines
  }
}

/// Gives `body` the reading end of a pipe into which a full stop is written every `interval`, until `body` has ended.
private func withHeartbeat<Value: Sendable>(
  every interval: Duration, _ body: @escaping @Sendable (FileDescriptor) async throws -> Value
) async throws -> Value {
  let (readEnd, writeEnd) = try FileDescriptor.pipe()
  defer {
    try? writeEnd.close()
    // Closed last and kept open here until now: writing to a pipe that nobody can read would be a deadly signal.
    try? readEnd.close()
  }
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body(readEnd) }
    group.addTask {
      while !Task.isCancelled {
        _ = try writeEnd.writeAll([UInt8(ascii: ".")])
        try? await Task.sleep(for: interval)
      }
      return nil
    }
    defer { group.cancelAll() }
    while let value = try await group.next() {
      if let value { return value }
    }
    throw CancellationError()
  }
}
