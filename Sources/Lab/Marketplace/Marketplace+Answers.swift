import Foundation

extension Marketplace {
  /// Answers one request of the protocol.
  func answer(_ request: ServerRequest) async -> ServerAnswer {
    if faults.server.delay > .zero { try? await Task.sleep(for: faults.server.delay) }
    if let refusal = faults.server.refusal() { return refusal }
    guard request.bearer == apiKey else {
      return failure(401, "auth_error", "Invalid user key")
    }
    guard request.path.count >= 3, request.path[0] == "api" else { return failure(404, "not_found", "no such page") }
    let answer = await dispatch(request, version: request.path[1], Array(request.path.dropFirst(2)))
    guard request.method != "GET", request.path[2] != "bundles" else { return answer }
    return faults.server.heard(of: answer)
  }

  func failure(_ status: Int, _ error: String, _ message: String) -> ServerAnswer {
    .json(["success": false, "error": .string(error), "msg": .string(message)], status: status)
  }

  private func dispatch(_ request: ServerRequest, version: String, _ path: [String]) async -> ServerAnswer {
    let number = path.count > 1 ? Int(path[path.count - 1]) : nil
    /// The answer, unless the endpoint was called a moment ago.
    func paced(_ endpoint: String, _ answer: () async -> ServerAnswer) async -> ServerAnswer {
      guard limiter.admits(endpoint) else { return ServerFaults.tooMany }
      return await answer()
    }
    switch (request.method, path[0], path.count) {
    case ("POST", "bundles", 1): return search(request.json)
    case ("PUT", "asks", 2): return await paced("create") { create(number ?? -1, request.json) }
    case ("GET", "instances", 1):
      return await paced("list") { version == "v1" ? page(request.query) : .json(["instances": .array(rows)]) }
    case ("GET", "instances", 2):
      return await paced("show") { .json(["instances": number.flatMap { row($0) } ?? .null]) }
    case ("PUT", "instances", 3) where path[1] == "bid_price":
      return await paced("bid") { await bid(number ?? -1, request.json) }
    case ("PUT", "instances", 2): return await paced("change") { await change(number ?? -1, request.json) }
    case ("DELETE", "instances", 2):
      return await paced("destroy") {
        guard let number, instances[number] != nil else {
          return failure(404, "no_such_instance", "Instance \(path[1]) not found.")
        }
        return await done { () async throws(LabError) in try await destroy(number) }
      }
    case ("POST", "volumes", 2) where path[1] == "search": return await paced("volumes") { searchVolumes(request.json) }
    case ("PUT", "volumes", 1): return await paced("volumes") { await createVolume(request.json) }
    case ("GET", "volumes", 1):
      return await paced("volumes") {
        .json(["volumes": .array(volumes.values.sorted { $0.id < $1.id }.map(row))])
      }
    case ("DELETE", "volumes", 1):
      return await paced("volumes") { await deleteVolume(request.query["id"].flatMap { Int($0) } ?? -1) }
    default: return failure(404, "not_found", "no such page")
    }
  }

  /// Carries something out that has no other answer than that it succeeded.
  func done(_ work: () async throws(LabError) -> Void) async -> ServerAnswer {
    do throws(LabError) {
      try await work()
      return .json(["success": true])
    } catch {
      return failure(500, "lab_error", "\(error)")
    }
  }

  // MARK: Offers

  private func search(_ body: JSON) -> ServerAnswer {
    let isBid = body["type"].string == "bid" || body["type"].string == "interruptible"
    let disk = body["allocated_storage"].number ?? 5
    let offers = configuration.machines.flatMap { machine in
      (0..<machine.gpuCount).map { offer(machine, $0, isBid: isBid, disk: disk) }
    }
    do throws(OfferQuery.BadQuery) {
      return .json(["offers": .array(try OfferQuery(body).select(from: offers))])
    } catch {
      return failure(400, "invalid_args", error.description)
    }
  }

  private func offer(_ machine: MarketplaceMachine, _ gpu: Int, isBid: Bool, disk: Double) -> JSON {
    let id = Self.offer(machine.id, gpu)
    let isRented = instances.values.contains { $0.offer == id }
    let minimum = minimumBids[id] ?? machine.minimumBid
    let price = isBid ? minimum : machine.price
    let storage = disk * machine.storagePrice / Self.hoursOfMonth
    return [
      "id": JSON(id), "ask_contract_id": JSON(id), "bundle_id": JSON(id), "machine_id": JSON(machine.id),
      "host_id": JSON(machine.id), "gpu_name": .string(machine.gpuName), "num_gpus": 1, "gpu_frac": .number(
        1 / Double(machine.gpuCount)), "gpu_ram": 24576, "gpu_total_ram": 24576, "cpu_ram": 65536, "cpu_cores": 16,
      "cpu_cores_effective": 16, "cuda_max_good": 12.8, "compute_cap": 890, "disk_space": .number(machine.diskSpace),
      "disk_bw": 1000, "disk_name": "tmpfs", "inet_up": 1000, "inet_down": 1000, "inet_up_cost": 0, "inet_down_cost": 0,
      "reliability": .number(machine.reliability), "reliability2": .number(machine.reliability), "verified": true,
      "verification": "verified", "external": false, "rentable": .bool(!isRented), "rented": .bool(isRented),
      "dph_base": .number(price), "dph_total": .number(price + storage), "storage_cost": .number(machine.storagePrice),
      "storage_total_cost": .number(storage), "min_bid": .number(minimum), "is_bid": .bool(isBid),
      "score": .number(machine.reliability / price), "dlperf": 100, "dlperf_per_dphtotal": .number(100 / price),
      "total_flops": 82, "flops_per_dphtotal": .number(82 / price), "duration": 8_640_000,
      "geolocation": .string("Lab, \(machine.country)"),
      "static_ip": true, "direct_port_count": 100, "public_ipaddr": "127.0.0.1", "driver_version": "570.00.00",
      "pcie_bw": 25, "gpu_mem_bw": 1000, "mobo_name": "lab", "cpu_name": "lab", "cpu_ghz": 3,
    ]
  }

  // MARK: Instances

  private func create(_ offer: Int, _ body: JSON) -> ServerAnswer {
    guard let machine = machine(ofOffer: offer) else {
      return failure(404, "no_such_ask", "Instance type by id \(offer) is not available.")
    }
    guard !faults.vanishedOffers.contains(offer), !instances.values.contains(where: { $0.offer == offer }) else {
      return failure(410, "no_such_ask", "Instance type by id \(offer) is not available.")
    }
    guard !faults.refusesCreate else {
      return failure(400, "insufficient_credit", "Your account lacks credit; see the billing page.")
    }
    let wantsVolume = body["volume_info"]
    var volume: Int?
    if wantsVolume.object != nil {
      volume = (wantsVolume["volume_id"].integer ?? wantsVolume["id"].integer)
      if wantsVolume["create_new"].bool == true {
        return failure(400, "invalid_args", "make the volume first, then the instance")
      }
      guard let known = volume.flatMap({ volumes[$0] }), known.machine == machine.id else {
        return failure(400, "invalid_args", "no such volume on machine \(machine.id)")
      }
    }
    let disk = body["disk"].number ?? 10
    guard disk > 0, disk <= machine.diskSpace else { return failure(400, "invalid_args", "disk \(disk) GB") }
    let id = number()
    var instance = Instance(
      id: id, offer: offer, label: body["label"].string, bid: body["price"].number, gpuPrice: machine.price,
      diskSpace: disk, image: body["image"].string ?? "", onStart: body["onstart"].string,
      environment: body["env"], volume: volume, mountPath: wantsVolume["mount_path"].string, created: Date(),
      intended: body["target_state"].string == "stopped" ? "stopped" : "running", meter: Meter(rate: 0))
    // Who bids too little, or wants it stopped, has it all the same.
    if instance.intended == "stopped" || !wins(instance) {
      if body["cancel_unavail"].bool == true, !wins(instance) {
        return failure(400, "bid_too_low", "the bid is below the lowest, \(minimumBids[offer] ?? 0)")
      }
      instance.status = "stopped"
    }
    instances[id] = instance
    setRate(id)
    if instance.status == nil { boot(id) }
    return .json(["success": true, "new_contract": JSON(id)])
  }

  private func change(_ id: Int, _ body: JSON) async -> ServerAnswer {
    guard instances[id] != nil else { return failure(404, "no_such_instance", "Instance \(id) not found.") }
    if let label = body["label"].string { instances[id]?.label = label }
    guard let state = body["state"].string else { return .json(["success": true]) }
    guard state == "running" || state == "stopped" else { return failure(400, "invalid_args", "state \(state)") }
    instances[id]?.intended = state
    return await done { () async throws(LabError) in try await settle(id) }
  }

  private func bid(_ id: Int, _ body: JSON) async -> ServerAnswer {
    guard let instance = instances[id] else { return failure(404, "no_such_instance", "Instance \(id) not found.") }
    guard instance.bid != nil, let price = body["price"].number, price > 0 else {
      return failure(400, "invalid_args", "only an interruptible instance has a price, and it is above 0")
    }
    instances[id]?.bid = price
    setRate(id)
    return await done { () async throws(LabError) in try await settle(id) }
  }

  private var rows: [JSON] { instances.keys.sorted().compactMap { row($0) } }

  /// A page of the list: at most 25, after the one that the token names.
  private func page(_ query: [String: String]) -> ServerAnswer {
    let limit = min(25, max(1, query["limit"].flatMap { Int($0) } ?? 25))
    let token = query["after_token"].flatMap { Int($0) } ?? 0
    let all = rows
    let rest = all.filter { ($0["id"].integer ?? 0) > token }
    let page = Array(rest.prefix(limit))
    let next: JSON = rest.count > limit ? .string("\(page.last?["id"].integer ?? 0)") : .null
    return .json(["instances": .array(page), "next_token": next, "total_instances": JSON(all.count), "success": true])
  }

  private func row(_ id: Int) -> JSON? {
    guard let instance = instances[id], let machine = machine(ofOffer: instance.offer) else { return nil }
    let isRunning = instance.status == "running"
    let gpu = instance.bid ?? instance.gpuPrice
    // Without a lab there is no host; the address of nothing.
    let address = instance.host?.address ?? "127.0.0.1"
    let port = instance.host?.port ?? 9
    var row: [String: JSON] = [
      "id": JSON(id), "machine_id": JSON(machine.id), "host_id": JSON(machine.id), "label": JSON(instance.label),
      "actual_status": JSON(instance.status), "intended_status": .string(instance.intended),
      "cur_state": .string(instance.status == "stopped" ? "stopped" : "running"),
      "next_state": .string(instance.intended), "status_msg": .string(instance.message),
      "gpu_name": .string(machine.gpuName), "num_gpus": 1, "gpu_ram": 24576, "gpu_totalram": 24576, "gpu_util": 0,
      "cpu_util": 0, "cpu_ram": 65536, "cpu_cores": 16, "cpu_cores_effective": 16, "mem_limit": 64,
      "disk_space": .number(instance.diskSpace), "disk_util": 0, "inet_up": 1000, "inet_down": 1000, "inet_up_cost": 0,
      "inet_down_cost": 0, "reliability2": .number(machine.reliability), "dph_base": .number(gpu),
      "dph_total": .number(gpu + storageRate(instance)), "storage_cost": .number(machine.storagePrice),
      "storage_total_cost": .number(storageRate(instance)), "min_bid": .number(minimumBids[instance.offer] ?? 0),
      "is_bid": .bool(instance.bid != nil), "image_uuid": .string(instance.image), "image_args": [],
      "image_runtype": "ssh", "extra_env": pairs(instance.environment), "onstart": JSON(instance.onStart),
      "start_date": .number(instance.created.timeIntervalSince1970), "end_date": nil, "duration": nil,
      "public_ipaddr": .string(address), "ssh_host": .string(address), "ssh_port": JSON(port), "ports": [:],
      "direct_port_count": 100, "verification": "verified", "geolocation": .string("Lab, \(machine.country)"),
      "template_id": nil,
      "volume_info": instance.volume.map { ["volume_id": JSON($0), "mount_path": JSON(instance.mountPath)] } ?? .null,
    ]
    if isRunning {
      row["ports"] = ["22/tcp": [["HostIp": "0.0.0.0", "HostPort": .string("\(port)")]]]
    }
    return .object(row)
  }

  /// A list of [name, value], as the list of instances has the environment.
  private func pairs(_ environment: JSON) -> JSON {
    .array((environment.object ?? [:]).sorted { $0.key < $1.key }.map { .array([.string($0.key), $0.value]) })
  }
}
