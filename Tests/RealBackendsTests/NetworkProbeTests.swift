import Failover
import Foundation
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct NetworkProbeTests {
  private func target(_ address: HostAddress, _ role: MachineRole = .gpu) -> ProbeTarget {
    ProbeTarget(instance: InstanceID("1"), role: role, address: address)
  }

  /// Longer than any check here takes that is meant to succeed.
  private let long = Duration.seconds(30)

  @Test(.needsHosts) func `a machine that is well passes every check over the network`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let probe = NetworkProbe(ssh: lab.ssh, processPattern: "^sshd: .*\\[listener\\]")
      for method in [ProbeMethod.tcp, .ssh, .process] {
        let result = await probe.check(target(lab.hosts[0].address), by: method, timeout: long)
        #expect(result == .healthy, "\(method)")
      }
    }
  }

  @Test(.needsHosts) func `a machine without power refuses, and one that comes back passes`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let probe = NetworkProbe(ssh: lab.ssh, processPattern: "sshd")
      await host.powerOff()
      for (method, failure) in [
        (ProbeMethod.tcp, ProbeFailure.refused), (.ssh, .refused), (.process, .refused),
      ] {
        let result = await probe.check(target(host.address), by: method, timeout: long)
        #expect(result == .unhealthy(failure), "\(method)")
      }
      try await host.powerOn()
      #expect(await probe.check(target(host.address), by: .ssh, timeout: long) == .healthy)
    }
  }

  @Test(.needsHosts) func `a frozen machine opens connections but does not greet`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let probe = NetworkProbe(ssh: lab.ssh, processPattern: "sshd")
      try await host.freeze()
      #expect(await probe.check(target(host.address), by: .tcp, timeout: long) == .healthy)
      let short = Duration.milliseconds(300)
      #expect(
        await probe.check(target(host.address), by: .ssh, timeout: short) == .unhealthy(.noBanner))
      #expect(
        await probe.check(target(host.address), by: .process, timeout: short) == .unhealthy(.timedOut))
    }
  }

  @Test(.needsHosts) func `a machine that answers no connection times out`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      try await host.freeze()
      // The kernel accepts as many connections as the frozen server's queue holds (128 for sshd), and says
      // nothing to more.
      let probe = NetworkProbe(ssh: lab.ssh, processPattern: "sshd")
      let addresses = try await SocketAddress.resolve(host.address.host, port: host.address.port)
      let address = try #require(addresses.first)
      let held = Held()
      var isFull = false
      while !isFull, held.count < 1000 {
        do throws(PortError) {
          held.keep(try Connection.open(to: address, until: .now + .milliseconds(200)))
        } catch {
          #expect(error.reason == .timedOut)
          isFull = true
        }
      }
      try #require(isFull)
      for method in [ProbeMethod.tcp, .ssh] {
        let result = await probe.check(target(host.address), by: method, timeout: .milliseconds(200))
        #expect(result == .unhealthy(.timedOut), "\(method)")
      }
    }
  }

  @Test(.needsHosts) func `a missing workload is told from a check that could not be made`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let gpu = target(lab.hosts[0].address)
      func check(_ ssh: SSHSettings, _ pattern: String) async -> ProbeResult {
        await NetworkProbe(ssh: ssh, processPattern: pattern).check(gpu, by: .process, timeout: long)
      }
      // The pattern is in the command line of whatever looks for it, which must not find itself.
      #expect(await check(lab.ssh, "no such workload") == .unhealthy(.noProcess))
      #expect(await check(lab.ssh, "it's; touch /tmp/oops") == .unhealthy(.noProcess))
      #expect(await check(lab.ssh, "-oops") == .unhealthy(.noProcess))
      #expect(await check(lab.ssh, "(") == .unhealthy(.apiError))
      var wrongKey = lab.ssh
      wrongKey.identityFile = lab.hosts[0].directory + "/key"
      #expect(await check(wrongKey, "sshd") == .unhealthy(.unauthorized))
    }
  }

  @Test(.needsHosts) func `a cancelled check says so at once`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      try await lab.hosts[0].freeze()
      let probe = NetworkProbe(ssh: lab.ssh, processPattern: "sshd")
      let gpu = target(lab.hosts[0].address)
      for method in [ProbeMethod.ssh, .process] {
        let check = Task { [long] in await probe.check(gpu, by: method, timeout: long * 1000) }
        try await Task.sleep(for: .milliseconds(50))
        check.cancel()
        #expect(await check.value == .unhealthy(.cancelled), "\(method)")
      }
    }
  }

  @Test func `nobody listening and nowhere to go are told apart`() async throws {
    let probe = NetworkProbe(ssh: SSHSettings(), processPattern: "sshd")
    for (host, expected) in [
      ("127.0.0.1", [ProbeFailure.refused]), ("::1", [.refused, .unreachable]),
      // All addresses of a name are tried; here none listens.
      ("localhost", [.refused]), ("255.255.255.255", [.unreachable]),
      ("not a host", [.unreachable]),
    ] {
      for method in [ProbeMethod.tcp, .ssh] {
        let result = await probe.check(target(HostAddress(host: host, port: 1)), by: method, timeout: long)
        #expect(expected.map(ProbeResult.unhealthy).contains(result), "\(host): \(result)")
      }
    }
  }

  @Test func `a name that nobody knows is not waited for`() async {
    let probe = NetworkProbe(ssh: SSHSettings(), processPattern: "sshd")
    let nowhere = target(HostAddress(host: "no-such-host.invalid", port: 22))
    let result = await probe.check(nowhere, by: .tcp, timeout: .milliseconds(100))
    // Which of the two depends on how quickly this machine's resolver answers.
    #expect([.unhealthy(.unreachable), .unhealthy(.timedOut)].contains(result))
  }

  @Test func `without anybody to ask, the provider's word is an error`() async {
    let probe = NetworkProbe(ssh: SSHSettings(), processPattern: "sshd")
    let gpu = target(HostAddress(host: "127.0.0.1", port: 1))
    #expect(await probe.check(gpu, by: .api, timeout: long) == .unhealthy(.apiError))
  }

  @Test(arguments: MachineRole.allCases)
  func `the provider's word is that of the one who rents the machine out`(_ role: MachineRole) async {
    func result(_ answer: Result<InstanceStatus, PortError>) async -> ProbeResult {
      let provider = OneInstance(role: role, answer: answer)
      let probe = NetworkProbe(
        ssh: SSHSettings(), processPattern: "sshd",
        status: NetworkProbe.providerStatus(marketplace: provider, compute: provider))
      let machine = target(HostAddress(host: "127.0.0.1", port: 1), role)
      return await probe.check(machine, by: .api, timeout: long)
    }
    #expect(await result(.success(.running)) == .healthy)
    for status in [InstanceStatus.provisioning, .stopped, .offline] {
      #expect(await result(.success(status)) == .unhealthy(.notRunning))
    }
    for (reason, failure) in [
      (PortError.Reason.notFound, ProbeFailure.notRunning), (.timedOut, .timedOut),
      (.cancelled, .cancelled), (.rateLimited, .apiError), (.unreachable, .apiError),
    ] {
      #expect(await result(.failure(PortError(reason, ""))) == .unhealthy(failure))
    }
  }
}

/// Connections that stay open.
private final class Held {
  private final class Box {
    let connection: Connection
    init(_ connection: consuming Connection) { self.connection = connection }
  }

  private var boxes: [Box] = []
  var count: Int { boxes.count }

  func keep(_ connection: consuming Connection) { boxes.append(Box(connection)) }
}

/// A provider that knows one machine, of one role.
private struct OneInstance: GPUMarketplace, ComputeProvider {
  var role: MachineRole
  var answer: Result<InstanceStatus, PortError>

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    Instance(id: id, status: try answer.get(), address: nil, price: .free)
  }

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] { [] }
  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID { InstanceID("") }
  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await describe(InstanceID(""), timeout: timeout)
  }
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID { throw PortError(.refused, "no volumes here") }
  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {}
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
}
