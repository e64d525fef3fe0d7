import Failover
import Subprocess
import Synchronization

/// Shell scripts that are run on hosts by ssh and tell how they get on.
public struct RemoteScript: Sendable {
  private let settings: SSHSettings

  public init(_ settings: SSHSettings) { self.settings = settings }

  /// Runs a script of `sh` to its end, or until the call is cancelled, which closes the connection: a script that goes on
  /// writing to its standard output ends then.
  ///
  /// - Parameter line: called with each line of its standard output when it comes.
  /// - Throws: `.cancelled`; `.unreachable` when ssh fails; `.refused` when the script ends with another code than zero,
  ///   with the last line of its standard error.
  public func run(
    _ script: String, on host: HostAddress, line: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(PortError) {
    try host.validate()
    let arguments = settings.arguments(port: host.port) + ["--", host.host, "exec sh -c " + Quoting.forShell(script)]
    let program = Program("ssh", arguments)
    let lastError = Mutex("")
    let status: TerminationStatus
    do {
      status = try await Subprocess.run(
        .name("ssh"), arguments: Arguments(arguments), environment: program.childEnvironment,
        platformOptions: program.options, output: .sequence, error: .sequence
      ) { execution in
        await withTaskGroup(of: Void.self) { group in
          group.addTask {
            _ = try? await Self.lines(of: execution.standardOutput, line)
          }
          group.addTask {
            _ = try? await Self.lines(of: execution.standardError) { text in lastError.withLock { $0 = text } }
          }
        }
      }.terminationStatus
    } catch {
      throw program.portError(error)
    }
    if Task.isCancelled { throw PortError(.cancelled, "script on \(host)") }
    let reason = lastError.withLock { $0 }
    switch status {
    case .exited(0): return
    case .exited(255): throw PortError(.unreachable, reason.isEmpty ? "ssh to \(host) failed" : reason, host: host)
    default: throw PortError(.refused, reason.isEmpty ? "a script on \(host) failed: \(status)" : reason, host: host)
    }
  }

  private static func lines(
    of output: SubprocessOutputSequence, _ line: (String) -> Void
  ) async throws {
    for try await text in output.strings() { line(text) }
  }
}
