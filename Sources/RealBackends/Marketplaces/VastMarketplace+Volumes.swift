import Failover

// Disk space on machines. A volume is rented by an offer, as an instance is; its name is its label.

extension VastMarketplace {
  public func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    // By a name of its own it can be found should the answer not tell its number.
    let name = "volume-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    return try await rentVolume(size, on: machine, label: name, until: deadline(timeout))
  }

  /// Looks first whether the label is in use, as `create` does.
  public func createVolume(
    size: ByteCount, on machine: MachineID, label: String, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    let deadline = deadline(timeout)
    if let existing = try await volumes(until: deadline).first(where: { $0.label == label }) {
      return VolumeID(existing.id)
    }
    return try await rentVolume(size, on: machine, label: label, until: deadline)
  }

  private func rentVolume(
    _ size: ByteCount, on machine: MachineID, label: String, until deadline: Deadline
  ) async throws(PortError) -> VolumeID {
    let what = "create a volume of \(size) on machine \(machine)"
    let gigabytes = size.wholeGigabytes
    let search = call(
      .searchVolumes, .post, "/api/v0/volumes/search/", "search for space on machine \(machine)",
      body: [
        "machine_id": ["eq": .integer(try number(machine.rawValue, what))], "disk_space": ["gte": .integer(gigabytes)],
        "order": [["storage_cost", "asc"]], "limit": 8, "allocated_storage": .integer(gigabytes),
      ])
    let found = try await success(of: search, until: deadline).decoded(
      VastOffers<VastVolumeOffer>.self, "Vast.ai: \(search.what)")
    guard let offer = found.offers.first else {
      throw PortError(.refused, "Vast.ai: \(what): the machine offers no such space")
    }
    let creation = call(
      .createVolume, .put, "/api/v0/volumes/", what,
      body: ["size": .integer(gigabytes), "id": .integer(try number(offer.id, what)), "name": .string(label)])
    let answer: HTTPAnswer
    do throws(PortError) {
      answer = try await success(of: creation, until: deadline)
    } catch {
      throw error.reason == .notFound ? PortError(.refused, "\(error.detail): the offer is gone") : error
    }
    if let id = try answer.decoded(VastCreatedVolume.self, "Vast.ai: \(what)").id { return VolumeID(id) }
    guard let volume = try await volumes(until: deadline).first(where: { $0.label == label }) else {
      throw PortError(.invalidAnswer, "Vast.ai: \(what): the volume is not in the list")
    }
    return VolumeID(volume.id)
  }

  public func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    let what = "delete volume \(id)"
    var call = call(.deleteVolume, .delete, "/api/v0/volumes/", what, body: [:])
    call.query = [("id", String(try number(id.rawValue, what)))]
    try await ignoringAbsence { () throws(PortError) in
      _ = try await success(of: call, until: deadline(timeout))
    }
  }

  /// All volumes of the account.
  func volumes(until deadline: Deadline) async throws(PortError) -> [VastVolumes.Volume] {
    var call = call(.listVolumes, .get, "/api/v0/volumes", "list the volumes")
    call.query = [("owner", "me"), ("type", "all_volume")]
    return try await success(of: call, until: deadline).decoded(VastVolumes.self, "Vast.ai: \(call.what)").volumes
  }
}
