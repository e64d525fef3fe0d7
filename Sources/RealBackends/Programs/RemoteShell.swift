import Failover

/// Runs commands on hosts by ssh.
struct RemoteShell: Sendable {
  var settings: SSHSettings

  init(_ settings: SSHSettings) { self.settings = settings }

  /// Runs a command that is over quickly.
  ///
  /// The account's login shell is replaced by the command, so that nothing else carries its words in its own
  /// command line.
  func run(_ command: [String], on host: HostAddress) async throws(PortError) -> Program.Result {
    try await ssh(host, "exec " + quoted(command)).run()
  }

  /// Runs a command that works for long, and makes sure that it does not go on without us.
  ///
  /// Ending the local ssh does not end a remote command that writes nothing. So the command holds a lease: it
  /// is ended when its standard input, the connection, is closed; when no sign of life has come for as long
  /// as a silent connection is believed in, as in a partition; and after `limit` in any case. Without this a
  /// source host that was cut off could go on writing to a standby that has taken over.
  ///
  /// Needs `sh`, and `timeout` and `head` of GNU coreutils or BusyBox on the host.
  func runLeased(
    _ command: [String], on host: HostAddress, limit: Duration, forwardingAgent: Bool = false,
    forwards: [SSHForward] = []
  ) async throws(PortError) -> Program.Result {
    let lease = settings.silenceTolerated
    let words = ["sh", "-c", Self.leaseScript, "lease", "\(limit.wholeSeconds)", "\(lease.wholeSeconds)"]
    return try await ssh(
      host, "exec " + quoted(words + command), forwardingAgent: forwardingAgent, forwards: forwards
    ).run(heartbeat: lease / 3)
  }

  /// Keeps a connection open until the call is cancelled, for what is forwarded through it.
  ///
  /// The connection ends with this process, however that ends: the command on the host reads to the end of its
  /// standard input, which then closes.
  ///
  /// - Returns: when the connection has ended by itself, how.
  func hold(_ forwards: [SSHForward], on host: HostAddress) async throws(PortError) -> Program.Result {
    try await ssh(host, "exec cat >/dev/null", forwards: forwards).run(heartbeat: settings.silenceTolerated / 3)
  }

  /// Runs a command that works for long and whose standard output is handed to `consume`, block by block.
  ///
  /// - Parameter next: gives the command's standard input, until it gives `nil`; without it the command holds
  ///   the lease of `runLeased`. A command that reads its input has to end when that ends too early. `limit`
  ///   ends it in any case.
  func stream(
    _ command: [String], on host: HostAddress, limit: Duration,
    next: (@Sendable () async throws(PortError) -> [UInt8]?)? = nil,
    consume: @escaping @Sendable ([UInt8]) async throws(PortError) -> Void = { _ in }
  ) async throws(PortError) -> Program.Result {
    let lease = settings.silenceTolerated
    var words = ["timeout", "-k", "2", "\(limit.wholeSeconds)"]
    if next == nil {
      words = ["sh", "-c", Self.leaseScript, "lease", "\(limit.wholeSeconds)", "\(lease.wholeSeconds)"]
    }
    var program = ssh(host, "exec " + quoted(words + command))
    // Of all ciphers the quickest where the processor has instructions for it; others are used where the host
    // does not offer it.
    program.arguments.insert(contentsOf: ["-o", "Ciphers=^aes128-gcm@openssh.com"], at: program.arguments.count - 3)
    return try await program.stream(
      input: next.map { .blocks($0) } ?? .heartbeat(lease / 3), consume: consume)
  }

  /// One line, for login shells that take no more.
  static let leaseScript =
    #"limit=$1 lease=$2; shift 2; exec 3<&0 </dev/null; "#
    + #"timeout -k 2 "$limit" "$@" 3<&- & command=$!; "#
    + #"( while [ -n "$(timeout "$lease" head -c 1 <&3)" ]; do :; done; kill "$command" ) >/dev/null 2>&1 & "#
    + #"watch=$!; wait "$command"; status=$?; kill "$watch" 2>/dev/null; exit "$status""#

  private func ssh(
    _ host: HostAddress, _ command: String, forwardingAgent: Bool = false, forwards: [SSHForward] = []
  ) -> Program {
    let arguments = settings.arguments(
      port: host.port, forwardingAgent: forwardingAgent, forwards: forwards)
    return Program("ssh", arguments + ["--", host.host, command])
  }

  private func quoted(_ words: [String]) -> String {
    words.map(Quoting.forShell).joined(separator: " ")
  }
}
