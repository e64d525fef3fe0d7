import Failover
import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import RealBackends

/// The orchestrator that the simulator runs, on the continuous clock, with rsync, ssh and an endpoint file.
///
/// Only the two providers are doubles: they say which machine has which address.
@Suite(.needsHosts, .timeLimit(.minutes(3))) struct OrchestratorOnRealHostsTests {
  @Test(arguments: SyncRoute.allCases)
  func `a GPU that loses its power is replaced by the standby, and later by another GPU`(
    _ route: SyncRoute
  ) async throws {
    try await LoopbackLab.run([.directory, .directory, .directory]) { lab in
      let (gpu, standby, replacement) = (lab.hosts[0], lab.hosts[1], lab.hosts[2])
      let router = try FileRouter(path: lab.directory + "/endpoint")
      let notices = try FileDescriptor.open(
        FilePath(lab.directory + "/notices"), .writeOnly, options: [.create], permissions: .ownerReadWrite)
      let provider = LoopbackProvider(gpu: gpu, standby: standby, replacement: replacement)
      let ports = Ports(
        marketplace: provider, compute: provider, fileSync: lab.sync,
        probe: NetworkProbe(ssh: lab.ssh, processPattern: "sshd"), router: router,
        notifier: LogNotifier(output: notices), jitter: SystemJitter())
      let strategy = Self.strategy(workspace: lab.workspace, route: route)
      let log = EventLog()
      let orchestrator = Orchestrator(
        clock: ContinuousClock(), ports: ports, strategy: strategy, log: log)
      let end = Outcome()
      let protection = Task {
        defer { end.hasCome() }
        try await orchestrator.session { try await $0.operate(primary: LoopbackProvider.gpuID) }
      }
      func happened(_ isIt: (EventKind) -> Bool) async throws {
        try await eventually {
          // An error that ends the protection early is what there is to see, not the time limit.
          if end.isThere { try await protection.value }
          return log.events.contains { isIt($0.kind) }
        }
      }

      // The workload writes until the power is gone, which is after the standby has had some of it.
      var written: [(name: String, time: Duration)] = []
      while log.counts.syncsCompleted < 2 || written.count < 20 {
        let name = "checkpoint \(String(written.count + 1000))"
        try gpu.write("of \(name)", to: name)
        written.append((name, orchestrator.origin.duration(to: .now)))
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(try await router.currentRoute(timeout: .seconds(1)) == gpu.address)
      await gpu.powerOff()

      try await happened { if case .failoverCompleted(standby.address) = $0 { true } else { false } }
      // Exactly as many failed checks as the threshold asks for, and for the right reason: the port is closed. The first
      // may have been connected when the power went, and then heard nothing.
      let failures = log.events.compactMap { event -> ProbeFailure? in
        if case .checkFailed(_, 2, .ssh, let failure) = event.kind { failure } else { nil }
      }
      #expect(failures.count == 2)
      #expect(failures.first == .refused || failures.first == .noBanner)
      #expect(failures.last == .refused)
      #expect(
        log.events.contains {
          if case .faultDetected(LoopbackProvider.gpuID, .checks(2, 2), _) = $0.kind { true } else { false }
        })
      // What was written before the last whole pass began is there, and what is there is whole.
      let lastSync = try #require(log.lastSync)
      for (name, time) in written {
        let copy = standby.read(name)
        if time < lastSync.started { #expect(copy == "of \(name)") }
        #expect(copy == nil || copy == "of \(name)")
      }

      // A GPU is found, filled and put to work, and the lost one is given back.
      try await happened { if case .instanceDestroyed(LoopbackProvider.gpuID) = $0 { true } else { false } }
      #expect(log.events.contains { if case .contentVerified = $0.kind { true } else { false } })
      #expect(try await router.currentRoute(timeout: .seconds(1)) == replacement.address)
      let syncs = log.counts.syncsCompleted
      try replacement.write("of the new GPU", to: "news")
      try await eventually { log.counts.syncsCompleted > syncs + 1 }
      #expect(standby.read("news") == "of the new GPU")

      // Users follow the file: what they read is what the first GPU wrote.
      let first = try #require(written.first?.name)
      #expect(try await userReads(first, in: lab) == "of \(first)")

      protection.cancel()
      await #expect(throws: CancellationError.self) { try await protection.value }
      try notices.close()
      let text = try String(contentsOfFile: lab.directory + "/notices", encoding: .utf8)
      let notified = text.split(separator: "\n")
      let subjects: [Failover.Notification.Subject] = [
        .failoverStarted, .standbyActive, .gpuRestored, .failbackComplete,
      ]
      #expect(notified.count == subjects.count)
      for (line, subject) in zip(notified, subjects) {
        #expect(line.hasPrefix("failover: \(subject.rawValue): "), "\(line)")
      }
    }
  }

  /// What `ssh failover-endpoint cat FILE` prints.
  private func userReads(_ name: String, in lab: LoopbackLab) async throws -> String {
    try await shell(
      "ssh", "-F", lab.directory + "/endpoint", "-l", "root", "-i", lab.identityFile, "-o", "BatchMode=yes",
      "-o", "UserKnownHostsFile=\(Quoting.forSSHFile(lab.knownHostsFile))", "failover-endpoint",
      "cat " + Quoting.forShell("\(lab.workspace)/\(name)"))
  }

  private static func strategy(workspace: String, route: SyncRoute) -> Strategy {
    let soon = Backoff.constant(.milliseconds(100))
    // Longer than anything here takes, on any machine.
    let long = Duration.seconds(30)
    return Strategy(
      workspacePath: workspace,
      healthCheck: HealthCheckPolicy(
        interval: .milliseconds(300), timeout: long, failureThreshold: 2, methods: [.ssh]),
      standby: CPUStandby(
        machine: StandbyMachine(machineType: "loopback", isSpot: false, price: .free),
        sync: SyncPolicy(
          interval: .milliseconds(300), timeout: long, route: route, retry: soon,
          failuresUntilNotice: .max),
        failover: FailoverPolicy(attempts: 3, retry: soon)),
      recovery: RecoveryPolicy(
        query: OfferQuery(minimumMemory: .zero, maximumPrice: .free, regions: []), retry: soon,
        failuresUntilNotice: .max, offerCacheAge: .zero, provisionTimeout: long, provisionPoll: soon,
        sshTimeout: long, sshPoll: soon, restoreTimeout: long, restoreAttempts: 3),
      timeouts: CallTimeouts(
        api: long, standbyCreation: long, endpoint: long, verification: long, digest: long,
        notification: long))
  }
}

/// Whether something has come to its end.
private final class Outcome: Sendable {
  private let came = Mutex(false)
  var isThere: Bool { came.withLock { $0 } }
  func hasCome() { came.withLock { $0 = true } }
}

/// Both providers: who has which machine, and whether it runs. All three machines are there from the start.
private struct LoopbackProvider: GPUMarketplace, ComputeProvider {
  static let gpuID = InstanceID("gpu")
  private static let standbyID = InstanceID("standby")
  private static let replacementID = InstanceID("replacement")
  private let hosts: [InstanceID: HostAddress]

  init(gpu: LoopbackHost, standby: LoopbackHost, replacement: LoopbackHost) {
    hosts = [
      Self.gpuID: gpu.address, Self.standbyID: standby.address, Self.replacementID: replacement.address,
    ]
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    Instance(id: id, status: .running, address: hosts[id], price: .free)
  }

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    [Offer(id: "1", gpuName: "loopback", memory: .zero, price: .free, region: "here")]
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    Self.replacementID
  }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await describe(Self.standbyID, timeout: timeout)
  }

  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID { throw PortError(.refused, "no volumes here") }
  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {}
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
}
