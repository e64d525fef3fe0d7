/// A machine that somebody rents out, GPU by GPU.
public struct MarketplaceMachine: Sendable {
  public var id: Int
  public var gpuName: String
  /// Each is an offer of its own: 1...50.
  public var gpuCount: Int
  /// Dollars an hour for one GPU, on demand.
  public var price: Double
  /// The lowest bid, in dollars an hour for one GPU, that an interruptible instance runs at.
  public var minimumBid: Double
  /// 0...1.
  public var reliability: Double
  /// GB of disk that can be had on it.
  public var diskSpace: Double
  /// Dollars a month for 1 GB.
  public var storagePrice: Double
  public var link: LinkShape
  /// Two letters, such as `SE`.
  public var country: String

  public init(
    id: Int, gpuName: String = "RTX 4090", gpuCount: Int = 1, price: Double = 0.4, minimumBid: Double = 0.2,
    reliability: Double = 0.99, diskSpace: Double = 500, storagePrice: Double = 0.15, link: LinkShape = LinkShape(),
    country: String = "XX"
  ) {
    self.country = country
    self.id = id
    self.gpuName = gpuName
    self.gpuCount = gpuCount
    self.price = price
    self.minimumBid = minimumBid
    self.reliability = reliability
    self.diskSpace = diskSpace
    self.storagePrice = storagePrice
    self.link = link
  }
}

/// What a marketplace begins with.
public struct MarketplaceConfiguration: Sendable {
  public var machines: [MarketplaceMachine]
  /// From the create call until the instance runs.
  public var bootTime: Duration
  /// Where an instance without a volume has its disk.
  public var workspace: String
  /// A part of every instance's `onstart`, run before it.
  public var onStart: String?
  /// What the least times between calls are multiplied by: 1 as the real one, 0 none.
  public var pacing: Double
  /// What clients have to send as their key.
  public var apiKey: String
  /// Files that every instance has in `/lab`, by their names, all executable.
  public var files: [String: String]

  public init(
    machines: [MarketplaceMachine] = [MarketplaceMachine(id: 1), MarketplaceMachine(id: 2)],
    bootTime: Duration = .seconds(1), workspace: String = "/workspace", onStart: String? = nil, pacing: Double = 1,
    apiKey: String = "lab-key", files: [String: String] = [:]
  ) {
    self.machines = machines
    self.bootTime = bootTime
    self.workspace = workspace
    self.onStart = onStart
    self.pacing = pacing
    self.apiKey = apiKey
    self.files = files
  }

  /// Seconds between two calls, as the real one asks for.
  static let spacing: [String: Double] = [
    "create": 4.5, "show": 2, "list": 1, "change": 1, "bid": 5.5, "destroy": 3, "volumes": 5.5,
  ]
}

/// What a marketplace does wrong beside `ServerFaults`.
public struct MarketplaceFaults: Sendable {
  /// Offers that are listed and gone (410) when somebody wants them.
  public var vanishedOffers: Set<Int> = []
  /// Every create call is refused.
  public var refusesCreate = false
  /// New instances stay at `loading`.
  public var neverBoots = false
  public var server = ServerFaults()

  public init() {}
}

/// An instance as tests see it.
public struct MarketplaceInstance: Sendable {
  public var id: Int
  public var machineID: Int
  public var label: String?
  /// As the protocol says it; `nil` at first.
  public var status: String?
  public var isInterruptible: Bool
  /// Dollars an hour that the renter pays for the GPU while it runs.
  public var price: Double
  /// Dollars so far, the disk included.
  public var cost: Double
}
