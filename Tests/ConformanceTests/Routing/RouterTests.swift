import Failover
import FailoverSim
import Foundation
import RealBackends
import Testing

/// What moving users does, simulated or with a file, a program and a forwarded port.
@Suite struct RouterTests {
  private static let first = SimulatedWorld.gpuAddress
  private static let second = HostAddress(host: "cpu.example", port: 22)

  @Test(arguments: Arm.allCases)
  func `users are where they were last sent, and nowhere while they are held`(arm: Arm) async throws {
    try await arm.router { router, _ in
      func now() async throws -> HostAddress? { try await router.currentRoute(timeout: long) }
      #expect(try await now() == nil)
      for host in [Self.first, Self.second, Self.second] {
        try await router.route(to: host, timeout: long)
        #expect(try await now() == host)
      }
      try await router.hold(timeout: long)
      try await router.hold(timeout: long)
      #expect(try await now() == nil)
      try await router.route(to: Self.first, timeout: long)
      #expect(try await now() == Self.first)
    }
  }

  @Test(arguments: Arm.allCases)
  func `an endpoint that is stuck fails within its time, and a cancelled call at once`(arm: Arm) async throws {
    try await arm.router(isStuck: true) { router, passing in
      let start = passing.elapsed()
      await expect(.failed(.timedOut)) { try await router.route(to: Self.first, timeout: .milliseconds(300)) }
      await expect(.failed(.timedOut)) { try await router.hold(timeout: .milliseconds(300)) }
      let ended = try await endingWhenCancelled {
        try await router.route(to: Self.first, timeout: .seconds(500))
      } after: {
        try await passing.pause(.milliseconds(100))
      }
      #expect(ended == .failed(.cancelled))
      #expect(passing.elapsed() - start < .seconds(30))
    }
  }
}

extension Arm {
  fileprivate func router(
    isStuck: Bool = false, _ body: @escaping @Sendable (any EndpointRouter, Passing) async throws -> Void
  ) async throws {
    switch self {
    case .simulated:
      try SimulatedWorld.run(SimulatedWorld.model(), isStuck ? [.endpointStuck] : []) { world, strike in
        if isStuck { try await strike.begin() }
        try await body(world.ports().router, strike.passing)
      }
    case .real:
      let directory = NSTemporaryDirectory() + "/conformance-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let program = try CommandRouter(
        command: isStuck ? ["sleep", "100"] : ["true"], routeFile: directory + "/program")
      guard !isStuck else { return try await body(program, .real()) }
      let file = try FileRouter(path: directory + "/config")
      let settings = TCPForwarder.Settings(
        listen: HostAddress(host: "127.0.0.1", port: 0), servicePort: nil, routeFile: directory + "/port")
      try await TCPForwarder.with(settings) { forwarder in
        let group = try RouterGroup([
          .init("ssh configuration", file), .init("program", program), .init("forwarded port", forwarder),
        ])
        try await body(group, .real())
      }
    }
  }
}
