import ArgumentParser
import Failover
import FailoverSim
import Foundation
import Scenarios

/// How the program ends: what it says on standard error, and with which code.
package enum Exit {
  package static let failure: Int32 = 1
  /// Something got worse, or a limit does not hold.
  package static let regression: Int32 = 2
  /// Something got better, and that was asked for.
  package static let onlyBetter: Int32 = 4
  /// There is no baseline, or it says nothing about what is to be compared.
  package static let notComparable: Int32 = 5
  package static let badInput: Int32 = 64

  /// Parses and runs a command, and turns what it throws into one clear message and an exit code.
  package static func runningCommand<Root: ParsableCommand>(_ root: Root.Type) async -> Never {
    // A reader that goes away (such as `head`) is no reason to be killed by a signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      let command = try root.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
      exit(0)
    } catch let error as ExitCode {
      exit(error.rawValue)
    } catch {
      if let (message, code) = meaning(of: error) {
        say(message)
        exit(code)
      }
      let code = root.exitCode(for: error)
      let message = root.fullMessage(for: error)
      // Asking for help or the version is no error, and its answer is the result.
      if code == .success {
        print(message)
        exit(0)
      }
      let isUsage = code == .validationFailure
      say(isUsage ? message : "error: \(error)")
      exit(isUsage ? badInput : failure)
    }
  }

  /// What is said of an error of this project's own, and the exit code; `nil` for others.
  private static func meaning(of error: any Error) -> (message: String, code: Int32)? {
    switch error {
    // They begin with the file, the line and the word "error".
    case is InvalidFile, is TraceError: ("\(error)", badInput)
    case is ScenarioError: ("error: \(error)", badInput)
    case let error as RecordError: ("error: \(error)", error.isForeign ? badInput : failure)
    case is NotComparable: ("error: \(error)", notComparable)
    case is OutputError: ("error: \(error)", failure)
    default: nil
    }
  }

  /// A line on standard error.
  package static func say(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }
}
