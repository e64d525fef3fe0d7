import Foundation
import Lab
import Testing

@Suite(.needsHosts) struct HostStateTests {
  @Test func `a healthy host answers, and its disk is the one this machine sees`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      #expect(try await connect(hosts[0]) == .accepted)
      let outcome = try await lab.ssh(hosts[0], "hostname; echo here >/workspace/file; ls -A /tmp | wc -l")
      #expect(outcome.exitCode == 0)
      #expect(outcome.output == "gpu\n0\n")
      #expect(try String(contentsOfFile: hosts[0].disk + "/file", encoding: .utf8) == "here\n")
      #expect(try await lab.ssh(hosts[0], "touch /etc/lab-was-here || touch /usr/bin/lab-was-here").exitCode != 0)
    }
  }

  @Test func `hosts reach each other with the same files at the same paths`() async throws {
    try await withLab([LabHostConfiguration(name: "a"), LabHostConfiguration(name: "b")]) { lab, hosts in
      let outcome = try await lab.ssh(
        hosts[0],
        "ssh -i \(lab.identityFile) -o BatchMode=yes -o UserKnownHostsFile=\(lab.knownHostsFile) "
          + "\(hosts[1].address) hostname")
      #expect(outcome.output == "b\n", "\(outcome.errors)")
    }
  }

  @Test func `off means unreachable at once, and the disk of a persistent host stays`() async throws {
    try await withLab([
      LabHostConfiguration(name: "kept"), LabHostConfiguration(name: "lost", isEphemeral: true),
    ]) { lab, hosts in
      for host in hosts {
        _ = try await lab.ssh(host, "echo x >/workspace/file")
        try await host.powerOff()
        #expect(try await connect(host) == .unreachable)
        #expect(try await lab.ssh(host, "true").exitCode == 255)
        try await host.powerOn()
      }
      #expect(try await lab.ssh(hosts[0], "cat /workspace/file").output == "x\n")
      let lost = try await lab.ssh(hosts[1], "cat /workspace/file")
      #expect(lost.exitCode == 1, "\(lost)")
    }
  }

  @Test func `no word leaves a host whose power is cut`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      // A FIN or RST would end the connection at once: only the client's own time-out does.
      async let session = lab.ssh(hosts[0], "touch /workspace/in; sleep 60")
      while !FileManager.default.fileExists(atPath: hosts[0].disk + "/in") {
        try await Task.sleep(for: .milliseconds(10))
      }
      try await hosts[0].powerOff()
      let outcome = try await session
      #expect(outcome.exitCode == 255)
      #expect(
        outcome.errors.contains("not responding") || outcome.errors.contains("unreachable")
          || outcome.errors.contains("No route"), "\(outcome.errors)")
    }
  }

  @Test func `a frozen host takes connections and does not answer, and goes on when thawed`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      try await hosts[0].freeze()
      #expect(try await connect(hosts[0]) == .accepted)
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 255)
      try await hosts[0].thaw()
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 0)
    }
  }

  @Test func `a partitioned host is silent, and is back when healed`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      try await hosts[0].partition()
      #expect(try await connect(hosts[0]) == .silent)
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 255)
      try await hosts[0].heal()
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 0)
    }
  }

  @Test func `without sshd the host refuses, and its console still works`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      try await hosts[0].stopSSHD()
      #expect(try await connect(hosts[0]) == .refused)
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 255)
      #expect(try await hosts[0].run("hostname") == "gpu")
      try await hosts[0].startSSHD()
      #expect(try await connect(hosts[0]) == .accepted)
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 0)
    }
  }

  @Test func `a full disk takes nothing more until it is freed`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu", diskSize: 4 << 20)]) { lab, hosts in
      try await hosts[0].fillDisk()
      let outcome = try await lab.ssh(hosts[0], "echo x >/workspace/file")
      #expect(outcome.exitCode != 0)
      #expect(outcome.errors.contains("No space left on device"))
      try await hosts[0].freeDisk()
      #expect(try await lab.ssh(hosts[0], "echo x >/workspace/file").exitCode == 0)
    }
  }

  @Test func `a host that does not know the key refuses it`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      try await hosts[0].setAuthorized(false)
      let outcome = try await lab.ssh(hosts[0], "true")
      #expect(outcome.exitCode == 255)
      #expect(outcome.errors.contains("Permission denied"))
      try await hosts[0].setAuthorized(true)
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 0)
    }
  }

  @Test func `a booting host does not answer before its time`() async throws {
    try await withLab([]) { lab, _ in
      let host = try await lab.addHost(
        LabHostConfiguration(name: "slow", bootTime: .milliseconds(300), onStart: "echo up >/workspace/started"))
      let begin = ContinuousClock.now
      async let boot: Void = host.powerOn()
      #expect(try await connect(host) == .unreachable)
      try await boot
      #expect(ContinuousClock.now - begin >= .milliseconds(300))
      #expect(try await lab.ssh(host, "cat /workspace/started").output == "up\n")
      try await lab.remove(host)
      #expect(!FileManager.default.fileExists(atPath: host.disk))
    }
  }

  @Test func `a link carries no more than its rate, and loses what it is told to lose`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu", link: LinkShape(downloadRate: 4_000_000))]) { lab, hosts in
      let send = "head -c 2000000 /dev/zero | ssh -F /dev/null -i \(lab.identityFile) "
        + "-o UserKnownHostsFile=\(lab.knownHostsFile) root@\(hosts[0].address) 'cat >/workspace/file'"
      let begin = ContinuousClock.now
      #expect(try await bash(send).exitCode == 0)
      // 2 MB at 4 MB/s, less what fits in the queue's bucket (64 KiB).
      #expect(ContinuousClock.now - begin >= .milliseconds(480))
      try await hosts[0].setLink(LinkShape(loss: 1))
      #expect(try await connect(hosts[0]) == .silent)
      try await hosts[0].setLink(LinkShape(loss: 0.05))
      #expect(try await bash(send).exitCode == 0)
      await #expect(throws: LabError.self) { try await hosts[0].setLink(LinkShape(loss: 2)) }
    }
  }

  @Test func `a host that is switched off while it boots is off`() async throws {
    try await withLab([]) { lab, _ in
      let host = try await lab.addHost(LabHostConfiguration(name: "gpu", bootTime: .milliseconds(50)))
      for milliseconds in [0, 5, 20, 60] {
        async let boot: Void = host.powerOn()
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await host.powerOff()
        try await boot
        #expect(await host.isOn == false)
        #expect(try await bash("grep -lszxF \"FAILOVER_LAB_HOST=$1\" /proc/[0-9]*/environ",
          lab.directory + "/hosts/gpu").output == "")
      }
    }
  }

  @Test func `settings that cannot be are refused before anything is made`() async throws {
    for host in [
      LabHostConfiguration(name: "a b"), LabHostConfiguration(name: ""), LabHostConfiguration(name: "a/../b"),
      LabHostConfiguration(name: "a", workspace: "relative"),
      LabHostConfiguration(name: "a", workspace: "/a/$(reboot)"),
      LabHostConfiguration(name: "a", diskSize: 0), LabHostConfiguration(name: "a", bootTime: .seconds(-1)),
      LabHostConfiguration(name: "a", link: LinkShape(downloadRate: 0)),
    ] {
      await #expect(throws: LabError.self, "\(host)") { _ = try await Lab.start(LabConfiguration(hosts: [host])) }
    }
  }
}
