import Failover
import Foundation
import Testing

@testable import RealBackends

/// The relay without staging.
@Suite(.needsHosts, .timeLimit(.minutes(3))) struct StreamedRelayTests {
  private func sync(_ lab: LoopbackLab) -> RsyncFileSync {
    var sync = lab.sync
    sync.relayMethod = .streamed
    return sync
  }

  private func failure(
    _ lab: LoopbackLab, _ sync: RsyncFileSync, timeout: Duration = .seconds(20)
  ) async throws -> PortError {
    try await portError { () async throws(PortError) in
      try await sync.synchronize(lab.request(.relay), timeout: timeout)
    }
  }

  @Test func `files arrive, and nothing is kept on the way`() async throws {
    try await LoopbackLab.run { lab in
      let (gpu, standby, sync) = (lab.hosts[0], lab.hosts[1], sync(lab))
      try gpu.write("weights", to: "it's a model/a b.bin")
      try standby.write("stale", to: "old")
      let report = try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
      #expect(report.files == 1)
      #expect(standby.read("it's a model/a b.bin") == "weights")
      #expect(standby.read("old") == nil)
      #expect(!FileManager.default.fileExists(atPath: sync.stagingDirectory))
      #expect(try await sync.synchronize(lab.request(.relay), timeout: .seconds(20)).files == 0)
      let digests = [
        try await sync.digest(of: lab.workspace, on: gpu.address, timeout: .seconds(20)),
        try await sync.digest(of: lab.workspace, on: standby.address, timeout: .seconds(20)),
      ]
      #expect(digests[0] == digests[1])
      try await expectNoPrograms(of: lab)
    }
  }

  @Test func `the destination is known by its own key, not by the port that leads to it`() async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      var sync = sync(lab)
      let address = lab.hosts[1].address
      // The right key under the name of the way is not enough, and neither is another key under its own.
      for (name, key) in [
        ("127.0.0.1", lab.hosts[1].directory + "/key.pub"),
        ("[\(address.host)]:\(address.port)", lab.hosts[0].directory + "/key.pub"),
      ] {
        let text = try String(contentsOfFile: key, encoding: .utf8)
        try "\(name) \(text)".write(toFile: lab.directory + "/other", atomically: false, encoding: .utf8)
        sync.peer.knownHosts = .strict(file: lab.directory + "/other")
        let error = try await failure(lab, sync)
        #expect(error.reason == .unauthorized, "\(error)")
      }
      #expect(lab.hosts[1].read("file") == nil)
    }
  }

  @Test func `the source gets in by this machine's agent, and only then`() async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("by agent", to: "file")
      let socket = lab.directory + "/agent"
      let agent = try await Daemon("exec ssh-agent -D -a \"$1\" >/dev/null", socket)
      try await eventually { FileManager.default.fileExists(atPath: socket) }
      try await shell("ssh-add", "-q", lab.identityFile, environment: ["SSH_AUTH_SOCK": socket])
      var sync = sync(lab)
      sync.peer.identityFile = nil
      #expect(try await failure(lab, sync).reason == .unauthorized)
      sync.forwardsAgent = true
      sync.ssh.extraOptions = ["IdentityAgent=\"\(socket)\"", "ForwardAgent=\"\(socket)\""]
      _ = try await sync.synchronize(lab.request(.relay), timeout: .seconds(20))
      #expect(lab.hosts[1].read("file") == "by agent")
      await agent.stop()
    }
  }

  @Test(arguments: [0, 1]) func `a host without power is unreachable`(_ dead: Int) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      await lab.hosts[dead].powerOff()
      let error = try await failure(lab, sync(lab))
      #expect(error.reason == .unreachable, "\(error)")
    }
  }

  @Test(arguments: [0, 1])
  func `a frozen host is given up when the time is over, and nothing is left`(_ frozen: Int) async throws {
    try await LoopbackLab.run { lab in
      try lab.hosts[0].write("a", to: "file")
      try await lab.hosts[frozen].freeze()
      #expect(try await failure(lab, sync(lab), timeout: .seconds(1)).reason == .timedOut)
      try await lab.hosts[frozen].thaw()
      try await expectNoPrograms(of: lab)
      #expect(try await sync(lab).synchronize(lab.request(.relay), timeout: .seconds(20)).files == 1)
    }
  }

  @Test func `a pass that is cancelled, or cut off in the middle, leaves no process anywhere`() async throws {
    try await LoopbackLab.run { lab in
      // Holes, but rsync reads and sends them: long enough to catch it at work.
      try await shell("truncate", "-s", "2G", lab.hosts[0].data + "/2 GiB")
      var sync = sync(lab)
      sync.options.silenceTimeout = .seconds(2)
      (sync.ssh.serverAliveInterval, sync.ssh.serverAliveCountMax) = (.seconds(1), 1)
      (sync.peer.serverAliveInterval, sync.peer.serverAliveCountMax) = (.seconds(1), 1)
      func receivers() async throws -> [RunningProcess] {
        try await lab.hosts[1].processes().filter { $0.command.hasPrefix("rsync --server") }
      }
      for isCutOff in [false, true] {
        let pass = Task { [sync] in try await failure(lab, sync, timeout: .seconds(60)) }
        try await eventually {
          let found = try await receivers()
          for process in found { try await shell("sh", "-c", "kill -STOP \(process.id) || :") }
          return !found.isEmpty
        }
        if isCutOff {
          // As in a partition: our connection is open, and nothing comes through it.
          let ours = try await RunningProcess.all().filter {
            let program = $0.command.prefix { $0 != " " }.split(separator: "/").last
            return program == "ssh" && $0.command.contains("lease")
              && $0.command.split { " @:[]".contains($0) }.contains { $0 == lab.hosts[0].address.host }
          }
          try #require(ours.count == 1)
          try await shell("sh", "-c", "kill -STOP \(ours[0].id)")
          // The source gives up by itself.
          try await eventually {
            try await !lab.hosts[0].processes().contains { $0.command.hasPrefix("rsync ") }
          }
        }
        pass.cancel()
        #expect(try await pass.value.reason == .cancelled)
        for process in try await receivers() { try await shell("sh", "-c", "kill -CONT \(process.id) || :") }
        try await expectNoPrograms(of: lab)
      }
    }
  }

  /// Neither here nor there, a moment after the connections have gone.
  private func expectNoPrograms(of lab: LoopbackLab) async throws {
    try await eventually {
      for host in lab.hosts {
        let left = try await host.processes().filter { !$0.command.contains("sshd") && $0.command != "" }
        guard left.allSatisfy({ $0.command.hasPrefix("unshare ") }) else {
          return false
        }
      }
      return try await RunningProcess.all().allSatisfy { process in
        let isOurs = process.command.hasPrefix("ssh ") || process.command.hasPrefix("rsync ")
        let words = process.command.split { " @:[]'".contains($0) }
        return !isOurs || !lab.hosts.contains { host in words.contains { $0 == host.address.host } }
      }
    }
  }
}

@Suite(.needsHosts, .timeLimit(.minutes(3))) struct SourceGuardTests {
  private static let ways: [(SyncRoute, RsyncFileSync.RelayMethod)] = [
    (.direct, .staged), (.relay, .staged), (.relay, .streamed),
  ]

  @Test(arguments: ways)
  func `an emptied source is not mirrored`(_ route: SyncRoute, _ method: RsyncFileSync.RelayMethod) async throws {
    try await LoopbackLab.run { lab in
      let (gpu, standby) = (lab.hosts[0], lab.hosts[1])
      var sync = lab.sync
      sync.relayMethod = method
      func pass() async throws(PortError) -> SyncReport {
        try await sync.synchronize(lab.request(route), timeout: .seconds(20))
      }
      // Nothing on either side is nothing to lose.
      #expect(try await pass().files == 0)
      try gpu.write("a", to: "work's/file")
      #expect(try await pass().files == 1)
      // As an unmounted volume leaves it, and as a fresh file system does.
      try FileManager.default.removeItem(atPath: gpu.data + "/work's")
      try gpu.write("b", to: "lost+found/inode")
      let error = try await portError(pass)
      #expect(error.reason == .refused, "\(error)")
      #expect(error.detail.contains("has 0 files and the destination 1"), "\(error)")
      #expect(error.host == gpu.address)
      #expect(standby.read("work's/file") == "a")
      if (route, method) == (.relay, .staged) {
        // The copy on the way has not been emptied either.
        let staged = sync.stagingDirectory + lab.workspace + "/work's/file"
        #expect(FileManager.default.fileExists(atPath: staged))
      }
      // One file is enough for the standard setting; without the guard, none is.
      try gpu.write("c", to: "kept")
      #expect(try await pass().files >= 1)
      #expect(standby.read("work's/file") == nil)
      try FileManager.default.removeItem(atPath: gpu.data + "/kept")
      try FileManager.default.removeItem(atPath: gpu.data + "/lost+found")
      sync.sourceGuard = nil
      _ = try await pass()
      #expect(standby.read("kept") == nil)
    }
  }

  @Test(arguments: ways)
  func `a source without its marker is not mirrored`(
    _ route: SyncRoute, _ method: RsyncFileSync.RelayMethod
  ) async throws {
    try await LoopbackLab.run { lab in
      let (gpu, standby) = (lab.hosts[0], lab.hosts[1])
      var sync = lab.sync
      sync.relayMethod = method
      sync.sourceGuard = SourceGuard(marker: ".the volume's")
      try gpu.write("", to: ".the volume's")
      try gpu.write("a", to: "file")
      #expect(try await sync.synchronize(lab.request(route), timeout: .seconds(20)).files == 2)
      try FileManager.default.removeItem(atPath: gpu.data + "/.the volume's")
      let error = try await portError { () async throws(PortError) in
        try await sync.synchronize(lab.request(route), timeout: .seconds(20))
      }
      #expect(error.reason == .refused && error.detail.contains(".the volume's"), "\(error)")
      #expect(standby.read(".the volume's") == "")
    }
  }

  @Test func `what is too little is a matter of both sides`() {
    let guards = SourceGuard(suspiciousBelow: 100, minimumPercent: 10, marker: "m")
    for (files, destination, isRefused) in [
      (0, 0, false), (0, 1, true), (1, 10, false), (1, 11, true), (99, 990, false), (99, 991, true),
      (99, Int.max, true),
    ] {
      #expect((guards.objection(to: .files(files), destination: destination) != nil) == isRefused)
    }
    #expect(guards.objection(to: .noMarker, destination: 0) == nil)
    #expect(guards.objection(to: .noMarker, destination: 1)?.contains("lacks m") == true)
  }

  @Test func `only a pass that did not begin is suspicious`() {
    func suspicion(_ exitCode: Int32, _ errors: String...) -> SourceGuard.Suspicion? {
      SourceGuard.suspicion(in: Program.Result(exitCode: exitCode, output: [], errors: errors))
    }
    #expect(suspicion(46, "failover-source: 3") == .files(3))
    #expect(suspicion(12, "noise", "failover-source: no marker", "rsync error") == .noMarker)
    #expect(suspicion(46, "failover-source: -3") == .files(0))
    #expect(suspicion(0, "failover-source: 3") == nil)
    #expect(suspicion(12, "rsync: failover-source: 3") == nil)
  }

  /// What is measured against each other must do the same.
  @Test(arguments: ways)
  func `the bare commands copy what a pass copies`(
    _ route: SyncRoute, _ method: RsyncFileSync.RelayMethod
  ) async throws {
    try await LoopbackLab.run { lab in
      var sync = lab.sync
      sync.relayMethod = method
      func content(_ number: Int) -> String { String(repeating: "x", count: number + 1) }
      let overhead = try await RsyncOverhead.measure(
        sync, lab.request(route), rounds: 2, timeout: .seconds(20)
      ) { number in
        // Two of each, also one after another of its own kind.
        if number > 0 { #expect(lab.hosts[1].read("file") == content(number - 1)) }
        try lab.hosts[0].write(content(number), to: "file")
      }
      #expect(lab.hosts[1].read("file") == content(3))
      #expect(overhead.passes.count == 2 && overhead.bareRuns.count == 2)
    }
  }
}
