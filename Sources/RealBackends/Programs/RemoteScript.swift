import Failover
import Subprocess
import SystemPackage

/// Shell scripts that are run on hosts by ssh and tell how they get on.
public struct RemoteScript: Sendable {
  private let settings: SSHSettings

  public init(_ settings: SSHSettings) { self.settings = settings }

  /// Runs a script of `sh` to its end, or until the call is cancelled, which closes the connection: a script that
  /// goes on writing to its standard output ends then.
  ///
  /// - Parameter line: called with each line of its standard output when it comes.
  /// - Throws: `.cancelled`; `.unreachable` when ssh fails; `.refused` when the script ends with another code than
  ///   zero, with the last line of its standard error.
  public func run(
    _ script: String, on host: HostAddress, line: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(PortError) {
    try host.validate()
    let arguments = settings.arguments(port: host.port) + ["--", host.host, "exec sh -c " + Quoting.forShell(script)]
    let program = Program("ssh", arguments)
    let status: TerminationStatus
    let said: [String]
    do {
      let (errors, errorsEnd) = try FileDescriptor.pipe()
      let ended = try await Subprocess.run(
        .name("ssh"), arguments: Arguments(arguments), environment: program.childEnvironment,
        platformOptions: program.options, input: .none, output: .sequence,
        error: .fileDescriptor(errorsEnd, closeAfterSpawningProcess: true)
      ) { execution in
        let reading = Task { try await onOwnThread { Program.lines(of: errors) } }
        for try await text in execution.standardOutput.strings() { line(text) }
        return try await reading.value
      }
      (status, said) = (ended.terminationStatus, ended.closureResult)
    } catch {
      throw program.portError(error)
    }
    if Task.isCancelled { throw PortError(.cancelled, "script on \(host)") }
    let reason = said.last ?? ""
    switch status {
    case .exited(0): return
    case .exited(255): throw PortError(.unreachable, reason.isEmpty ? "ssh to \(host) failed" : reason, host: host)
    default: throw PortError(.refused, reason.isEmpty ? "a script on \(host) failed: \(status)" : reason, host: host)
    }
  }
}
