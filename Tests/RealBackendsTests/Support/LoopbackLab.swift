import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

/// Real ssh servers on this machine that stand for hosts.
///
/// Each host has an address of its own in 127.0.0.0/8, which Linux answers for without any set-up; a process
/// namespace, so that it dies as one and sees only its own processes; and a mount namespace in which its data
/// directory lies over the workspace's path, so that the same path is another directory on every host. The
/// names of all files have a blank and a quote in them, because those of users do.
struct LoopbackLab: Sendable {
  let directory: String
  let hosts: [LoopbackHost]

  /// The path of the workspace on every host.
  var workspace: String { directory + "/work space" }
  var identityFile: String { directory + "/identity" }
  var knownHostsFile: String { directory + "/known hosts" }

  /// How this machine reaches the hosts.
  var ssh: SSHSettings {
    SSHSettings(
      user: "root", identityFile: identityFile, knownHosts: .strict(file: knownHostsFile),
      configFile: "/dev/null", connectTimeout: .seconds(60))
  }

  /// Everything is reachable, hosts read the same identity file, and a pass goes by way of this directory.
  var sync: RsyncFileSync {
    RsyncFileSync(ssh: ssh, peer: ssh, forwardsAgent: false, stagingDirectory: directory + "/staging area")
  }

  func request(_ route: SyncRoute, from source: Int = 0, to destination: Int = 1) -> SyncRequest {
    SyncRequest(
      source: hosts[source].address, destination: hosts[destination].address, path: workspace,
      route: route)
  }

  /// Starts one host for each element of `disks`, runs `body`, and takes everything away again, whatever
  /// happens.
  static func run<Value>(
    _ disks: [LoopbackHost.Disk] = [.directory, .directory],
    _ body: (LoopbackLab) async throws -> Value
  ) async throws -> Value {
    let number = nextLab.add(1, ordering: .relaxed).oldValue
    let directory = "/tmp/failover lab's \(getpid())-\(number)"
    let hosts = disks.enumerated().map { index, disk in
      LoopbackHost(
        // Other test processes have another process number, so another address.
        address: "127.\(1 + getpid() % 250).\(getpid() / 250 % 250).\(1 + (number * 4 + index) % 250)",
        disk: disk, directory: "\(directory)/host \(index)", lab: directory)
    }
    let lab = LoopbackLab(directory: directory, hosts: hosts)
    do {
      try await lab.setUp()
      let value = try await body(lab)
      await lab.tearDown()
      return value
    } catch {
      await lab.tearDown()
      throw error
    }
  }

  private func setUp() async throws {
    let files = FileManager.default
    try files.createDirectory(atPath: workspace, withIntermediateDirectories: true)
    try await shell("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", identityFile)
    var knownHosts = ""
    for host in hosts {
      try files.createDirectory(atPath: host.data, withIntermediateDirectories: true)
      try await shell("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host.directory + "/key")
      let key = try String(contentsOfFile: host.directory + "/key.pub", encoding: .utf8)
      knownHosts += "[\(host.address.host)]:\(host.address.port) \(key)"
    }
    try knownHosts.write(toFile: knownHostsFile, atomically: false, encoding: .utf8)
    for host in hosts { try await host.powerOn() }
  }

  private func tearDown() async {
    for host in hosts { await host.powerOff() }
    try? FileManager.default.removeItem(atPath: directory)
  }
}

private let nextLab = Atomic<Int>(0)

extension LoopbackLab {
  /// Why hosts cannot be had here; `nil` when they can.
  static var obstacle: String? {
    get async { await search.value }
  }

  private static let search = Task { () -> String? in
    #if os(Linux)
      guard getuid() == 0 else { return "hosts on this machine need root" }
      for program in ["sbin/sshd", "bin/ssh", "bin/rsync", "bin/unshare", "bin/ps", "bin/pgrep"]
      where !FileManager.default.isExecutableFile(atPath: "/usr/" + program) {
        return "\(program) is missing (Debian: openssh-server, openssh-client, rsync, util-linux, procps)"
      }
      let namespaces = try? await shell(
        "unshare", "--mount", "--pid", "--fork", "--mount-proc", "mount", "-t", "tmpfs", "none", "/mnt")
      return namespaces == nil ? "namespaces are not allowed here" : nil
    #else
      return "hosts on this machine need Linux"
    #endif
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that need `LoopbackLab`.
  static var needsHosts: Self {
    .enabled("needs Linux, root, namespaces, sshd, ssh and rsync") { await LoopbackLab.obstacle == nil }
  }
}

@Suite struct LoopbackLabTests {
  /// A run in which the tests with hosts are skipped looks as green as one in which they pass.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["REQUIRE_LOOPBACK_HOSTS"] != nil))
  func `hosts can be had where they are required`() async {
    #expect(await LoopbackLab.obstacle == nil)
  }
}
