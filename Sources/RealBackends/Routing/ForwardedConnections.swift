import Failover
import NIOCore
import NIOPosix
import Synchronization

/// The connections of a `TCPForwarder`, from a user to this machine and from here to a host.
final class ForwardedConnections: Sendable {
  private struct State {
    /// Where whoever connects is sent.
    var service: HostAddress?
    /// How often that has changed.
    var number = 0
    var open: [ObjectIdentifier: any Channel] = [:]
  }

  private let state = Mutex(State())
  private let connectTimeout: TimeAmount

  init(connectTimeout: Duration) {
    self.connectTimeout = .nanoseconds(max(1, connectTimeout.wholeNanoseconds))
  }

  /// Sends whoever connects from now on to `service`.
  ///
  /// - Returns: the connections there were, which are to be closed.
  @discardableResult func turn(to service: HostAddress?) -> [any Channel] {
    state.withLock { state in
      defer { state.open = [:] }
      state.service = service
      state.number += 1
      return state.open.values.sorted { ObjectIdentifier($0) < ObjectIdentifier($1) }
    }
  }

  /// Connects a user's connection, which does not read yet, with the host.
  func accept(_ user: any Channel) -> EventLoopFuture<Void> {
    let now = state.withLock { state -> (service: HostAddress, number: Int)? in
      guard let service = state.service else { return nil }
      state.open[ObjectIdentifier(user)] = user
      return (service, state.number)
    }
    guard let now else { return user.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
    user.closeFuture.whenComplete { _ in self.forget(user) }
    // On the user's event loop, so that both sides are one thread's.
    ClientBootstrap(group: user.eventLoop)
      .connectTimeout(connectTimeout)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: now.service.host, port: now.service.port)
      .whenComplete { result in
        switch result {
        case .success(let host) where self.keep(host, ifStill: now.number): Self.join(user, host)
        case .success(let host):
          host.close(promise: nil)
          user.close(promise: nil)
        case .failure: user.close(promise: nil)
        }
      }
    return user.eventLoop.makeSucceededVoidFuture()
  }

  /// - Returns: whether users are still sent where they were.
  private func keep(_ host: any Channel, ifStill number: Int) -> Bool {
    let isCurrent = state.withLock { state in
      guard state.number == number else { return false }
      state.open[ObjectIdentifier(host)] = host
      return true
    }
    if isCurrent { host.closeFuture.whenComplete { _ in self.forget(host) } }
    return isCurrent
  }

  private func forget(_ channel: any Channel) {
    state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  private static func join(_ user: any Channel, _ host: any Channel) {
    do {
      for (channel, partner) in [(user, host), (host, user)] {
        try channel.pipeline.syncOperations.addHandler(RelayingHandler(to: partner))
      }
      for channel in [user, host] { channel.setOption(.autoRead, value: true).whenFailure { _ in } }
    } catch {
      // The user has gone in the meantime.
      for channel in [user, host] { channel.close(promise: nil) }
    }
  }
}

/// Passes on what one connection receives to its partner, no faster than the partner takes it.
private final class RelayingHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let partner: any Channel

  init(to partner: any Channel) { self.partner = partner }

  func read(context: ChannelHandlerContext) {
    // Asked again by the partner's handler when it can write again.
    if partner.isWritable { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { partner.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    partner.write(unwrapInboundIn(data), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { partner.flush() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { closePartner(.output) }
  }

  func channelInactive(context: ChannelHandlerContext) { closePartner(.all) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// Once the partner has sent what it was given.
  private func closePartner(_ mode: CloseMode) {
    let partner = partner
    partner.writeAndFlush(ByteBuffer()).whenComplete { _ in partner.close(mode: mode, promise: nil) }
  }
}
