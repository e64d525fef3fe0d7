import Failover
import Foundation
import Testing

@testable import RealBackends

@Suite(.needsHosts, .timeLimit(.minutes(3))) struct RsyncFileSyncTests {
  @Test(arguments: SyncRoute.allCases)
  func `files arrive, and digests say so`(_ route: SyncRoute) async throws {
    try await LoopbackLab.run { lab in
      let (gpu, standby, sync) = (lab.hosts[0], lab.hosts[1], lab.sync)
      func digests() async throws -> [WorkspaceDigest] {
        var digests: [WorkspaceDigest] = []
        for host in lab.hosts {
          digests.append(try await sync.digest(of: lab.workspace, on: host.address, timeout: .seconds(20)))
        }
        return digests
      }
      try gpu.write("weights", to: "models/a.bin")
      try gpu.write("notes", to: "notes.txt")
      try standby.write("stale", to: "old.txt")
      let before = try await digests()
      #expect(before[0] != before[1])

      let first = try await sync.synchronize(lab.request(route), timeout: .seconds(20))
      #expect(first.files == 2)
      #expect(first.bytesSent.bytes > 12)
      #expect(first.duration > .zero)
      #expect(standby.read("models/a.bin") == "weights")
      #expect(standby.read("old.txt") == nil)
      let after = try await digests()
      #expect(after[0] == before[0])
      #expect(after[1] == before[0])

      let second = try await sync.synchronize(lab.request(route), timeout: .seconds(20))
      #expect(second.files == 0)
      #expect(second.bytesSent < first.bytesSent)

      try gpu.write("changed", to: "notes.txt")
      #expect(try await digests()[0] != before[0])
      #expect(try await sync.synchronize(lab.request(route), timeout: .seconds(20)).files == 1)
      #expect(standby.read("notes.txt") == "changed")
    }
  }

  @Test func `any name of a file survives the way and counts in the digest`() async throws {
    let names = [
      "-rf", "a b", "'quoted'", "\"double\"", "$(touch oops)", "`touch oops`", "new\nline", "back\\slash",
      "*", "semi;colon", "tab\t", "ünïcödé", "#hash", "~", "%n", "cr\r", "a//b", "trailing ",
    ]
    try await LoopbackLab.run { lab in
      let (gpu, standby, sync) = (lab.hosts[0], lab.hosts[1], lab.sync)
      for name in names { try gpu.write("in \(name)", to: name) }
      let request = lab.request(.relay)
      let report = try await sync.synchronize(request, timeout: .seconds(20))
      #expect(report.files == names.count)
      let bytes = names.reduce(0) { $0 + "in \($1)".utf8.count }
      #expect(
        try await sync.inspect(lab.workspace, on: standby.address, timeout: .seconds(20))
          == WorkspaceSummary(files: names.count, bytes: ByteCount(Int64(bytes))))
      for name in names { #expect(standby.read(name) == "in \(name)") }
      let source = try await sync.digest(of: lab.workspace, on: gpu.address, timeout: .seconds(20))
      #expect(
        try await sync.digest(of: lab.workspace, on: standby.address, timeout: .seconds(20)) == source)

      // The same bytes under other names are another content, however the names are strung together.
      try FileManager.default.moveItem(atPath: gpu.data + "/a b", toPath: gpu.data + "/a  b")
      #expect(try await sync.digest(of: lab.workspace, on: gpu.address, timeout: .seconds(20)) != source)
    }
  }

  @Test func `links and empty directories arrive and count in the digest`() async throws {
    try await LoopbackLab.run { lab in
      let (gpu, standby, sync, files) = (lab.hosts[0], lab.hosts[1], lab.sync, FileManager.default)
      func digest(_ host: LoopbackHost) async throws -> WorkspaceDigest {
        try await sync.digest(of: lab.workspace, on: host.address, timeout: .seconds(20))
      }
      let empty = try await digest(gpu)
      try files.createDirectory(atPath: gpu.data + "/empty", withIntermediateDirectories: false)
      let withDirectory = try await digest(gpu)
      try files.createSymbolicLink(atPath: gpu.data + "/link", withDestinationPath: "nowhere")
      let withLink = try await digest(gpu)
      #expect(Set([empty, withDirectory, withLink]).count == 3)
      _ = try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
      #expect(try await digest(standby) == withLink)
      #expect(try files.destinationOfSymbolicLink(atPath: standby.data + "/link") == "nowhere")
    }
  }

  @Test func `the source reaches the destination with this machine's agent`() async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("by agent", to: "file")
      let socket = lab.directory + "/agent"
      let agent = try await Daemon("exec ssh-agent -D -a \"$1\" >/dev/null", socket)
      try await eventually { FileManager.default.fileExists(atPath: socket) }
      try await shell("ssh-add", "-q", lab.identityFile, environment: ["SSH_AUTH_SOCK": socket])
      var sync = lab.sync
      sync.peer.identityFile = nil
      let withoutAgent = try await portError { () async throws(PortError) in
        try await sync.synchronize(lab.request(.direct), timeout: .seconds(20))
      }
      #expect(withoutAgent.reason == .unauthorized, "\(withoutAgent)")
      sync.forwardsAgent = true
      sync.ssh.extraOptions = ["IdentityAgent=\"\(socket)\"", "ForwardAgent=\"\(socket)\""]
      _ = try await sync.synchronize(lab.request(.direct), timeout: .seconds(20))
      #expect(lab.hosts[1].read("file") == "by agent")
      await agent.stop()
    }
  }

  @Test func `no pass begins with a host that has another key than before`() async throws {
    try await LoopbackLab.run { lab in
      var sync = lab.sync
      let other = try String(contentsOfFile: lab.identityFile + ".pub", encoding: .utf8)
      let address = lab.hosts[0].address
      try "[\(address.host)]:\(address.port) \(other)".write(
        toFile: lab.directory + "/other", atomically: false, encoding: .utf8)
      for policy in [SSHSettings.KnownHosts.strict, SSHSettings.KnownHosts.acceptNew] {
        sync.ssh.knownHosts = policy(lab.directory + "/other")
        let error = try await portError { () async throws(PortError) in
          try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
        }
        #expect(error.reason == .unauthorized, "\(error)")
      }
      sync.ssh.knownHosts = .acceptNew(file: lab.directory + "/not yet there")
      _ = try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
    }
  }
}
