import Foundation

/// A marketplace of GPUs that speaks Vast.ai's protocol and whose instances are hosts of a lab.
///
/// Every free GPU of a machine is an offer. What exists and what it has cost can be asked directly, beside the
/// protocol: that is how a test knows that nothing paid for was forgotten. Two create calls make two instances, also
/// with the same label, as the real one does.
public actor Marketplace: Answering {
  /// One instance, from create until destroy.
  struct Instance {
    var id: Int
    var offer: Int
    var label: String?
    /// Dollars an hour; `nil` on demand.
    var bid: Double?
    var gpuPrice: Double
    var diskSpace: Double
    var image: String
    var onStart: String?
    var environment: JSON
    var volume: Int?
    var mountPath: String?
    var created: Date
    var status: String?
    var message = ""
    /// What the renter wants: `running` or `stopped`.
    var intended: String
    var host: LabHost?
    var boot: Task<Void, Never>?
    var meter: Meter
  }

  struct Volume {
    var id: Int
    var machine: Int
    var name: String
    /// GB.
    var size: Double
    var directory: String?
    var created: Date
    var meter: Meter
  }

  /// Hours of a month, by which prices of storage are turned into prices an hour.
  static let hoursOfMonth = 730.0

  public nonisolated let url: String
  public nonisolated let apiKey: String
  public var faults = MarketplaceFaults()

  let lab: Lab?
  let configuration: MarketplaceConfiguration
  var instances: [Int: Instance] = [:]
  var volumes: [Int: Volume] = [:]
  /// Dollars an hour, by offer.
  var minimumBids: [Int: Double] = [:]
  var limiter: RateLimiter
  /// Dollars of what does not exist any more.
  var spent = 0.0
  private var nextNumber = 1_000_001
  private let server: LabServer

  private init(_ configuration: MarketplaceConfiguration, lab: Lab?, server: LabServer) {
    self.configuration = configuration
    self.lab = lab
    self.server = server
    url = server.url
    apiKey = configuration.apiKey
    limiter = RateLimiter(
      spacing: MarketplaceConfiguration.spacing.mapValues { .seconds($0 * configuration.pacing) }
        .filter { $0.value > .zero })
    for machine in configuration.machines {
      for gpu in 0..<machine.gpuCount { minimumBids[Self.offer(machine.id, gpu)] = machine.minimumBid }
    }
  }

  /// Opens a marketplace on a port of its own.
  ///
  /// - Parameter lab: whose hosts the instances are; without one, instances are only spoken of.
  /// - Throws: `.invalid` for machines that cannot be; `.failed`.
  public static func start(
    _ configuration: MarketplaceConfiguration = MarketplaceConfiguration(), lab: Lab? = nil
  ) async throws(LabError) -> Marketplace {
    guard Set(configuration.machines.map(\.id)).count == configuration.machines.count,
      configuration.machines.allSatisfy({ $0.id > 0 && (1...50).contains($0.gpuCount) }),
      configuration.pacing >= 0, configuration.bootTime >= .zero
    else { throw .invalid("machines have different positive numbers and 1 to 50 GPUs each") }
    let receiver = Receiver()
    let server = try await LabServer.start("marketplace") { await receiver.answer($0) }
    let marketplace = Marketplace(configuration, lab: lab, server: server)
    await receiver.set(marketplace)
    return marketplace
  }

  /// Closes the marketplace. Its hosts run on until the lab stops.
  public func stop() async {
    for instance in instances.values { instance.boot?.cancel() }
    await server.stop()
  }

  /// The number of a machine's offer; the first GPU is 0.
  public static func offer(_ machine: Int, _ gpu: Int) -> Int { machine * 100 + gpu }

  func number() -> Int {
    defer { nextNumber += 1 }
    return nextNumber
  }

  func machine(ofOffer offer: Int) -> MarketplaceMachine? {
    configuration.machines.first { $0.id == offer / 100 && offer % 100 < $0.gpuCount }
  }

  // MARK: What a test asks

  /// Every instance that exists, in the order in which they were made.
  public var existing: [MarketplaceInstance] {
    instances.values.sorted { $0.id < $1.id }.map {
      MarketplaceInstance(
        id: $0.id, machineID: $0.offer / 100, label: $0.label, status: $0.status, isInterruptible: $0.bid != nil,
        price: $0.bid ?? $0.gpuPrice, cost: $0.meter.total())
    }
  }

  /// The numbers of the volumes that exist.
  public var existingVolumes: [Int] { volumes.keys.sorted() }

  /// Dollars, of everything there is and was.
  public var cost: Double {
    spent + instances.values.reduce(0) { $0 + $1.meter.total() } + volumes.values.reduce(0) { $0 + $1.meter.total() }
  }

  /// The host that an instance is, once it has begun to boot.
  public func host(of instance: Int) -> LabHost? { instances[instance]?.host }

  public func setFaults(_ faults: MarketplaceFaults) { self.faults = faults }

  // MARK: What the market does

  /// Somebody bids twice as much: an interruptible instance is stopped, and its disk is kept.
  ///
  /// - Throws: `.invalid` when there is no such instance or it is not interruptible; `.failed`.
  public func interrupt(_ id: Int) async throws(LabError) {
    guard let instance = instances[id], let bid = instance.bid else {
      throw .invalid("no interruptible instance \(id)")
    }
    try await setMinimumBid(bid * 2, forOffer: instance.offer)
  }

  /// Changes the lowest bid that wins an offer; who bids less is stopped, who bids enough runs again.
  ///
  /// - Parameter price: dollars an hour.
  /// - Throws: `.failed`.
  public func setMinimumBid(_ price: Double, forOffer offer: Int) async throws(LabError) {
    minimumBids[offer] = price
    for instance in instances.values.sorted(by: { $0.id < $1.id }) where instance.offer == offer {
      try await settle(instance.id)
    }
  }

  /// The machine's power is cut.
  ///
  /// - Parameters:
  ///   - isReported: whether the marketplace notices; otherwise it goes on saying what it said.
  ///   - isSilent: as of `LabHost.powerOff`.
  /// - Throws: `.invalid` when there is no such instance; `.failed`.
  public func crash(_ id: Int, isReported: Bool = false, isSilent: Bool = false) async throws(LabError) {
    guard let instance = instances[id] else { throw .invalid("no instance \(id)") }
    instance.boot?.cancel()
    if isReported { instances[id]?.status = "offline" }
    try await instance.host?.powerOff(isSilent: isSilent)
  }
}
