import Failover
import NIOCore
import NIOPosix

/// A server on a port of this machine that does with each connection what a test says.
enum LoopbackServer {
  typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
  typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

  /// Runs `body` with the server's address, and ends the server with everything that is connected to it.
  static func run<Value: Sendable>(
    serving serve: @escaping @Sendable (Inbound, Outbound) async throws -> Void,
    _ body: @escaping @Sendable (HostAddress) async throws -> Value
  ) async throws -> Value {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    guard let port = server.channel.localAddress?.port else { throw CommandFailed(description: "no port") }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await server.executeThenClose { connections in
          await withTaskGroup { group in
            do {
              for try await connection in connections {
                group.addTask { try? await connection.executeThenClose { try await serve($0, $1) } }
              }
            } catch {}
            group.cancelAll()
          }
        }
        return nil
      }
      group.addTask { try await body(HostAddress(host: "127.0.0.1", port: port)) }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value { return value }
      }
      throw CancellationError()
    }
  }

  /// Connects to an address and runs `body` with the connection.
  static func connect<Value: Sendable>(
    to address: HostAddress, _ body: @escaping @Sendable (Heard, Outbound) async throws -> Value
  ) async throws -> Value {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: address.host, port: address.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
      return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
          defer { continuation.finish() }
          // The end, or a reset: it is over either way.
          do { for try await piece in inbound { continuation.yield(Array(piece.readableBytesView)) } } catch {}
          return nil
        }
        group.addTask { try await body(Heard(pieces: pieces), outbound) }
        defer { group.cancelAll() }
        while let value = try await group.next() {
          if let value { return value }
        }
        throw CancellationError()
      }
    }
  }

  /// What the other side says.
  struct Heard: Sendable {
    var pieces: AsyncStream<[UInt8]>

    /// The next piece as text; `nil` at the end.
    func next() async -> String? {
      await pieces.first { _ in true }.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

/// A web server that answers by a script, with rubbish where a test wants rubbish.
enum ScriptedWebServer {
  struct Request: Sendable, Hashable {
    /// Such as `POST /api/generate`.
    var line: String
    var body: String
  }

  enum Reply: Sendable {
    case answer(Int, _ body: String, headers: [String] = [])
    /// Everything as it is sent, with pauses between the pieces.
    case pieces([String], pause: Duration)
    /// Takes the request and says nothing.
    case silence
    /// Closes the connection.
    case hangUp
  }

  static func run<Value: Sendable>(
    _ reply: @escaping @Sendable (Request) -> Reply,
    _ body: @escaping @Sendable (HostAddress) async throws -> Value
  ) async throws -> Value {
    try await LoopbackServer.run(
      serving: { inbound, outbound in
        guard let request = try await read(inbound) else { return }
        switch reply(request) {
        case .answer(let status, let body, let headers):
          let lines = ["HTTP/1.1 \(status) Word", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
          try await outbound.write(ByteBuffer(string: (lines + ["", body]).joined(separator: "\r\n")))
        case .pieces(let pieces, let pause):
          for piece in pieces {
            try await outbound.write(ByteBuffer(string: piece))
            try await Task.sleep(for: pause)
          }
        case .silence: try await Task.sleep(for: .seconds(600))
        case .hangUp: break
        }
      }, body)
  }

  private static func read(_ inbound: LoopbackServer.Inbound) async throws -> Request? {
    var text = ""
    for try await piece in inbound {
      text += String(buffer: piece)
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let lines = text[..<end.lowerBound].split(separator: "\r\n")
      let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
      let body = text[end.upperBound...]
      let words = lines.first?.split(separator: " ").prefix(2).joined(separator: " ") ?? ""
      if body.utf8.count >= length { return Request(line: words, body: String(body)) }
    }
    return nil
  }
}
