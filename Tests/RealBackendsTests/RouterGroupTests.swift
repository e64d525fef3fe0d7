import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct RouterGroupTests {
  private let host = HostAddress(host: "203.0.113.7", port: 40022)
  private let other = HostAddress(host: "2001:db8::1", port: 22)
  private let long = Duration.seconds(30)

  private func failure(_ body: () async throws(PortError) -> Void) async throws -> PortError {
    try await portError(body)
  }

  private func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = "/tmp/failover routes \(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
  }

  @Test func `all members are moved and held together`() async throws {
    let (first, second) = (Switchable(), Switchable())
    let group = try RouterGroup([.init("a", first), .init("b", second)])
    try await group.route(to: host, timeout: long)
    #expect(first.route == host && second.route == host)
    #expect(try await group.currentRoute(timeout: long) == host)
    try await group.hold(timeout: long)
    #expect(try await group.currentRoute(timeout: long) == nil)
    #expect(throws: PortError.self) { try RouterGroup([]) }
  }

  @Test func `one that fails is named, the others are moved, and trying again brings them together`() async throws {
    let (first, second, third) = (Switchable(), Switchable(), Switchable())
    let group = try RouterGroup([.init("ssh", first), .init("port", second), .init("DNS", third)])
    try await group.route(to: host, timeout: long)
    second.failure = PortError(.timedOut, "no answer")
    let error = try await failure { () throws(PortError) in try await group.route(to: other, timeout: long) }
    #expect(error.reason == .timedOut)
    #expect(error.detail.contains("1 of 3 ways failed: port: timed out: no answer"), "\(error)")
    #expect(first.route == other && second.route == host && third.route == other)
    second.failure = nil
    let split = try await failure { () throws(PortError) in _ = try await group.currentRoute(timeout: long) }
    #expect(split.reason == .invalidAnswer)
    for text in ["ssh to \(other)", "port to \(host)"] { #expect(split.detail.contains(text), "\(split)") }
    try await group.route(to: other, timeout: long)
    #expect(try await group.currentRoute(timeout: long) == other)
  }

  @Test func `a program finds in its environment what to do`() async throws {
    try await withDirectory { directory in
      let log = directory + "/log"
      let script = #"echo "$FAILOVER_ACTION ${FAILOVER_HOST-none} ${FAILOVER_PORT-none} $1" >> "$2""#
      let router = try CommandRouter(
        command: ["sh", "-c", script, "sh", "it's", log], routeFile: directory + "/route")
      #expect(try await router.currentRoute(timeout: long) == nil)
      try await router.route(to: host, timeout: long)
      // Another one finds the route after a restart.
      let again = try CommandRouter(command: ["false"], routeFile: directory + "/route")
      #expect(try await again.currentRoute(timeout: long) == host)
      try await router.route(to: other, timeout: long)
      try await router.hold(timeout: long)
      #expect(try await router.currentRoute(timeout: long) == nil)
      let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      #expect(
        lines == [
          "route 203.0.113.7 40022 it's", "route 2001:db8::1 22 it's", "hold none none it's",
        ])
    }
  }

  @Test func `a program that fails, hangs or is not there has moved nobody`() async throws {
    try await withDirectory { directory in
      let file = directory + "/route"
      for (command, timeout, reason) in [
        (["sh", "-c", "echo 'no such zone' >&2; exit 3"], long, PortError.Reason.refused),
        (["sleep", "6\(getpid())"], .milliseconds(100), .timedOut), (["no-such-program"], long, .notFound),
      ] {
        try await CommandRouter(command: ["true"], routeFile: file).route(to: host, timeout: long)
        let router = try CommandRouter(command: command, routeFile: file)
        let error = try await failure { () throws(PortError) in try await router.route(to: other, timeout: timeout) }
        #expect(error.reason == reason, "\(error)")
        if reason == .refused { #expect(error.detail.hasSuffix("exit code 3: no such zone"), "\(error)") }
        // Neither the old route nor the new one is claimed.
        #expect(try await router.currentRoute(timeout: long) == nil)
      }
      #expect(try await RunningProcess.all().allSatisfy { $0.command != "sleep 6\(getpid())" })
      #expect(throws: PortError.self) { try CommandRouter(command: [], routeFile: file) }
    }
  }
}

/// A router that can be made to fail.
private final class Switchable: EndpointRouter {
  private let state = Mutex<(route: HostAddress?, failure: PortError?)>((nil, nil))

  var route: HostAddress? { state.withLock { $0.route } }
  var failure: PortError? {
    get { state.withLock { $0.failure } }
    set { state.withLock { $0.failure = newValue } }
  }

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) { try set(host) }
  func hold(timeout: Duration) async throws(PortError) { try set(nil) }
  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? { route }

  private func set(_ host: HostAddress?) throws(PortError) {
    if let failure { throw failure }
    state.withLock { $0.route = host }
  }
}
