import Failover
import Foundation
import Testing

@testable import RealBackends

/// What happens when a pass cannot be made.
@Suite(.needsHosts, .timeLimit(.minutes(3))) struct RsyncFailureTests {
  /// The error of one pass by relay between the lab's first two hosts.
  private func failure(
    _ lab: LoopbackLab, _ sync: RsyncFileSync, _ route: SyncRoute = .relay, timeout: Duration = .seconds(20)
  ) async throws -> PortError {
    try await portError { () async throws(PortError) in
      try await sync.synchronize(lab.request(route), timeout: timeout)
    }
  }

  @Test(arguments: [0, 1], SyncRoute.allCases)
  func `a host without power is unreachable`(_ dead: Int, _ route: SyncRoute) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      await lab.hosts[dead].powerOff()
      let error = try await failure(lab, lab.sync, route)
      #expect(error.reason == .unreachable, "\(error)")
      #expect(error.detail.contains("Connection refused"), "\(error)")
      // Back again, it is as good as before.
      try await lab.hosts[dead].powerOn()
      #expect(try await lab.sync.synchronize(lab.request(route), timeout: .seconds(20)).files == 1)
    }
  }

  @Test func `a key that the host does not know is not authorized`() async throws {
    try await LoopbackLab.run { lab in
      var sync = lab.sync
      sync.ssh.identityFile = lab.hosts[1].directory + "/key"
      let error = try await failure(lab, sync)
      #expect(error.reason == .unauthorized, "\(error)")
      let host = lab.hosts[0].address
      let digest = try await portError { () async throws(PortError) in
        try await sync.digest(of: lab.workspace, on: host, timeout: .seconds(20))
      }
      #expect(digest.reason == .unauthorized, "\(digest)")
    }
  }

  @Test(arguments: SyncRoute.allCases)
  func `a workspace that is not on the source is not found`(_ route: SyncRoute) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[1].write("kept", to: "file")
      var request = lab.request(route)
      request.path += "/missing"
      let error = try await portError { () async throws(PortError) in
        try await lab.sync.synchronize(request, timeout: .seconds(20))
      }
      #expect(error.reason == .notFound, "\(error)")
      let digest = try await portError { () async throws(PortError) in
        try await lab.sync.digest(of: request.path, on: request.source, timeout: .seconds(20))
      }
      #expect(digest.reason == .notFound, "\(digest)")
      let summary = try await portError { () async throws(PortError) in
        try await lab.sync.inspect(request.path, on: request.source, timeout: .seconds(20))
      }
      #expect(summary.reason == .notFound, "\(summary)")
      #expect(lab.hosts[1].read("file") == "kept")
    }
  }

  @Test func `a host without rsync is told from one without the workspace`() async throws {
    try await LoopbackLab.run { lab in
      await lab.hosts[1].powerOff()
      try await lab.hosts[1].powerOn(environment: "PATH=/nowhere")
      let error = try await failure(lab, lab.sync)
      #expect(error.reason == .notFound, "\(error)")
      #expect(error.detail.contains("rsync"), "\(error)")
    }
  }

  @Test func `a digest in which something could not be read is none`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      try host.write("a", to: "file")
      try host.write("b", to: "other")
      // Root may read everything, so the file has to go while its name has been seen already: the program
      // that reads the files takes it away first.
      try host.write(
        """
        #!/bin/sh
        case "$*" in *--zero*) rm -f ./other ;; esac
        exec /usr/bin/sha256sum "$@"
        """, to: "bin/sha256sum")
      try await shell("chmod", "755", host.data + "/bin/sha256sum")
      await host.powerOff()
      try await host.powerOn(environment: "PATH=\"\(lab.workspace)/bin:/usr/bin:/bin\"")
      let error = try await portError { () async throws(PortError) in
        try await lab.sync.digest(of: lab.workspace, on: host.address, timeout: .seconds(20))
      }
      #expect(error.reason == .invalidAnswer, "\(error)")
      #expect(error.detail.contains("./other"), "\(error)")
    }
  }

  @Test(arguments: zip(SyncRoute.allCases, [RsyncOptions.FileUpdate.replace, .inPlace]))
  func `a full disk is called so`(_ route: SyncRoute, _ update: RsyncOptions.FileUpdate) async throws {
    try await LoopbackLab.run([.directory, .memory(mebibytes: 1)]) { lab in
      try lab.hosts[0].write(String(repeating: "0123456789abcdef", count: 1 << 17), to: "2 MiB")
      var sync = lab.sync
      sync.options.fileUpdate = update
      let error = try await failure(lab, sync, route)
      #expect(error.reason == .diskFull, "\(error)")
    }
  }

  @Test(arguments: SyncRoute.allCases)
  func `a frozen host is given up when the time is over`(_ route: SyncRoute) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      for host in lab.hosts {
        try await host.freeze()
        // ssh would wait for a minute.
        let error = try await failure(lab, lab.sync, route, timeout: .seconds(1))
        #expect(error.reason == .timedOut, "\(error)")
        #expect(error.detail.contains("no end within 1.0 seconds"), "\(error)")
        try await expectNoClients(lab)
        try await host.thaw()
      }
      #expect(try await lab.sync.synchronize(lab.request(route), timeout: .seconds(20)).files == 1)
    }
  }

  @Test(arguments: SyncRoute.allCases)
  func `cancelling a pass ends its programs here and on the source`(_ route: SyncRoute) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      try await lab.hosts[1].freeze()
      let pass = Task { try await failure(lab, lab.sync, route) }
      // The pass has come as far as the connection to the frozen destination.
      try await eventually { try await clients(lab.hosts[1].address).count > 0 }
      pass.cancel()
      #expect(try await pass.value.reason == .cancelled)
      try await expectNoClients(lab)
    }
  }

  @Test func `a remote command that is cut off from us ends when its lease is over`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      var settings = lab.ssh
      settings.serverAliveInterval = .seconds(1)
      settings.serverAliveCountMax = 1
      let host = lab.hosts[0]
      func remote() async throws -> Bool {
        try await host.processes().contains { $0.command == "sleep 4711" }
      }
      let command = Task { [settings] in
        try await portError { () async throws(PortError) in
          try await RemoteShell(settings).runLeased(["sleep", "4711"], on: host.address, limit: .seconds(600))
        }
      }
      try await eventually(remote)
      // As in a partition: the connection is open, and nothing comes through it.
      let ours = try await clients(host.address)
      try #require(ours.count == 1)
      for client in ours { try await shell("sh", "-c", "kill -STOP \(client.id)") }
      try await eventually { try await !remote() }
      command.cancel()
      #expect(try await command.value.reason == .cancelled)
      try await expectNoClients(lab)
    }
  }

  @Test func `a remote command ends at its limit, and says so`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let shell = RemoteShell(lab.ssh)
      let host = lab.hosts[0].address
      #expect(try await shell.runLeased(["sleep", "600"], on: host, limit: .seconds(1)).exitCode == 124)
      let result = try await shell.runLeased(
        ["sh", "-c", "echo out; echo 'it''s' >&2; exit 7"], on: host, limit: .seconds(60))
      #expect((result.exitCode, result.output, result.errors) == (7, ["out"], ["its"]))
    }
  }

  @Test func `a second pass through a staging directory in use is refused`() async throws {
    try await LoopbackLab.run { lab in
      let sync = lab.sync
      try await lab.hosts[0].freeze()
      let first = Task { try await failure(lab, sync) }
      try await eventually { try await clients(lab.hosts[0].address).count > 0 }
      #expect(try await failure(lab, sync).reason == .refused)
      first.cancel()
      #expect(try await first.value.reason == .cancelled)
      try await lab.hosts[0].thaw()
      _ = try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
    }
  }

  @Test func `nothing is copied to a path or a host that could mean something else`() async throws {
    let sync = RsyncFileSync(ssh: SSHSettings(), stagingDirectory: "/nowhere")
    let host = HostAddress(host: "127.0.0.1", port: 1)
    for path in [
      "", "/", "//", "/..", "/a/../..", "relative", "~/a", "/a*", "/a\nb", "/a[b]", "/a\0b", "/a/.",
    ] {
      let request = SyncRequest(source: host, destination: host, path: path, route: .relay)
      let error = try await portError { () async throws(PortError) in
        try await sync.synchronize(request, timeout: .seconds(20))
      }
      #expect(error.reason == .refused, "\(path): \(error)")
      let digest = try await portError { () async throws(PortError) in
        try await sync.digest(of: path, on: host, timeout: .seconds(20))
      }
      #expect(digest.reason == .refused, "\(path): \(digest)")
      let staged = RsyncFileSync(ssh: SSHSettings(), stagingDirectory: path)
      let relay = SyncRequest(source: host, destination: host, path: "/a", route: .relay)
      let staging = try await portError { () async throws(PortError) in
        try await staged.synchronize(relay, timeout: .seconds(20))
      }
      #expect(staging.reason == .refused, "\(path): \(staging)")
    }
    for name in ["", "-oProxyCommand=touch /tmp/oops", "a b", "a/b", "host;id", "a@b", "a\nb"] {
      let bad = HostAddress(host: name, port: 22)
      for request in [
        SyncRequest(source: bad, destination: host, path: "/a", route: .direct),
        SyncRequest(source: host, destination: bad, path: "/a", route: .direct),
      ] {
        let error = try await portError { () async throws(PortError) in
          try await sync.synchronize(request, timeout: .seconds(20))
        }
        #expect(error.reason == .refused, "\(name): \(error)")
      }
    }
  }

  // MARK: Programs

  /// The ssh and rsync processes, here and on the hosts, that talk to `address`.
  private func clients(_ address: HostAddress) async throws -> [RunningProcess] {
    try await RunningProcess.all().filter {
      let program = $0.command.prefix { $0 != " " }.split(separator: "/").last
      // The whole address: 127.0.0.1 also begins 127.0.0.12, which is a host of another test.
      let words = $0.command.split { " @:[]".contains($0) }
      return (program == "ssh" || program == "rsync") && words.contains { $0 == address.host }
    }
  }

  /// Locally everything is over when the call returns; on a host, a moment after the connection.
  private func expectNoClients(_ lab: LoopbackLab) async throws {
    for host in lab.hosts {
      // A process of a host may begin or end between two looks, so what looks like a leftover is looked at again.
      try await eventually {
        var remote: Set<Int32> = []
        for other in lab.hosts { remote.formUnion(try await other.processes().map(\.id)) }
        return try await clients(host.address).allSatisfy { remote.contains($0.id) }
      }
      // This one is frozen or gone, but the others must let go of it.
      try await eventually {
        let its = try await host.processes().map(\.id)
        return try await clients(host.address).allSatisfy { its.contains($0.id) }
      }
    }
  }
}
