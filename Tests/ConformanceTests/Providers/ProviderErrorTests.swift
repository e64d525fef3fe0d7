import Failover
import FailoverSim
import Testing

@testable import RealBackends

/// What an orchestrator hears when a provider says no: the same from the simulated provider, on which a fault lies, as
/// from the real adapter, to which a vendor's answer is read out.
@Suite struct ProviderErrorTests {
  /// Something that goes wrong: how it is simulated, and what the vendor answers.
  struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: FaultKind?
    var answer: VendorAnswer
    var call: @Sendable (Providers) async throws -> Void
    var expected: PortError.Reason?

    var testDescription: String { name }
  }

  struct Providers: Sendable {
    var marketplace: any GPUMarketplace
    var compute: any ComputeProvider
  }

  /// What the vendor's server does with every call that is no question.
  enum VendorAnswer: Sendable {
    case json(Int, String)
    case text(Int, String)
    case silence
  }

  /// Longer than the longest refusal.
  private static let wait = Duration.seconds(300)
  private static let offer = Offer(
    id: "9999", gpuName: "RTX 4090", memory: .gigabytes(32), price: HourlyPrice(perHour: .cents(45)), region: "TH",
    machine: MachineID("11"))
  private static let standby = StandbyMachine(machineType: "e2-medium", isSpot: true, price: .free)
  private static let nobody = InstanceID("123456")
  private static let query = OfferQuery(
    minimumMemory: .zero, maximumPrice: HourlyPrice(perHour: .cents(50)), regions: [])

  private static let noSuch = VendorAnswer.json(404, #"{"success": false, "error": "no_such_instance", "msg": "none"}"#)
  private static let googleNoSuch = VendorAnswer.json(404, #"{"error": {"code": 404, "message": "was not found"}}"#)

  static let marketplace: [Trouble] = [
    Trouble(
      name: "an offer that is gone", fault: .offersVanish(.one),
      answer: .json(404, #"{"success": false, "error": "no_such_ask", "msg": "not available"}"#),
      call: { _ = try await $0.marketplace.create(InstanceOrder(offer), timeout: wait) }, expected: .refused),
    Trouble(
      name: "a create that is refused", fault: .noCapacity, answer: .text(410, "Gone"),
      call: { _ = try await $0.marketplace.create(InstanceOrder(offer), timeout: wait) }, expected: .refused),
    Trouble(
      name: "a volume that is not there", answer: .json(404, #"{"error": "no_such_volume", "msg": "none"}"#),
      call: { _ = try await $0.marketplace.create(InstanceOrder(offer, volume: VolumeID("7")), timeout: wait) },
      expected: .notFound),
    Trouble(
      name: "too many calls", fault: .rateLimit(calls: 0, per: .seconds(60)),
      answer: .text(429, "API requests too frequent"),
      call: { _ = try await $0.marketplace.create(InstanceOrder(offer), timeout: wait) }, expected: .rateLimited),
    Trouble(
      name: "an interface in trouble", fault: .marketplaceErrors(.one), answer: .text(502, "<html>Bad Gateway</html>"),
      call: { _ = try await $0.marketplace.search(query, timeout: wait) }, expected: .invalidAnswer),
    Trouble(
      name: "an interface that is silent", fault: .marketplaceTimeouts(.one), answer: .silence,
      call: { _ = try await $0.marketplace.describe(nobody, timeout: wait) }, expected: .timedOut),
    Trouble(
      name: "describing an instance that is gone", answer: noSuch,
      call: { _ = try await $0.marketplace.describe(nobody, timeout: wait) }, expected: .notFound),
    Trouble(
      name: "starting an instance that is gone", answer: noSuch,
      call: { try await $0.marketplace.start(nobody, timeout: wait) }, expected: .notFound),
    Trouble(
      name: "stopping an instance that is gone", answer: noSuch,
      call: { try await $0.marketplace.stop(nobody, timeout: wait) }, expected: .notFound),
    Trouble(
      name: "destroying an instance that is gone", answer: noSuch,
      call: { try await $0.marketplace.destroy(nobody, timeout: wait) }),
    Trouble(
      name: "deleting a volume that is gone", answer: noSuch,
      call: { try await $0.marketplace.deleteVolume(VolumeID("7"), timeout: wait) }),
  ]

  static let compute: [Trouble] = [
    Trouble(
      name: "a zone without machines", fault: .stockOut,
      answer: .json(
        200,
        #"{"name": "operation-1", "status": "DONE", "error": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED"}]}}"#),
      call: { _ = try await $0.compute.create(standby, timeout: wait) }, expected: .refused),
    Trouble(
      name: "an interface in trouble", fault: .computeErrors(.one), answer: .json(503, #"{"error": {"code": 503}}"#),
      call: { _ = try await $0.compute.create(standby, timeout: wait) }, expected: .invalidAnswer),
    Trouble(
      name: "describing a machine that is gone", answer: googleNoSuch,
      call: { _ = try await $0.compute.describe(InstanceID("gone"), timeout: wait) }, expected: .notFound),
    Trouble(
      name: "starting a machine that is gone", answer: googleNoSuch,
      call: { try await $0.compute.start(InstanceID("gone"), timeout: wait) }, expected: .notFound),
    Trouble(
      name: "stopping a machine that is gone", answer: googleNoSuch,
      call: { try await $0.compute.stop(InstanceID("gone"), timeout: wait) }, expected: .notFound),
    Trouble(
      name: "deleting a machine that is gone", answer: googleNoSuch,
      call: { try await $0.compute.delete(InstanceID("gone"), timeout: wait) }),
  ]

  @Test(arguments: marketplace + compute)
  func `a provider's refusal is the same in the simulation`(trouble: Trouble) throws {
    #expect(try Self.simulated(trouble) == trouble.expected)
  }

  @Test(.enabled("needs ssh-keygen") { await ProviderKey.json != nil }, arguments: marketplace + compute)
  func `a provider's refusal is the same for real`(trouble: Trouble) async throws {
    #expect(try await Self.real(trouble) == trouble.expected)
  }

  // MARK: The two arms

  private static func outcome(of trouble: Trouble, _ providers: Providers) async throws -> PortError.Reason? {
    do {
      try await trouble.call(providers)
      return nil
    } catch let error as PortError {
      return error.reason
    }
  }

  private static func simulated(_ trouble: Trouble) throws -> PortError.Reason? {
    let simulation = Simulation(seed: 1)
    let reasons = try simulation.run { simulation in
      var model = ProviderWorld.model(offers: [offer])
      if let fault = trouble.fault { model.faults = FaultModel([Fault(fault, .at([.zero]))]) }
      let world = World(simulation: simulation, model: model, log: EventLog())
      world.start()
      try await simulation.clock.sleep(for: .seconds(1))
      let ports = world.ports()
      return [try await outcome(of: trouble, Providers(marketplace: ports.marketplace, compute: ports.compute))]
    }
    return try #require(reasons)[0]
  }

  private static func real(_ trouble: Trouble) async throws -> PortError.Reason? {
    let transport = VendorTransport(answer: trouble.answer)
    let clock = SkippingClock()
    let marketplace = try VastMarketplace(
      apiKey: Secret("key"), settings: VastSettings(image: "image", pacing: .none), transport: transport,
      clock: clock, jitter: SystemJitter())
    let key = try ServiceAccountKey(json: try #require(await ProviderKey.json), name: "key")
    let compute = try GoogleComputeProvider(
      key: key, settings: GoogleSettings(project: "p", zone: "z-a"), transport: transport, clock: clock,
      jitter: SystemJitter(), unixTime: { 1_700_000_000 })
    return try await outcome(of: trouble, Providers(marketplace: marketplace, compute: compute))
  }
}
