import Failover
import Foundation
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct FileRouterTests {
  private let anyTime = Duration.seconds(1)

  /// Runs `body` with a directory that is taken away afterwards.
  private func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = "/tmp/failover router \(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
  }

  @Test func `the route is read back; there is none before the first, and while it is held`() async throws {
    try await withDirectory { directory in
      let router = try FileRouter(path: directory + "/endpoint")
      #expect(try await router.currentRoute(timeout: anyTime) == nil)
      for host in [
        HostAddress(host: "203.0.113.7", port: 40022), HostAddress(host: "2001:db8::1", port: 22),
        HostAddress(host: "ssh5.vast.ai", port: 65535),
      ] {
        try await router.route(to: host, timeout: anyTime)
        #expect(try await router.currentRoute(timeout: anyTime) == host)
      }
      try await router.hold(timeout: anyTime)
      #expect(try await router.currentRoute(timeout: anyTime) == nil)
      // Nothing is left lying about.
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["endpoint"])
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh"), "needs ssh"))
  func `ssh goes where the file says, and says why not while it is held`() async throws {
    try await withDirectory { directory in
      let file = directory + "/endpoint"
      let router = try FileRouter(path: file, endpointName: "gpu")
      try await router.route(to: HostAddress(host: "203.0.113.7", port: 40022), timeout: anyTime)
      let settings = try await shell("ssh", "-F", file, "-G", "gpu").split(separator: "\n")
      #expect(settings.contains("hostname 203.0.113.7"))
      #expect(settings.contains("port 40022"))

      try await router.hold(timeout: anyTime)
      let refusal = await #expect(throws: CommandFailed.self) {
        try await shell("ssh", "-F", file, "-o", "BatchMode=yes", "gpu", "true")
      }
      #expect(refusal?.description.contains("gpu is being moved to another machine") == true)
    }
  }

  @Test func `readers see one route or the other, whole`() async throws {
    try await withDirectory { directory in
      let router = try FileRouter(path: directory + "/endpoint")
      let hosts = [
        HostAddress(host: "10.0.0.1", port: 1),
        HostAddress(host: String(repeating: "long.", count: 40), port: 65535),
      ]
      try await router.route(to: hosts[0], timeout: anyTime)
      try await withThrowingTaskGroup { group in
        group.addTask {
          for turn in 0..<300 { try await router.route(to: hosts[turn % 2], timeout: .seconds(1)) }
        }
        group.addTask {
          for _ in 0..<3000 {
            let route = try await router.currentRoute(timeout: .seconds(1))
            #expect(route.map(hosts.contains) == true)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `what cannot be written is said, and what was there stays`() async throws {
    try await withDirectory { directory in
      let router = try FileRouter(path: directory + "/endpoint")
      let host = HostAddress(host: "10.0.0.1", port: 22)
      try await router.route(to: host, timeout: anyTime)
      for bad in [
        HostAddress(host: "a\n  ProxyCommand evil", port: 22), HostAddress(host: "", port: 22),
        HostAddress(host: "10.0.0.2", port: 0), HostAddress(host: "10.0.0.2", port: 65536),
      ] {
        let error = try await portError { () async throws(PortError) in
          try await router.route(to: bad, timeout: anyTime)
        }
        #expect(error.reason == .refused)
      }
      #expect(try await router.currentRoute(timeout: anyTime) == host)
      let homeless = try FileRouter(path: directory + "/missing/endpoint")
      let error = try await portError { () async throws(PortError) in
        try await homeless.route(to: host, timeout: anyTime)
      }
      #expect(error.reason == .refused)
      #expect(error.detail.contains("No such file or directory"))
    }
    for name in ["", "two words", "a*", "-a", "a:b"] {
      #expect(throws: PortError.self) { try FileRouter(path: "/tmp/endpoint", endpointName: name) }
    }
  }

  @Test(arguments: [
    ("Host other\n  HostName a\n  Port 1\n", "no entry for gpu"), ("", "no entry for gpu"),
    ("Host gpu\n  HostName a\n", "HostName and Port expected"),
    ("Host gpu\n  HostName a\n  Port x\n", "HostName and Port expected"),
    ("Host gpu\n  HostName a b\n  Port 1\n", "not a host name"),
    ("Host gpu\n  HostName a\n  Port 65536\n", "not a port: 65536"),
    ("Host gpu\n  HostName a\n  User root\n", ":3: unexpected line: User root"),
    ("HostName a\nHost gpu\n", ":1: unexpected line"), ("Host gpu\nHost gpu\n", ":2: unexpected line"),
    (String(repeating: "#", count: 5000), "more than 4096 bytes"),
  ])
  func `a file of somebody else's is not taken for a route`(_ text: String, _ message: String) async throws {
    try await withDirectory { directory in
      let file = directory + "/endpoint"
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      let router = try FileRouter(path: file, endpointName: "gpu")
      let error = try await portError { () async throws(PortError) in
        try await router.currentRoute(timeout: anyTime)
      }
      #expect(error.reason == .invalidAnswer)
      #expect(error.detail.contains(message), "\(error)")
    }
  }
}
