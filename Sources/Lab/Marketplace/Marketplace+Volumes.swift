import Foundation

extension Marketplace {
  /// The number of a machine's offer of volumes.
  public static func volumeOffer(_ machine: Int) -> Int { machine * 100 + 99 }

  func searchVolumes(_ body: JSON) -> ServerAnswer {
    let offers: [JSON] = configuration.machines.map { machine in
      [
        "id": JSON(Self.volumeOffer(machine.id)), "machine_id": JSON(machine.id), "host_id": JSON(machine.id),
        "disk_space": .number(machine.diskSpace), "storage_cost": .number(machine.storagePrice),
        "storage_cost_per_gb_month": .number(machine.storagePrice),
        "reliability2": .number(machine.reliability), "reliability": .number(machine.reliability), "verified": true,
        "verification": "verified", "external": false, "rentable": true, "rented": false, "inet_up": 1000,
        "inet_down": 1000, "disk_bw": 1000, "cuda_max_good": 12.8, "cpu_ghz": 3,
        "geolocation": .string("Lab, \(machine.country)"),
        "duration": 8_640_000, "driver_version": "570.00.00", "disk_name": "tmpfs",
      ]
    }
    do throws(OfferQuery.BadQuery) {
      return .json(["offers": .array(try OfferQuery(body).select(from: offers))])
    } catch {
      return failure(400, "invalid_args", error.description)
    }
  }

  func createVolume(_ body: JSON) async -> ServerAnswer {
    guard let offer = body["id"].integer, let size = body["size"].number, size > 0,
      let machine = configuration.machines.first(where: { Self.volumeOffer($0.id) == offer })
    else { return failure(404, "no_such_ask", "no such volume offer") }
    guard size <= machine.diskSpace else { return failure(400, "invalid_args", "size \(size) GB") }
    let id = number()
    let name = body["name"].string ?? "V.\(id)"
    var volume = Volume(
      id: id, machine: machine.id, name: name, size: size, directory: nil, created: Date(),
      meter: Meter(rate: size * machine.storagePrice / Self.hoursOfMonth))
    do throws(LabError) {
      volume.directory = try await lab?.makeVolume("volume-\(id)", size: max(1 << 20, Int64(min(size, 100_000) * 1e9)))
    } catch {
      return failure(500, "lab_error", "\(error)")
    }
    volumes[id] = volume
    return .json(["success": true, "volume_name": .string(name), "new_contract": JSON(id)])
  }

  func deleteVolume(_ id: Int) async -> ServerAnswer {
    guard let volume = volumes[id] else { return failure(404, "no_such_volume", "Volume \(id) not found.") }
    guard !instances.values.contains(where: { $0.volume == id }) else {
      return failure(400, "volume_in_use", "Volume \(id) is attached to an instance.")
    }
    volumes[id] = nil
    spent += volume.meter.total()
    return await done { () async throws(LabError) in
      if volume.directory != nil { try await lab?.removeVolume("volume-\(id)") }
    }
  }

  func row(_ volume: Volume) -> JSON {
    let country = configuration.machines.first { $0.id == volume.machine }?.country ?? "XX"
    return [
      "id": JSON(volume.id), "label": .string(volume.name), "name": .string(volume.name),
      "machine_id": JSON(volume.machine), "host_id": JSON(volume.machine), "disk_space": .number(volume.size),
      "size": .number(volume.size), "status": "created", "actual_status": "created",
      "start_date": .number(volume.created.timeIntervalSince1970), "public_ipaddr": "127.0.0.1",
      "storage_cost": .number(volume.meter.rate), "storage_total_cost": .number(volume.meter.rate),
      "instances": .array(instances.values.filter { $0.volume == volume.id }.map(\.id).sorted().map { JSON($0) }),
      "reliability2": 0.99, "verification": "verified", "geolocation": .string("Lab, \(country)"),
      "inet_up": 1000, "inet_down": 1000, "disk_bw": 1000, "duration": 8_640_000, "driver_version": "570.00.00",
      "disk_name": "tmpfs",
    ]
  }
}
