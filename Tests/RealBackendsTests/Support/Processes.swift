import Failover
import Subprocess
import Synchronization

/// A process of this machine, hosts included.
struct RunningProcess: Sendable {
  var id: Int32
  var parent: Int32
  var command: String

  static func all() async throws -> [RunningProcess] {
    // Zombies run nothing any more, whoever has yet to wait for them.
    try await shell("ps", "-ewwo", "pid=,ppid=,stat=,args=").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
      guard words.count == 4, let id = Int32(words[0]), let parent = Int32(words[1]), !words[2].hasPrefix("Z")
      else { return nil }
      return RunningProcess(id: id, parent: parent, command: String(words[3].drop { $0 == " " }))
    }
  }

  /// Everything that these have started, and what that has started.
  static func descendants(of id: Int32) async throws -> [RunningProcess] {
    let all = try await all()
    var found = all.filter { $0.parent == id }
    var next = 0
    while next < found.count {
      found += all.filter { $0.parent == found[next].id }
      next += 1
    }
    return found
  }
}

struct CommandFailed: Error, CustomStringConvertible {
  var description: String
}

/// Runs a program of this machine to its end and returns what it prints.
@discardableResult
func shell(_ command: String..., environment: [String: String] = [:]) async throws -> String {
  let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  let result = try await Subprocess.run(
    .name("env"), arguments: Arguments(settings + command),
    output: .string(limit: 1 << 22), error: .combinedWithOutput)
  guard result.terminationStatus.isSuccess else {
    throw CommandFailed(description: "\(command): \(result.terminationStatus): \(result.standardOutput)")
  }
  return result.standardOutput
}

/// A program that runs until it is stopped, or until the tests end in whatever way: it is killed when nobody
/// holds the other end of a pipe any more.
final class Daemon: Sendable {
  /// The program itself.
  let processIdentifier: Int32
  private let stopping: AsyncStream<Never>.Continuation
  private let running: Task<Void, any Error>

  /// - Parameter script: for `sh`; ends with an `exec`.
  init(_ script: String, _ arguments: String...) async throws {
    let guardian = #"sh -c "$0" sh "$@" </dev/null >&2 & echo $!; read -r _; kill -KILL $!; wait"#
    let (stop, stopping) = AsyncStream.makeStream(of: Never.self)
    let (started, starting) = AsyncStream.makeStream(of: Int32.self)
    self.stopping = stopping
    running = Task {
      defer { starting.finish() }
      _ = try await Subprocess.run(
        .name("sh"), arguments: Arguments(["-c", guardian, script] + arguments),
        input: .inputWriter, output: .sequence, error: .currentStandardError
      ) { execution in
        for try await line in execution.standardOutput.strings() {
          if let id = Int32(line) { starting.yield(id) }
          break
        }
        for await _ in stop {}
      }
    }
    guard let id = await started.first(where: { _ in true }) else {
      throw CommandFailed(description: "not started: \(script)")
    }
    processIdentifier = id
  }

  /// Kills the program, and returns once it is gone.
  func stop() async {
    stopping.finish()
    _ = await running.result
  }

  deinit { stopping.finish() }
}

/// Waits until `condition` holds; whoever asks for what never comes waits until the test's time limit.
func eventually(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
}

/// The error that `body` throws; the test goes wrong when it throws none.
func portError<Value>(_ body: () async throws(PortError) -> Value) async throws -> PortError {
  do throws(PortError) {
    _ = try await body()
  } catch {
    return error
  }
  throw CommandFailed(description: "no error was thrown")
}
