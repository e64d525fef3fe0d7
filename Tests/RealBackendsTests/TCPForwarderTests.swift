import Failover
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(1))) struct TCPForwarderTests {
  private let long = Duration.seconds(30)

  /// A server that says its name and then whatever it hears.
  private static func echo(
    _ name: String, _ body: @escaping @Sendable (HostAddress) async throws -> Void
  ) async throws {
    try await LoopbackServer.run(
      serving: { inbound, outbound in
        try await outbound.write(ByteBuffer(string: name))
        for try await piece in inbound { try await outbound.write(piece) }
        outbound.finish()
      }, body)
  }

  private static func withForwarder(
    file: String? = nil, servicePort: Int? = nil, _ body: (TCPForwarder) async throws -> Void
  ) async throws {
    let path = file ?? "/tmp/failover forward \(UUID().uuidString)"
    defer { if file == nil { try? FileManager.default.removeItem(atPath: path) } }
    try await TCPForwarder.with(
      TCPForwarder.Settings(
        listen: HostAddress(host: "127.0.0.1", port: 0), servicePort: servicePort, routeFile: path), body)
  }

  /// What whoever connects hears first; `nil` when the connection is refused or closed without a word.
  private static func greeting(at address: HostAddress) async -> String? {
    try? await LoopbackServer.connect(to: address) { inbound, _ in
      await inbound.next()
    } ?? nil
  }

  @Test func `users are sent to the host, and when it changes old connections are cut`() async throws {
    try await Self.echo("first") { first in
      try await Self.echo("second") { second in
        try await Self.withForwarder { forwarder in
          #expect(try await forwarder.currentRoute(timeout: long) == nil)
          try await forwarder.route(to: first, timeout: long)
          #expect(try await forwarder.currentRoute(timeout: long) == first)
          let port = forwarder.address.port
          #expect(port > 0)
          try await LoopbackServer.connect(to: forwarder.address) { inbound, outbound in
            #expect(await inbound.next() == "first")
            try await outbound.write(ByteBuffer(string: "hello"))
            #expect(await inbound.next() == "hello")
            try await forwarder.route(to: second, timeout: long)
            // The end, or a reset: it is over either way.
            let rest = await inbound.next()
            #expect(rest == nil)
          }
          #expect(forwarder.address.port == port)
          #expect(await Self.greeting(at: forwarder.address) == "second")
          #expect(try await forwarder.currentRoute(timeout: long) == second)
        }
      }
    }
  }

  @Test func `while it is held nobody is let in, and who is in stays`() async throws {
    try await Self.echo("host") { host in
      try await Self.withForwarder { forwarder in
        try await forwarder.hold(timeout: long)
        try await forwarder.route(to: host, timeout: long)
        try await LoopbackServer.connect(to: forwarder.address) { inbound, outbound in
          #expect(await inbound.next() == "host")
          try await forwarder.hold(timeout: long)
          try await forwarder.hold(timeout: long)
          #expect(try await forwarder.currentRoute(timeout: long) == nil)
          let failure = await #expect(throws: (any Error).self) {
            try await LoopbackServer.connect(to: forwarder.address) { _, _ in }
          }
          #expect("\(String(describing: failure))".contains("refused"), "\(String(describing: failure))")
          try await outbound.write(ByteBuffer(string: "still"))
          #expect(await inbound.next() == "still")
        }
        try await forwarder.route(to: host, timeout: long)
        #expect(await Self.greeting(at: forwarder.address) == "host")
      }
    }
  }

  @Test func `much data arrives whole both ways, also when one side has said all it had to say`() async throws {
    let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    try await Self.echo("x") { host in
      try await Self.withForwarder { forwarder in
        try await forwarder.route(to: host, timeout: long)
        let address = forwarder.address
        let echoed = try await LoopbackServer.connect(to: address) { inbound, outbound in
          async let sent: Void = {
            // More than any buffer on the way holds, before anybody reads.
            for start in stride(from: 0, to: bytes.count, by: 65_536) {
              try await outbound.write(ByteBuffer(bytes: bytes[start..<min(start + 65_536, bytes.count)]))
            }
            outbound.finish()
          }()
          try await Task.sleep(for: .milliseconds(50))
          var echoed: [UInt8] = []
          for await piece in inbound.pieces { echoed += piece }
          try await sent
          return echoed
        }
        // Compared outside of the expectation, which would look for the differences one by one.
        let isWhole = echoed == Array("x".utf8) + bytes
        #expect(isWhole, "\(echoed.count)")
      }
    }
  }

  @Test func `a forwarder that is opened again goes on where it was`() async throws {
    let path = "/tmp/failover forward \(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await Self.echo("host") { host in
      try await Self.withForwarder(file: path) { try await $0.route(to: host, timeout: long) }
      try await Self.withForwarder(file: path) { forwarder in
        #expect(try await forwarder.currentRoute(timeout: long) == host)
        #expect(await Self.greeting(at: forwarder.address) == "host")
        try await forwarder.hold(timeout: long)
      }
      try await Self.withForwarder(file: path) { forwarder in
        let route = try await forwarder.currentRoute(timeout: long)
        #expect(route == nil)
      }
    }
    try "something else\n".write(toFile: path, atomically: false, encoding: .utf8)
    await #expect(throws: PortError.self) { try await Self.withForwarder(file: path) { _ in } }
  }

  @Test func `the service may have a port of its own`() async throws {
    try await Self.echo("service") { service in
      try await Self.withForwarder(servicePort: service.port) { forwarder in
        let host = HostAddress(host: service.host, port: 22)
        try await forwarder.route(to: host, timeout: long)
        #expect(try await forwarder.currentRoute(timeout: long) == host)
        #expect(await Self.greeting(at: forwarder.address) == "service")
      }
    }
  }

  @Test func `a host where nobody listens closes the user's connection`() async throws {
    try await Self.withForwarder { forwarder in
      try await forwarder.route(to: HostAddress(host: "127.0.0.1", port: 1), timeout: long)
      #expect(await Self.greeting(at: forwarder.address) == nil)
    }
  }

  @Test func `a port that is taken is refused`() async throws {
    try await Self.echo("other") { other in
      let path = "/tmp/failover forward \(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let settings = TCPForwarder.Settings(listen: other, servicePort: nil, routeFile: path)
      try await TCPForwarder.with(settings) { forwarder in
        let error = try await portError { () async throws(PortError) in
          try await forwarder.route(to: HostAddress(host: "127.0.0.1", port: 1), timeout: .seconds(30))
        }
        #expect(error.reason == .refused, "\(error)")
        #expect(try await forwarder.currentRoute(timeout: long) == nil)
      }
    }
  }

  @Test func `many users at once, and routes that change among them, leave nobody at the wrong host`() async throws {
    try await Self.echo("first") { first in
      try await Self.echo("second") { second in
        try await Self.withForwarder { forwarder in
          try await forwarder.route(to: first, timeout: long)
          let address = forwarder.address
          try await withThrowingTaskGroup { group in
            for _ in 0..<40 {
              group.addTask {
                let heard = await Self.greeting(at: address)
                #expect(heard == nil || heard == "first" || heard == "second")
              }
            }
            for turn in 0..<10 { try await forwarder.route(to: turn % 2 == 0 ? second : first, timeout: long) }
            try await group.waitForAll()
          }
          try await forwarder.route(to: second, timeout: long)
          for _ in 0..<10 { #expect(await Self.greeting(at: address) == "second") }
        }
      }
    }
  }
}
