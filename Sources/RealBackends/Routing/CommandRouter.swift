import Failover

/// Points users at a host by running a program of the user's: one that changes a DNS record, a load balancer, a VPN.
///
/// The program finds what to do in its environment, and has done it when it ends with exit code 0:
///
/// | `FAILOVER_ACTION` | `FAILOVER_HOST`, `FAILOVER_PORT` | to do |
/// |---|---|---|
/// | `route` | where users are to be sent | send them there |
/// | `hold` | | turn users away |
///
/// It may be run twice for the same. One that does not end within the time-out is ended, with everything it has
/// started. Where users are sent is kept in a file of the program's last success; while the program runs, and when it
/// has failed, nothing is known, and `currentRoute` is `nil`.
public struct CommandRouter: EndpointRouter {
  /// The program and its arguments; a program without a slash is looked for in `PATH`.
  public let command: [String]
  private let memory: FileRouter

  /// - Parameter routeFile: keeps the route; in a directory that exists.
  /// - Throws: `.refused` without a program.
  public init(command: [String], routeFile: String) throws(PortError) {
    guard command.first?.isEmpty == false else { throw PortError(.refused, "no program to change the route with") }
    self.command = command
    memory = try FileRouter(path: routeFile, endpointName: "commanded-endpoint")
  }

  public func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try host.validate()
    try await run(
      ["FAILOVER_ACTION": "route", "FAILOVER_HOST": host.host, "FAILOVER_PORT": "\(host.port)"], timeout)
    try await memory.route(to: host, timeout: timeout)
  }

  public func hold(timeout: Duration) async throws(PortError) {
    try await run(["FAILOVER_ACTION": "hold"], timeout)
  }

  public func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await memory.currentRoute(timeout: timeout)
  }

  private func run(_ environment: [String: String], _ timeout: Duration) async throws(PortError) {
    try await memory.hold(timeout: timeout)
    let program = Program(command[0], Array(command.dropFirst()), environment: environment)
    let what = "\(ProgramFailure.printable(command[0])) (\(environment["FAILOVER_ACTION"] ?? ""))"
    let result = try await withTimeout(timeout, what) { () throws(PortError) in try await program.run() }
    guard result.exitCode == 0 else {
      let said = result.errors.first.map { ": " + ProgramFailure.printable($0) } ?? ""
      throw PortError(.refused, "\(what): exit code \(result.exitCode)\(said)")
    }
  }
}
