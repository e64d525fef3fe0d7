import Failover

/// How `ssh` reaches the hosts.
///
/// Whatever is set here, ssh never asks a question (`BatchMode`), never opens a terminal, never shares a
/// connection that is already open (a shared one does not notice that the other side has died), and gives up
/// on a host that stays silent.
public struct SSHSettings: Sendable, Hashable {
  /// Which host keys are believed.
  public enum KnownHosts: Sendable, Hashable {
    /// Only those of this file; `nil` means ssh's own files. Right for machines that stay.
    case strict(file: String?)
    /// Those of this file (`nil`: ssh's own), and those of hosts never seen before, which are added to it. A
    /// changed key is still refused. Right for machines rented by the hour, whose keys nobody knows
    /// beforehand.
    case acceptNew(file: String?)
  }

  /// The account on the hosts; `nil` leaves it to the configuration file.
  public var user: String?
  /// The private key, and the only one that is offered; `nil` leaves it to the agent and the configuration
  /// file.
  public var identityFile: String?
  public var knownHosts: KnownHosts
  /// Read instead of `~/.ssh/config` and the system's file; `nil` reads those.
  public var configFile: String?
  /// For the connection and the server's greeting; whole seconds, rounded up.
  public var connectTimeout: Duration
  /// A connection that has been silent this long is asked for a sign of life; whole seconds, rounded up.
  public var serverAliveInterval: Duration
  /// The connection is given up after this many questions without an answer; at least 1.
  public var serverAliveCountMax: Int
  /// More options, such as `Ciphers=aes128-gcm@openssh.com`; these win over everything above.
  public var extraOptions: [String]

  public init(
    user: String? = nil, identityFile: String? = nil, knownHosts: KnownHosts = .strict(file: nil),
    configFile: String? = nil, connectTimeout: Duration = .seconds(10),
    serverAliveInterval: Duration = .seconds(3), serverAliveCountMax: Int = 3, extraOptions: [String] = []
  ) {
    self.user = user
    self.identityFile = identityFile
    self.knownHosts = knownHosts
    self.configFile = configFile
    self.connectTimeout = connectTimeout
    self.serverAliveInterval = serverAliveInterval
    self.serverAliveCountMax = max(1, serverAliveCountMax)
    self.extraOptions = extraOptions
  }

  /// How long a silent connection is believed in.
  public var silenceTolerated: Duration { .seconds(serverAliveInterval.wholeSeconds) * serverAliveCountMax }

  /// The arguments of `ssh` up to the host's name, which is not among them.
  ///
  /// - Parameter forwards: with any, forwardings that the configuration file has for the host are made as well, since
  ///   ssh clears all or none; ssh ends when one cannot be made.
  func arguments(
    port: Int, forwardingAgent: Bool = false, forwards: [SSHForward] = []
  ) -> [String] {
    var options = extraOptions + [
      "BatchMode=yes", "ConnectTimeout=\(connectTimeout.wholeSeconds)",
      "ServerAliveInterval=\(serverAliveInterval.wholeSeconds)", "ServerAliveCountMax=\(serverAliveCountMax)",
      // Warnings and the server's greeting would hide the line that says what went wrong.
      "LogLevel=ERROR", "ControlPath=none", "ControlMaster=no",
    ]
    options +=
      forwards.isEmpty
      ? ["ClearAllForwardings=yes"] : ["ClearAllForwardings=no", "ExitOnForwardFailure=yes"]
    let (policy, file) =
      switch knownHosts {
      case .strict(let file): ("yes", file)
      case .acceptNew(let file): ("accept-new", file)
      }
    options.append("StrictHostKeyChecking=\(policy)")
    if let file { options.append("UserKnownHostsFile=\(Quoting.forSSHFile(file))") }
    if let identityFile {
      options += ["IdentitiesOnly=yes", "IdentityFile=\(Quoting.forSSHFile(identityFile))"]
    }
    // ssh keeps the first value that it is given.
    var arguments = ["-T", "-x", forwardingAgent ? "-A" : "-a"] + options.flatMap { ["-o", $0] }
    arguments += forwards.flatMap(\.arguments)
    if let configFile { arguments += ["-F", configFile] }
    if let user { arguments += ["-l", user] }
    return arguments + ["-p", "\(port)"]
  }
}

/// A way through an ssh connection for other connections.
enum SSHForward: Sendable, Hashable {
  /// From a socket file on this machine, which ssh makes, to a port of the host's own.
  case toHost(socket: String, port: Int)
  /// From a port of the host's own to an address that this machine reaches.
  case fromHost(port: Int, to: HostAddress)

  var arguments: [String] {
    switch self {
    case .toHost(let socket, let port): ["-L", "\(socket):127.0.0.1:\(port)"]
    case .fromHost(let port, let address): ["-R", "127.0.0.1:\(port):\(address)"]
    }
  }
}

extension HostAddress {
  /// Refuses a name that a program could take for an option, a path or another word.
  ///
  /// - Throws: `.refused`.
  func validate() throws(PortError) {
    let isPlain = host.utf8.allSatisfy { Self.plainBytes.contains($0) }
    guard isPlain, !host.isEmpty, host.utf8.count <= 253, host.utf8.first != UInt8(ascii: "-") else {
      throw PortError(.refused, "not a host name or an address: \(host.debugDescription.prefix(80))")
    }
    guard (1...65535).contains(port) else {
      throw PortError(.refused, "not a port: \(port) (1 to 65535 expected)")
    }
  }

  private static let plainBytes = Set(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-:%".utf8)

  /// The host as rsync expects it before the colon and the path.
  var forRsync: String { host.contains(":") ? "[\(host)]" : host }
}
