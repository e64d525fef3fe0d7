import Foundation

/// A server of the Compute Engine protocol, version 1, whose instances are hosts of a lab.
public actor ComputeServer: Answering {
  struct Instance {
    var number: UInt64
    var name: String
    var zone: String
    /// What the client asked for, given back as it came.
    var request: JSON
    var diskSize: Double
    var status: String
    var created: Date
    var host: LabHost?
    var meter: Meter

    var isSpot: Bool {
      request["scheduling"]["provisioningModel"] == "SPOT" || request["scheduling"]["preemptible"] == true
    }
    var deletesOnPreemption: Bool { request["scheduling"]["instanceTerminationAction"] == "DELETE" }
  }

  struct Operation {
    var name: String
    var number: UInt64
    var kind: String
    var zone: String
    var target: String
    var targetNumber: UInt64
    var isDone = false
    /// Code and message.
    var error: (code: String, message: String)?
    var created: Date
  }

  /// `http://127.0.0.1:` and the port; the paths begin with `/compute/v1/`.
  public nonisolated let url: String
  /// The key file of a service account that may do everything here: JSON, as Google hands it out.
  public nonisolated let keyFile: Data
  public var faults = ComputeFaults()

  let lab: Lab?
  let configuration: ComputeConfiguration
  let account: ServiceAccount
  /// By zone and name.
  var instances: [String: Instance] = [:]
  var operations: [String: Operation] = [:]
  /// Operations by the identifier that the client gave its request.
  var requests: [String: String] = [:]
  /// Tokens that were given out, with the second since 1970 at which they end.
  var tokens: [String: Double] = [:]
  var work: [Task<Void, Never>] = []
  var spent = 0.0
  private var nextNumber: UInt64 = 1_000_000_000_000_001
  private let server: LabServer

  private init(_ configuration: ComputeConfiguration, lab: Lab?, account: ServiceAccount, server: LabServer) {
    self.configuration = configuration
    self.lab = lab
    self.account = account
    self.server = server
    url = server.url
    keyFile = account.keyFile
  }

  /// Opens a compute server on a port of its own.
  ///
  /// - Parameter lab: whose hosts the instances are; without one, instances are only spoken of.
  /// - Throws: `.failed`.
  public static func start(
    _ configuration: ComputeConfiguration = ComputeConfiguration(), lab: Lab? = nil
  ) async throws(LabError) -> ComputeServer {
    let receiver = Receiver()
    let server = try await LabServer.start("compute server") { await receiver.answer($0) }
    let account: ServiceAccount
    do {
      account = try ServiceAccount(project: configuration.project, tokenURL: server.url + "/token")
    } catch {
      await server.stop()
      throw .failed("making a service account's key", "\(error)")
    }
    let compute = ComputeServer(configuration, lab: lab, account: account, server: server)
    await receiver.set(compute)
    return compute
  }

  /// Closes the server. Its hosts run on until the lab stops.
  public func stop() async {
    for task in work { task.cancel() }
    await server.stop()
  }

  func number() -> UInt64 {
    defer { nextNumber += 1 }
    return nextNumber
  }

  // MARK: What a test asks and does

  /// Every instance that exists, by zone and name.
  public var existing: [ComputeInstance] {
    instances.sorted { $0.key < $1.key }.map { _, instance in
      ComputeInstance(
        name: instance.name, zone: instance.zone, status: instance.status, isSpot: instance.isSpot,
        labels: (instance.request["labels"].object ?? [:]).compactMapValues(\.string), cost: instance.meter.total())
    }
  }

  /// Dollars, of everything there is and was.
  public var cost: Double { spent + instances.values.reduce(0) { $0 + $1.meter.total() } }

  public func host(of name: String, zone: String) -> LabHost? { instances["\(zone)/\(name)"]?.host }

  public func setFaults(_ faults: ComputeFaults) { self.faults = faults }

  /// Takes a spot instance back: it is stopped or deleted, as it was made to be.
  ///
  /// - Throws: `.invalid` when there is no such spot instance; `.failed`.
  public func preempt(_ name: String, zone: String) async throws(LabError) {
    guard let instance = instances["\(zone)/\(name)"], instance.isSpot else {
      throw .invalid("no spot instance \(name) in \(zone)")
    }
    if instance.deletesOnPreemption {
      try await delete("\(zone)/\(name)")
    } else {
      try await terminate("\(zone)/\(name)")
    }
  }

  /// The instance's power is cut; the server goes on saying that it runs.
  ///
  /// - Throws: `.failed`.
  public func crash(_ name: String, zone: String) async throws(LabError) {
    try await instances["\(zone)/\(name)"]?.host?.powerOff()
  }
}
