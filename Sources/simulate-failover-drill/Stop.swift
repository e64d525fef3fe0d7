import ArgumentParser
import CommandSupport
import Foundation

/// Ctrl-C and termination signals.
enum Stop {
  /// Runs `body`, and cancels it when somebody asks the program to stop: it then gives back what it has rented, and
  /// throws. A second request changes nothing: giving back is worth waiting for.
  static func onSignal<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = Task { try await body() }
    let signals = SignalSources([SIGINT, SIGTERM, SIGHUP]) { _ in
      Exit.say("stopping: giving back what was rented")
      task.cancel()
    }
    defer { signals.cancel() }
    do {
      return try await task.value
    } catch is CancellationError where task.isCancelled {
      Exit.say("stopped; everything that was rented has been given back")
      throw ExitCode(130)
    }
  }
}
