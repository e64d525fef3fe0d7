import Failover

/// One element of the answer to a search.
struct VastOffer: Decodable, Sendable {
  var id: String
  var machine: String
  var gpuName: String
  var memory: ByteCount
  /// Dollars an hour, at the host's price and with the disk that was asked for.
  var price: Money
  /// The least bid that would win now.
  var minimumBid: Money?
  /// Such as `TH`: the last part of `Thailand, TH`.
  var country: String
  var isVerified: Bool

  private enum Keys: String, CodingKey {
    case id, geolocation, verification, verified
    case machine = "machine_id", gpuName = "gpu_name", memory = "cpu_ram", price = "dph_total", minimumBid = "min_bid"
  }

  init(from decoder: any Decoder) throws {
    let offer = try decoder.container(keyedBy: Keys.self)
    guard let id = offer.identifier(.id), let machine = offer.identifier(.machine), let price = offer.money(.price),
      price >= .zero
    else {
      throw DecodingError.dataCorrupted(.init(codingPath: offer.codingPath, debugDescription: "not an offer"))
    }
    self.id = id
    self.machine = machine
    self.price = price
    minimumBid = offer.money(.minimumBid)
    gpuName = offer.text(.gpuName) ?? ""
    memory = offer.number(.memory).flatMap(ByteCount.init(megabytes:)) ?? .zero
    let place = offer.text(.geolocation) ?? ""
    country = place.split(separator: ",").last.map { String($0.filter { $0 != " " }) } ?? ""
    isVerified = offer.bool(.verified) ?? (offer.text(.verification) == "verified")
  }
}

/// The answer to a search, for GPUs or for disk space.
struct VastOffers<Offer: Decodable & Sendable>: Decodable, Sendable {
  /// Those that can be read: one that cannot is not rented, and nothing is lost.
  var offers: [Offer]

  init(from decoder: any Decoder) throws {
    let answer = try decoder.container(keyedBy: OffersKeys.self)
    _ = try answer.nestedUnkeyedContainer(forKey: .offers)
    offers = answer.readable(Offer.self, .offers)
  }
}

private enum OffersKeys: String, CodingKey { case offers }

/// An instance as show and list tell of it.
struct VastInstance: Decodable, Sendable {
  var id: String
  var state: VastState
  var label: String
  var price: Money
  var machine: String?
  var address: HostAddress?

  private enum Keys: String, CodingKey {
    case id, label, ports
    case actual = "actual_status", intended = "intended_status", current = "cur_state", price = "dph_total"
    case machine = "machine_id", publicAddress = "public_ipaddr", relayHost = "ssh_host", relayPort = "ssh_port"
  }

  private enum PortKeys: String, CodingKey { case ssh = "22/tcp" }

  private struct Binding: Decodable {
    var port: Int

    private enum Keys: String, CodingKey { case port = "HostPort" }

    init(from decoder: any Decoder) throws {
      let text = try decoder.container(keyedBy: Keys.self).identifier(.port) ?? ""
      guard let port = Int(text) else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a port"))
      }
      self.port = port
    }
  }

  /// Without its number there is no instance: a list in which one has none is not believed, so that nothing that costs
  /// money is passed over.
  init(from decoder: any Decoder) throws {
    let instance = try decoder.container(keyedBy: Keys.self)
    guard let id = instance.identifier(.id) else {
      throw DecodingError.keyNotFound(
        Keys.id, .init(codingPath: instance.codingPath, debugDescription: "an instance without a number"))
    }
    self.id = id
    state = VastState(
      actual: VastStatus(instance.text(.actual)), intended: instance.text(.intended).map { VastStatus($0) },
      holdsGPU: instance.text(.current).map { $0 == "running" })
    label = instance.text(.label) ?? ""
    price = instance.money(.price) ?? .zero
    machine = instance.identifier(.machine)
    let ports = try? instance.nestedContainer(keyedBy: PortKeys.self, forKey: .ports)
    let direct = ports?.readable(Binding.self, .ssh).first.flatMap { binding in
      Self.address(instance.text(.publicAddress), binding.port)
    }
    let relayPort = instance.identifier(.relayPort).flatMap { Int($0) }
    address = direct ?? relayPort.flatMap { Self.address(instance.text(.relayHost), $0) }
  }

  /// `nil` for what cannot be one; spaces and line ends around the host are common.
  private static func address(_ host: String?, _ port: Int) -> HostAddress? {
    let address = HostAddress(host: host?.filter { !$0.isWhitespace } ?? "", port: port)
    return (try? address.validate()).map { address }
  }

  var described: Instance {
    Instance(
      id: InstanceID(id), status: state.status, address: address, price: HourlyPrice(perHour: price),
      machine: machine.map { MachineID($0) })
  }
}

/// The answer to show; the instance is null when there is none.
struct VastShown: Decodable, Sendable {
  var instance: VastInstance?

  private enum Keys: String, CodingKey { case instances }

  init(from decoder: any Decoder) throws {
    let answer = try decoder.container(keyedBy: Keys.self)
    guard answer.contains(.instances) else {
      throw DecodingError.keyNotFound(
        Keys.instances, .init(codingPath: [], debugDescription: "an answer without an instance"))
    }
    instance = try answer.decodeIfPresent(VastInstance.self, forKey: .instances)
  }
}

/// One page of the list of instances.
struct VastPage: Decodable, Sendable {
  var instances: [VastInstance]
  /// Asks for the next page; `nil` on the last one.
  var next: String?

  private enum Keys: String, CodingKey { case instances, next = "next_token" }

  init(from decoder: any Decoder) throws {
    let answer = try decoder.container(keyedBy: Keys.self)
    instances = try answer.decode([VastInstance].self, forKey: .instances)
    next = answer.identifier(.next)
  }
}

/// The answer to create.
struct VastCreated: Decodable, Sendable {
  var contract: String?

  private enum Keys: String, CodingKey { case contract = "new_contract" }

  init(from decoder: any Decoder) throws {
    contract = try decoder.container(keyedBy: Keys.self).identifier(.contract)
  }
}

/// An offer of disk space on a machine.
struct VastVolumeOffer: Decodable, Sendable {
  var id: String

  private enum Keys: String, CodingKey { case id }

  init(from decoder: any Decoder) throws {
    let offer = try decoder.container(keyedBy: Keys.self)
    guard let id = offer.identifier(.id) else {
      throw DecodingError.keyNotFound(Keys.id, .init(codingPath: [], debugDescription: "not an offer"))
    }
    self.id = id
  }
}

/// The answer to the creation of a volume.
struct VastCreatedVolume: Decodable, Sendable {
  var id: String?

  private enum Keys: String, CodingKey {
    case id, volume = "volume_id", contract = "new_contract", name = "volume_name"
  }

  init(from decoder: any Decoder) throws {
    let answer = try decoder.container(keyedBy: Keys.self)
    let name = answer.text(.name).flatMap { $0.hasPrefix("V.") ? String($0.dropFirst(2)) : nil }
    let candidates = [answer.identifier(.volume), answer.identifier(.contract), name, answer.identifier(.id)]
    id = candidates.compactMap { $0 }.first { Int64($0) != nil }
  }
}

/// The list of volumes.
struct VastVolumes: Decodable, Sendable {
  struct Volume: Decodable, Sendable {
    var id: String
    var label: String

    private enum Keys: String, CodingKey { case id, label, name }

    /// As with instances: one without a number spoils the list.
    init(from decoder: any Decoder) throws {
      let volume = try decoder.container(keyedBy: Keys.self)
      guard let id = volume.identifier(.id) else {
        throw DecodingError.keyNotFound(
          Keys.id, .init(codingPath: volume.codingPath, debugDescription: "a volume without a number"))
      }
      self.id = id
      label = volume.text(.label) ?? volume.text(.name) ?? ""
    }
  }

  var volumes: [Volume]
}
