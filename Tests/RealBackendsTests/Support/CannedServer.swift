import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A web server that answers as a test tells it to, or not at all.
final class CannedServer: Sendable {
  struct Answer: Sendable {
    var status: HTTPResponseStatus
    var headers: [(String, String)] = []
    var body = ""
  }

  let port: Int
  private let channel: any Channel
  private let received: Received

  /// What has been asked, so far.
  var heads: [HTTPRequestHead] { received.heads.withLock { $0 } }

  /// - Parameter answer: to the request of a number, counted from 0; with `nil` the server stays silent.
  static func run<Value>(
    _ answer: @escaping @Sendable (Int, HTTPRequestHead) -> Answer?,
    _ body: (CannedServer) async throws -> Value
  ) async throws -> Value {
    let server = try await CannedServer(answer)
    do {
      let value = try await body(server)
      try await server.channel.close()
      return value
    } catch {
      try? await server.channel.close()
      throw error
    }
  }

  private init(_ answer: @escaping @Sendable (Int, HTTPRequestHead) -> Answer?) async throws {
    let received = Received()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 64)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(received, answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.channel = channel
    self.received = received
    port = channel.localAddress?.port ?? 0
  }

  private final class Received: Sendable {
    let heads = Mutex<[HTTPRequestHead]>([])
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let received: Received
    private let answer: @Sendable (Int, HTTPRequestHead) -> Answer?
    private var head: HTTPRequestHead?

    init(_ received: Received, _ answer: @escaping @Sendable (Int, HTTPRequestHead) -> Answer?) {
      self.received = received
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): self.head = head
      case .body: break
      case .end:
        guard let head else { return }
        let number = received.heads.withLock { heads in
          heads.append(head)
          return heads.count - 1
        }
        guard let answer = answer(number, head) else { return }
        var headers = HTTPHeaders(answer.headers)
        if !headers.contains(name: "content-length") {
          headers.add(name: "content-length", value: "\(answer.body.utf8.count)")
        }
        context.write(
          wrapOutboundOut(.head(.init(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
        if head.method != .HEAD {
          context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if headers.first(name: "connection") == "close" { context.close(promise: nil) }
      }
    }
  }
}
