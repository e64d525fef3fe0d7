import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

@Suite(.needsHosts, .timeLimit(.minutes(3))) struct HeartbeatTests {
  private let long = Duration.seconds(30)
  private let short = Duration.milliseconds(300)
  private let id = InstanceID("1")

  private func file(_ lab: LoopbackLab) -> HeartbeatFile {
    HeartbeatFile(path: lab.workspace + "/heart's beat", ssh: lab.ssh)
  }

  private func touch(_ host: LoopbackHost, _ time: String = "now") async throws {
    try await shell("touch", "-d", time, host.data + "/heart's beat")
  }

  private func source(_ lab: LoopbackLab) -> HeartbeatFileSource {
    let host = lab.hosts[0].address
    return HeartbeatFileSource(file(lab), retryInterval: .milliseconds(50)) { _ throws(PortError) in host }
  }

  @Test func `the age of a heartbeat is the host's word`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      func age() async throws(PortError) -> Duration { try await file(lab).age(on: host.address, timeout: long) }
      func failure() async throws -> PortError { try await portError(age) }
      #expect(try await failure().reason == .notFound)
      try await touch(host, "100 seconds ago")
      let old = try await age()
      #expect(old >= .seconds(100) && old < .seconds(160))
      try await touch(host)
      #expect(try await age() < .seconds(60))
      try await touch(host, "1 hour")
      #expect(try await failure().reason == .invalidAnswer)
      // A host without GNU's programs cannot be asked.
      await host.powerOff()
      try await host.powerOn(environment: "PATH=/nowhere")
      #expect(try await failure().reason == .notFound)
    }
  }

  @Test func `a process without a fresh heartbeat counts as none`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let target = ProbeTarget(instance: id, role: .gpu, address: host.address)
      func check(_ pattern: String?, _ limit: Duration?) async -> ProbeResult {
        let heartbeat = limit.map { NetworkProbe.HeartbeatLimit(file(lab), maximumAge: $0) }
        let probe = NetworkProbe(ssh: lab.ssh, processPattern: pattern, heartbeat: heartbeat)
        return await probe.check(target, by: .process, timeout: long)
      }
      #expect(await check("sshd", .seconds(60)) == .unhealthy(.noProcess))
      try await touch(host)
      #expect(await check("sshd", .seconds(60)) == .healthy)
      #expect(await check(nil, .seconds(60)) == .healthy)
      #expect(await check("no such workload", .seconds(60)) == .unhealthy(.noProcess))
      try await touch(host, "61 seconds ago")
      #expect(await check("sshd", .seconds(60)) == .unhealthy(.noProcess))
      #expect(await check("sshd", nil) == .healthy)
      #expect(await check(nil, nil) == .unhealthy(.apiError))
      try await touch(host, "1 hour")
      #expect(await check(nil, .seconds(60)) == .unhealthy(.apiError))
    }
  }

  @Test func `a change after the first look is a heartbeat, and what was there before is none`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let source = source(lab)
      // Long enough for the first look on a busy machine.
      #expect(try await source.next(from: id, timeout: .seconds(4)) == false)
      try await touch(host, "1 second ago")
      #expect(try await source.next(from: id, timeout: long))
      #expect(try await source.next(from: id, timeout: .milliseconds(500)) == false)
      // Made while nobody waited.
      try await touch(host)
      #expect(try await source.next(from: id, timeout: long))
      let waiting = Task { [long] in try await source.next(from: InstanceID("1"), timeout: long) }
      try await Task.sleep(for: .milliseconds(200))
      try await touch(host, "2 seconds")
      #expect(try await waiting.value)
    }
  }

  @Test func `where a host is that is heard is asked once, and again after a silence`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let address = host.address
      let asked = Shared(0)
      let source = HeartbeatFileSource(file(lab)) { _ throws(PortError) in
        asked.update { $0 += 1 }
        return address
      }
      try await touch(host)
      // Long enough for the first look on a busy machine.
      #expect(try await source.next(from: id, timeout: .seconds(4)) == false)
      let before = asked.read()
      for age in ["9 seconds ago", "8 seconds ago", "7 seconds ago"] {
        try await touch(host, age)
        #expect(try await source.next(from: id, timeout: long))
      }
      #expect(asked.read() == before + 1)
      #expect(try await source.next(from: id, timeout: .milliseconds(500)) == false)
      try await touch(host, "6 seconds ago")
      #expect(try await source.next(from: id, timeout: long))
      #expect(asked.read() == before + 2)
    }
  }

  @Test func `a host that is dead, frozen or cut off is silent for as long as one listens`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let source = source(lab)
      try await touch(host)
      // Long enough for the first look on a busy machine.
      #expect(try await source.next(from: id, timeout: .seconds(4)) == false)
      try await host.freeze()
      #expect(try await source.next(from: id, timeout: short) == false)
      await host.powerOff()
      let start = ContinuousClock.now
      #expect(try await source.next(from: id, timeout: short) == false)
      #expect(start.duration(to: .now) >= short)
      // Back again, it is heard.
      let waiting = Task { [long] in try await source.next(from: InstanceID("1"), timeout: long) }
      try await host.powerOn()
      try await touch(host, "3 seconds")
      #expect(try await waiting.value)
    }
  }

  @Test func `what no waiting would change is an error, and so is a cancelled wait`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      var stranger = file(lab)
      stranger.ssh.identityFile = lab.hosts[0].directory + "/key"
      let host = lab.hosts[0].address
      let refused = HeartbeatFileSource(stranger) { _ throws(PortError) in host }
      let error = try await portError { () async throws(PortError) in
        try await refused.next(from: InstanceID("1"), timeout: .seconds(30))
      }
      #expect(error.reason == .unauthorized, "\(error)")
      let source = source(lab)
      let waiting = Task {
        try await portError { () async throws(PortError) in
          try await source.next(from: InstanceID("1"), timeout: .seconds(600))
        }
      }
      try await Task.sleep(for: .milliseconds(200))
      waiting.cancel()
      #expect(try await waiting.value.reason == .cancelled)
    }
  }

  @Test(arguments: [
    ("1763729891.123456789", Duration.seconds(1_763_729_891) + .nanoseconds(123_456_789)),
    ("0.000000000", .zero), ("1763729891", nil), ("1763729891.N", nil), ("-1.000000000", nil), ("", nil),
    ("1.1.000000000", nil), ("999999999999.000000000", nil), ("1.0000000000", nil),
  ] as [(String, Duration?)])
  func `times have nine decimals`(_ text: String, _ time: Duration?) {
    #expect(HeartbeatScript.time(text) == time)
  }
}
