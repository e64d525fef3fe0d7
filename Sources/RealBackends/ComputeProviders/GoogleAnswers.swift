import Failover

/// What Compute Engine says of a machine.
struct GoogleInstance: Decodable, Sendable {
  var name: String
  var status: InstanceStatus
  /// Whether it has stopped altogether, so that it can be started.
  var isAtRest: Bool
  var address: HostAddress?
  /// What the machine was labelled when it was created; `nil` for one that somebody else made.
  var label: String?
  var price: HourlyPrice

  /// The metadata that carries what Compute Engine itself does not keep, so that whoever starts anew finds it.
  enum Note { static let label = "failover-label", price = "failover-nanodollars-per-hour" }

  private enum Keys: String, CodingKey { case name, status, networkInterfaces, metadata, items }

  init(from decoder: any Decoder) throws {
    let machine = try decoder.container(keyedBy: Keys.self)
    name = try machine.decode(String.self, forKey: .name)
    let word = machine.text(.status)
    status = Self.status(word)
    isAtRest = word == "TERMINATED" || word == "STOPPED" || word == "SUSPENDED"
    let interface = machine.readable(Interface.self, .networkInterfaces).first
    let host = HostAddress(host: interface?.external ?? interface?.internalAddress ?? "", port: 22)
    address = (try? host.validate()).map { host }
    let metadata = try? machine.nestedContainer(keyedBy: Keys.self, forKey: .metadata)
    let notes = metadata?.readable(Item.self, .items) ?? []
    label = notes.first { $0.key == Note.label }?.value
    let nanodollars = notes.first { $0.key == Note.price }.flatMap { Int64($0.value) }
    price = nanodollars.map { HourlyPrice(perHour: Money(nanodollars: $0)) } ?? .free
  }

  /// The words of `Instance.status` in Compute Engine's description of its interface. A word that was not known when
  /// this was written means that the machine cannot be used yet.
  private static func status(_ word: String?) -> InstanceStatus {
    switch word {
    case "RUNNING": .running
    case "STOPPING", "PENDING_STOP", "TERMINATED", "STOPPED", "SUSPENDING", "SUSPENDED": .stopped
    case "REPAIRING", "DEPROVISIONING": .offline
    default: .provisioning
    }
  }

  private struct Interface: Decodable {
    var internalAddress, external: String?

    private enum Keys: String, CodingKey { case networkIP, accessConfigs }

    private struct Access: Decodable { var natIP: String? }

    init(from decoder: any Decoder) throws {
      let interface = try decoder.container(keyedBy: Keys.self)
      internalAddress = interface.text(.networkIP)
      external = interface.readable(Access.self, .accessConfigs).compactMap(\.natIP).first
    }
  }

  private struct Item: Decodable { var key: String, value: String }

  var described: Instance { Instance(id: InstanceID(name), status: status, address: address, price: price) }
}

/// One page of the list of machines.
struct GooglePage: Decodable, Sendable {
  var machines: [GoogleInstance]
  var next: String?

  private enum Keys: String, CodingKey { case items, next = "nextPageToken" }

  init(from decoder: any Decoder) throws {
    let page = try decoder.container(keyedBy: Keys.self)
    // An empty list is left out. One that cannot be read is not believed.
    machines = try page.decodeIfPresent([GoogleInstance].self, forKey: .items) ?? []
    next = page.identifier(.next)
  }
}

/// Something that Compute Engine is doing, and how it ended.
struct GoogleOperation: Decodable, Sendable {
  struct Failure: Decodable, Sendable, Hashable {
    /// Such as `ZONE_RESOURCE_POOL_EXHAUSTED`.
    var code: String
    var message: String

    private enum Keys: String, CodingKey { case code, message }

    init(from decoder: any Decoder) throws {
      let failure = try decoder.container(keyedBy: Keys.self)
      code = failure.identifier(.code) ?? "no code"
      message = failure.text(.message) ?? ""
    }

    func error(_ what: String) -> PortError {
      PortError(reason, "\(what): \(ProgramFailure.printable(message.isEmpty ? code : "\(message) (\(code))"))")
    }

    /// What it means for whoever asked for the operation.
    private var reason: PortError.Reason {
      switch code {
      case "RESOURCE_NOT_FOUND": .notFound
      case "PERMISSIONS_ERROR", "PERMISSION_DENIED": .unauthorized
      case "RATE_LIMIT_EXCEEDED": .rateLimited
      case "INTERNAL_ERROR": .invalidAnswer
      // The zone has no machine left (ZONE_RESOURCE_POOL_EXHAUSTED and its variants), the quota is used up, and
      // whatever else was decided.
      default: .refused
      }
    }
  }

  var name: String
  var isDone: Bool
  /// The first of what went wrong; `nil` when nothing has.
  var failure: Failure?

  private enum Keys: String, CodingKey { case name, status, error, errors }

  init(from decoder: any Decoder) throws {
    let operation = try decoder.container(keyedBy: Keys.self)
    name = try operation.decode(String.self, forKey: .name)
    isDone = try operation.decode(String.self, forKey: .status) == "DONE"
    guard operation.contains(.error), try !operation.decodeNil(forKey: .error) else { return }
    failure = try operation.nestedContainer(keyedBy: Keys.self, forKey: .error).decode(
      [Failure].self, forKey: .errors
    ).first
  }
}
