import Failover
import NIOCore
import NIOPosix
import Synchronization

/// Sends users who connect to a port of this machine on to the host that serves.
///
/// - `route` cuts the connections to the host before, at both ends, so that nobody goes on talking to a machine that
///   has been given up, and sends whoever connects from then on to the new one. The port is open when it returns.
/// - `hold` closes the port: who connects is refused by the kernel at once. Connections that are there stay.
///
/// Where users are sent is kept in a small file, so that a forwarder that is opened again, after a restart or a crash,
/// goes on where it was. That file is an ssh configuration like that of `FileRouter`.
public final class TCPForwarder: EndpointRouter {
  public struct Settings: Sendable, Hashable {
    /// Where users connect. `0.0.0.0` is every address of this machine. The port is 0 for one that the system chooses.
    public var listen: HostAddress
    /// The port of the service on every host; `nil` for the port in the host's own address, which is that of ssh.
    public var servicePort: Int?
    /// The file that keeps the route, in a directory that exists.
    public var routeFile: String
    /// How long to wait for a host when a user connects; then the user's connection is closed.
    public var connectTimeout: Duration

    public init(
      listen: HostAddress, servicePort: Int?, routeFile: String, connectTimeout: Duration = .seconds(5)
    ) {
      self.listen = listen
      self.servicePort = servicePort
      self.routeFile = routeFile
      self.connectTimeout = connectTimeout
    }
  }

  private let settings: Settings
  private let memory: FileRouter
  private let group: MultiThreadedEventLoopGroup
  private let connections: ForwardedConnections
  /// The open port, and its number once there has been one, so that it stays the same.
  private let listener: Mutex<(channel: (any Channel)?, port: Int)>
  /// One change of the route after the other.
  private let turn = AsyncTurn()

  private init(_ settings: Settings) throws(PortError) {
    self.settings = settings
    memory = try FileRouter(path: settings.routeFile, endpointName: "forwarded-endpoint")
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    connections = ForwardedConnections(connectTimeout: settings.connectTimeout)
    listener = Mutex((nil, settings.listen.port))
  }

  /// A forwarder that sends users to where the last one with the same file sent them.
  ///
  /// - Throws: `.refused` when the port is taken, or the address is not this machine's; `.invalidAnswer` when the
  ///   file is somebody else's.
  public static func open(_ settings: Settings) async throws(PortError) -> TCPForwarder {
    let forwarder = try TCPForwarder(settings)
    do throws(PortError) {
      if let route = try await forwarder.memory.currentRoute(timeout: .zero) {
        forwarder.connections.turn(to: forwarder.service(on: route))
        try await forwarder.listen()
      }
      return forwarder
    } catch {
      await forwarder.close()
      throw error
    }
  }

  /// Opens a forwarder for as long as `body` runs.
  public static func with<Value>(
    _ settings: Settings, _ body: (TCPForwarder) async throws -> Value
  ) async throws -> Value {
    let forwarder = try await open(settings)
    do {
      let value = try await body(forwarder)
      await forwarder.close()
      return value
    } catch {
      await forwarder.close()
      throw error
    }
  }

  /// Closes the port and every connection. The file keeps the route. To be called once, and last.
  public func close() async {
    try? await stopListening()
    for channel in connections.turn(to: nil) { try? await channel.close() }
    try? await group.shutdownGracefully()
  }

  /// Where users connect; the port is 0 until the first route when the system is to choose it.
  public var address: HostAddress {
    HostAddress(host: settings.listen.host, port: listener.withLock { $0.port })
  }

  // MARK: EndpointRouter

  public func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try host.validate()
    let service = service(on: host)
    try service.validate()
    try await withTimeout(timeout, "forwarding to \(service)") { [self] () throws(PortError) in
      try await turn.take { () throws(PortError) in
        // Before anybody is sent there, so that a restart at any moment finds the host that users may be on.
        try await memory.route(to: host, timeout: timeout)
        let old = connections.turn(to: service)
        for channel in old { _ = try? await channel.close().get() }
        try await listen()
      }
    }
  }

  public func hold(timeout: Duration) async throws(PortError) {
    try await withTimeout(timeout, "holding \(address)") { [self] () throws(PortError) in
      try await turn.take { () throws(PortError) in
        try await memory.hold(timeout: timeout)
        try await stopListening()
      }
    }
  }

  public func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    guard listener.withLock({ $0.channel?.isActive ?? false }) else { return nil }
    return try await memory.currentRoute(timeout: timeout)
  }

  private func service(on host: HostAddress) -> HostAddress {
    HostAddress(host: host.host, port: settings.servicePort ?? host.port)
  }

  // MARK: The port

  private func listen() async throws(PortError) {
    let (channel, port) = listener.withLock { $0 }
    if channel?.isActive == true { return }
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { [connections] in connections.accept($0) }
        .bind(host: settings.listen.host, port: port).get()
      listener.withLock { $0 = (channel, channel.localAddress?.port ?? port) }
    } catch {
      throw PortError(.refused, "cannot listen on \(settings.listen.host) port \(port): \(error)")
    }
  }

  private func stopListening() async throws(PortError) {
    let channel = listener.withLock { listener in
      defer { listener.channel = nil }
      return listener.channel
    }
    do {
      try await channel?.close()
    } catch ChannelError.alreadyClosed {
    } catch {
      throw PortError(.refused, "cannot close \(address): \(error)")
    }
  }
}
