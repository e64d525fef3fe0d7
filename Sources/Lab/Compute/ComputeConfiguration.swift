import Foundation

/// What a compute server begins with.
public struct ComputeConfiguration: Sendable {
  public var project: String
  public var zones: [String]
  /// From a running operation until it is done.
  public var operationTime: Duration
  /// From a running instance until its sshd answers.
  public var bootTime: Duration
  public var workspace: String
  /// In bytes a second and so on, of every instance.
  public var link: LinkShape
  /// Dollars an hour while it runs.
  public var price: Double
  /// Dollars a month for 1 GB of disk.
  public var storagePrice: Double
  /// A script that every instance runs when it has booted, before its own `startup-script`.
  public var onStart: String?
  /// Files that every instance has in `/lab`, by their names, all executable.
  public var files: [String: String]

  public init(
    project: String = "lab-project", zones: [String] = ["europe-west1-b", "us-central1-a"],
    operationTime: Duration = .milliseconds(100), bootTime: Duration = .milliseconds(200),
    workspace: String = "/workspace", link: LinkShape = LinkShape(), price: Double = 0.01, storagePrice: Double = 0.04,
    onStart: String? = nil, files: [String: String] = [:]
  ) {
    self.project = project
    self.zones = zones
    self.operationTime = operationTime
    self.bootTime = bootTime
    self.workspace = workspace
    self.link = link
    self.price = price
    self.storagePrice = storagePrice
    self.onStart = onStart
    self.files = files
  }
}

/// What a compute server does wrong beside `ServerFaults`.
public struct ComputeFaults: Sendable {
  /// Zones in which nothing can be had: the call succeeds, the operation fails.
  public var stockOuts: Set<String> = []
  /// Instances run and never answer.
  public var neverBoots = false
  public var server = ServerFaults()

  public init() {}
}

/// An instance as tests see it.
public struct ComputeInstance: Sendable {
  public var name: String
  public var zone: String
  /// As the protocol says it.
  public var status: String
  public var isSpot: Bool
  public var labels: [String: String]
  /// Dollars so far, the disk included.
  public var cost: Double
}
