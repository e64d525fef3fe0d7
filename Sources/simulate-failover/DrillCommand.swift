import ArgumentParser
import CommandSupport
import Foundation

/// Drills need the network stack, which the simulator does without: they are a program of their own, which this command
/// finds beside itself or on the path and becomes.
struct DrillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Play a scenario with real machines: on this one (--lab), or with accounts of yours (--config).",
    discussion: """
      Examples:
        simulate-failover drill scenarios/lab/cpu-standby.yaml --lab
        simulate-failover drill scenarios/lab/cpu-standby.yaml --config drill.yaml --max-cost 2
        simulate-failover drill clean --config drill.yaml
        simulate-failover drill --help

      It is a program of its own, simulate-failover-drill, which make lab builds and make install installs.
      """)

  static let program = "simulate-failover-drill"

  @Argument(
    parsing: .captureForPassthrough, help: ArgumentHelp("What simulate-failover-drill takes.", valueName: "..."))
  var arguments: [String] = []

  func run() throws {
    guard let path = Self.find() else {
      Exit.say("error: \(Self.program) is neither beside this program nor on the path; make lab builds it")
      throw ExitCode(Exit.failure)
    }
    // From here on it is that program: the same process, the same terminal, the same signals.
    var words = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    execv(path, words)
    Exit.say("error: \(path) cannot be run: \(String(cString: strerror(errno)))")
    throw ExitCode(Exit.failure)
  }

  private static func find() -> String? {
    let files = FileManager.default
    let own = (Bundle.main.executablePath ?? CommandLine.arguments[0]) as NSString
    let folders = [own.resolvingSymlinksInPath as NSString].map(\.deletingLastPathComponent)
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.map { $0 + "/" + program }.first { files.isExecutableFile(atPath: $0) }
  }
}
