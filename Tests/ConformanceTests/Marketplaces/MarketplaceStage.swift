import Failover
import FailoverSim
import Lab
import RealBackends
import Testing

/// A marketplace with three machines of one GPU each, and what can be done to it.
struct MarketplaceStage: Sendable {
  var market: any LabellingMarketplace
  var probe: any HealthProbe
  var passing: Passing
  var strike: @Sendable () async throws -> Void
  var relent: @Sendable () async throws -> Void
  /// The market takes a GPU away from an instance.
  var interrupt: @Sendable (InstanceID) async throws -> Void
  /// The instances that exist, asked of the market itself.
  var existing: @Sendable () async -> [InstanceID]
  var existingVolumes: @Sendable () async -> [VolumeID]

  /// What the market has, as both arms have it.
  static let offers = [
    offer(1100, machine: 11, cents: 40, region: "SE"), offer(1200, machine: 12, cents: 40, region: "US"),
    offer(1300, machine: 13, cents: 90, region: "SE"),
  ]

  private static func offer(_ id: Int, machine: Int, cents: Int64, region: String) -> Offer {
    Offer(
      id: "\(id)", gpuName: "RTX 4090", memory: .gigabytes(24), price: HourlyPrice(perHour: .cents(cents)),
      region: region, machine: MachineID("\(machine)"))
  }

  /// Every GPU there is.
  static let anything = OfferQuery(
    minimumMemory: .zero, maximumPrice: HourlyPrice(perHour: .cents(500)), regions: [])

  /// The statuses of an instance, each once, in the order in which they are seen, up to the one that is waited for.
  func statuses(of id: InstanceID, until wanted: InstanceStatus) async throws -> [InstanceStatus] {
    var seen: [InstanceStatus] = []
    for _ in 0..<1500 {
      let status = try await market.describe(id, timeout: long).status
      if seen.last != status { seen.append(status) }
      if status == wanted { return seen }
      try await passing.pause(.milliseconds(20))
    }
    return seen
  }

  /// Rents the first offer and waits until it runs.
  func rent(volume: VolumeID? = nil) async throws -> InstanceID {
    let id = try await market.create(InstanceOrder(Self.offers[0], volume: volume), timeout: long)
    _ = try await statuses(of: id, until: .running)
    return id
  }
}

/// What goes wrong with a marketplace.
enum MarketplaceTrouble: String, Sendable, CaseIterable {
  /// The offers are listed, and gone when somebody wants them.
  case vanishedOffers
  /// Nobody may rent anything.
  case refusedCreates
  case tooManyCalls
  /// The interface is in trouble, and answers with something that is no answer.
  case nonsense
  case silence

  fileprivate var fault: FaultKind {
    switch self {
    case .vanishedOffers: .offersVanish(.one)
    case .refusedCreates: .noCapacity
    case .tooManyCalls: .rateLimit(calls: 0, per: .seconds(60))
    case .nonsense: .marketplaceErrors(.one)
    case .silence: .marketplaceTimeouts(.one)
    }
  }

  fileprivate var faults: MarketplaceFaults {
    var faults = MarketplaceFaults()
    switch self {
    case .vanishedOffers: faults.vanishedOffers = [1100, 1200, 1300]
    case .refusedCreates: faults.refusesCreate = true
    case .tooManyCalls: faults.server.tooManyRequests = .max
    case .nonsense: faults.server.htmlAnswers = .max
    case .silence: faults.server.delay = .seconds(30)
    }
    return faults
  }
}

extension Arm {
  /// Runs `body` on a marketplace of this arm.
  func marketplace<Value: Sendable>(
    _ trouble: MarketplaceTrouble? = nil, isInterruptible: Bool = false,
    _ body: @escaping @Sendable (MarketplaceStage) async throws -> Value
  ) async throws -> Value {
    try await require()
    switch self {
    case .simulated: return try Self.simulatedMarketplace(trouble, body)
    case .real: return try await Self.realMarketplace(trouble, isInterruptible: isInterruptible, body)
    }
  }

  private static func simulatedMarketplace<Value: Sendable>(
    _ trouble: MarketplaceTrouble?, _ body: @escaping @Sendable (MarketplaceStage) async throws -> Value
  ) throws -> Value {
    var model = SimulatedWorld.model(offers: MarketplaceStage.offers)
    model.gpu.isRentedAtStart = false
    return try SimulatedWorld.run(model, trouble.map { [$0.fault] } ?? []) { world, strike in
      let ports = world.ports()
      return try await body(
        MarketplaceStage(
          market: LabelledMarketplace(ports.marketplace, in: world), probe: ports.probe, passing: strike.passing,
          strike: { try await strike.begin() }, relent: { try await strike.end() },
          interrupt: { world.interrupt($0, cause: "outbid") }, existing: { world.existing },
          existingVolumes: { world.existingVolumes }))
    }
  }

  private static func realMarketplace<Value: Sendable>(
    _ trouble: MarketplaceTrouble?, isInterruptible: Bool,
    _ body: @escaping @Sendable (MarketplaceStage) async throws -> Value
  ) async throws -> Value {
    let machines = MarketplaceStage.offers.map { offer in
      MarketplaceMachine(
        id: Int(offer.machine.rawValue) ?? 0, price: Double(offer.price.cost(of: .seconds(3600)).nanodollars) / 1e9,
        storagePrice: 0, country: offer.region)
    }
    let server = try await Marketplace.start(
      MarketplaceConfiguration(machines: machines, bootTime: .milliseconds(200), pacing: 0))
    do {
      let market = try VastMarketplace(
        apiKey: Secret(server.apiKey),
        settings: VastSettings(
          image: "image", rental: isInterruptible ? .interruptible(percentOfMinimumBid: 100) : .onDemand,
          pacing: .none, baseURL: server.url))
      let status = NetworkProbe.providerStatus(marketplace: market, compute: Nobody())
      let value = try await body(
        MarketplaceStage(
          market: market,
          probe: NetworkProbe(ssh: SSHSettings(configFile: "/dev/null"), processPattern: nil, status: status),
          passing: .real(), strike: { await server.setFaults(trouble?.faults ?? MarketplaceFaults()) },
          relent: { await server.setFaults(MarketplaceFaults()) },
          interrupt: { try await server.interrupt(Int($0.rawValue) ?? 0) },
          existing: { await server.existing.map { InstanceID("\($0.id)") } },
          existingVolumes: { await server.existingVolumes.map { VolumeID("\($0)") } }))
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }
}

/// A compute provider that nobody asks.
private struct Nobody: ComputeProvider {
  private var none: PortError { PortError(.refused, "there is no compute provider") }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance { throw none }
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance { throw none }
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
}
