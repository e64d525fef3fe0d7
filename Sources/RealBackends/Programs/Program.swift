import Failover
import Subprocess
import Synchronization
import SystemPackage

/// A program on this machine, with what it is given.
struct Program: Sendable {
  var name: String
  var arguments: [String]
  /// Settings beside those of this process.
  var environment: [String: String]

  init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) {
    self.name = name
    self.arguments = arguments
    self.environment = environment
  }

  /// What an ended program left behind.
  struct Result: Sendable {
    /// The exit code, or 128 and the number of the signal that ended it, as shells say it.
    var exitCode: Int32
    /// The first lines of its standard output and of its standard error, without empty ones.
    var output: [String]
    var errors: [String]
  }

  /// How long a program may take to end after SIGTERM, before SIGKILL.
  static let ordinaryGrace = Duration.milliseconds(500)
  /// This program's.
  var grace = ordinaryGrace
  /// In bytes, for each of standard output and standard error: more than any answer that is read here. What
  /// comes after is dropped.
  static let outputKept = 16 * 1024

  /// Runs the program to its end.
  ///
  /// A cancelled call ends the program and whatever it has started: SIGTERM to all of its session, SIGKILL
  /// after `grace`.
  ///
  /// - Parameter heartbeat: with one, the program's standard input stays open for as long as the call lasts,
  ///   and a full stop is written to it that often; without, standard input is `/dev/null`.
  /// - Throws: `.notFound` when the program is not installed; `.cancelled`; `.invalidAnswer` when it cannot
  ///   be run.
  func run(heartbeat: Duration? = nil) async throws(PortError) -> Result {
    do {
      guard let heartbeat else { return try await run(input: .none) }
      return try await withHeartbeat(every: heartbeat) { [self] input in
        try await run(input: .fileDescriptor(input, closeAfterSpawningProcess: false))
      }
    } catch {
      throw portError(error)
    }
  }

  /// What it means that the program could not be run.
  func portError(_ error: any Error) -> PortError {
    if Task.isCancelled || error is CancellationError { return PortError(.cancelled, name) }
    if let error = error as? PortError { return error }
    let missing = (error as? SubprocessError)?.code == .executableNotFound
    return missing
      ? PortError(.notFound, "\(name) is not installed on this machine")
      : PortError(.invalidAnswer, "\(name): \(error)")
  }

  /// A name is looked for in `PATH`; with a slash it is the program's place.
  var executable: Executable { name.contains("/") ? .path(FilePath(name)) : .name(name) }

  var options: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)
    ]
    return options
  }

  /// English messages, and nothing from the user's environment that would change how rsync reads its
  /// arguments.
  var childEnvironment: Environment {
    var settings: [Environment.Key: String?] = [
      "LC_ALL": "C", "RSYNC_RSH": nil, "RSYNC_OLD_ARGS": nil, "RSYNC_PROTECT_ARGS": nil,
    ]
    for (name, value) in environment { settings[Environment.Key(stringLiteral: name)] = value }
    return .inherit.updating(settings)
  }

  private func run(input: some InputProtocol) async throws -> Result {
    let (exitCode, (output, errors)) = try await running(input) { program in
      let reading = Task {
        async let outputLines = onOwnThread { Self.lines(of: program.output) }
        async let errorLines = onOwnThread { Self.lines(of: program.errors) }
        return try await (outputLines, errorLines)
      }
      return try await withTaskCancellationHandler {
        try await reading.value
      } onCancel: {
        // `Subprocess` sends the first signal, and looks only at the program itself. Its children may outlive
        // it.
        Task {
          try? await Task.sleep(for: grace)
          program.signal(.kill)
        }
      }
    }
    try Task.checkCancellation()
    return Result(exitCode: exitCode, output: output, errors: errors)
  }

  /// Starts the program and waits for it, with pipes for what it writes.
  ///
  /// - Parameter body: runs meanwhile. It reads the pipes to their very end and closes them: rsync does not wait for
  ///   its ssh when something goes wrong, so what the other side had to say often arrives when rsync is gone, and
  ///   `Subprocess` stops reading when the program ends.
  func running<Value: Sendable>(
    _ input: some InputProtocol, _ body: (RunningProgram) async throws -> Value
  ) async throws -> (exitCode: Int32, value: Value) {
    let (output, outputEnd) = try FileDescriptor.pipe()
    let (errors, errorsEnd) = try FileDescriptor.pipe()
    var hasStarted = false
    defer {
      if !hasStarted { for end in [output, outputEnd, errors, errorsEnd] { try? end.close() } }
    }
    let ended = try await Subprocess.run(
      executable, arguments: Arguments(arguments), environment: childEnvironment, platformOptions: options,
      input: input, output: .fileDescriptor(outputEnd, closeAfterSpawningProcess: false),
      error: .fileDescriptor(errorsEnd, closeAfterSpawningProcess: false)
    ) { execution in
      hasStarted = true
      // From here on only the program and its children can write.
      for end in [outputEnd, errorsEnd] { try? end.close() }
      // While this closure lasts, the program has not been waited for, so its number names its session and no
      // other.
      let latch = Latch()
      defer { latch.close() }
      return try await body(
        RunningProgram(output: output, errors: errors) { signal in
          latch.unlessClosed { try? execution.send(signal: signal, toProcessGroup: true) }
        })
    }
    return (Self.exitCode(ended.terminationStatus), ended.closureResult)
  }

  private static func exitCode(_ status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }

  /// Reads to the end, closes the descriptor, and returns the lines among the first bytes.
  static func lines(of descriptor: FileDescriptor) -> [String] {
    defer { try? descriptor.close() }
    var kept: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
      kept += buffer.prefix(min(count, outputKept - kept.count))
    }
    return kept.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A program that runs, with what it writes.
struct RunningProgram: Sendable {
  var output: FileDescriptor
  var errors: FileDescriptor
  /// Signals the program and whatever it has started; does nothing once the program has been waited for.
  var signal: @Sendable (Signal) -> Void
}

/// Gives `body` the reading end of a pipe into which a full stop is written every `interval`, until `body`
/// has ended.
func withHeartbeat<Value: Sendable>(
  every interval: Duration, _ body: @escaping @Sendable (FileDescriptor) async throws -> Value
) async throws -> Value {
  let (readEnd, writeEnd) = try FileDescriptor.pipe()
  defer {
    try? writeEnd.close()
    // Closed last and kept open here until now: writing to a pipe that nobody can read would be a deadly
    // signal.
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

/// Lets something be done only until a certain moment.
final class Latch: Sendable {
  private let isClosed = Mutex(false)

  func close() { isClosed.withLock { $0 = true } }

  func unlessClosed(_ body: () -> Void) { isClosed.withLock { if !$0 { body() } } }
}
