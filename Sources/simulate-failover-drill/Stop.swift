import ArgumentParser
import Dispatch
import Foundation
import CommandSupport
import Synchronization

/// Ctrl-C and termination signals.
enum Stop {
  /// Runs `body`, and cancels it when somebody asks the program to stop: it then gives back what it has rented, and
  /// throws. A second request changes nothing: giving back is worth waiting for.
  static func onSignal<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = Task { try await body() }
    let queue = DispatchQueue(label: "stop request", qos: .userInteractive)
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        Exit.say("stopping: giving back what was rented")
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
    do {
      return try await task.value
    } catch is CancellationError where task.isCancelled {
      Exit.say("stopped; everything that was rented has been given back")
      throw ExitCode(130)
    }
  }
}
