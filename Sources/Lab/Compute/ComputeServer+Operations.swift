import Foundation

extension ComputeServer {
  /// Begins an operation and carries it out beside the calls.
  func begin(
    _ kind: String, _ key: String, requestID: String?,
    _ steps: @escaping @Sendable (isolated ComputeServer) async throws -> (code: String, message: String)?
  ) -> ServerAnswer {
    let number = number()
    let zone = String(key.prefix { $0 != "/" })
    let operation = Operation(
      name: "operation-\(number)", number: number, kind: kind, zone: zone,
      target: String(key.dropFirst(zone.count + 1)), targetNumber: instances[key]?.number ?? 0, created: Date())
    operations[operation.name] = operation
    if let requestID { requests[requestID] = operation.name }
    let duration = configuration.operationTime
    work.append(
      Task {
        var failure: (code: String, message: String)?
        do {
          try await Task.sleep(for: duration)
          failure = try await steps(self)
        } catch {
          failure = ("INTERNAL_ERROR", "\(error)")
        }
        operations[operation.name]?.error = failure
        operations[operation.name]?.isDone = true
      })
    return .json(row(operation))
  }

  func insert(zone: String, _ body: JSON, requestID: String?) -> ServerAnswer {
    guard let name = body["name"].string, isName(name) else {
      return failure(400, "invalid", "Invalid value for field 'resource.name': '\(body["name"].string ?? "")'.")
    }
    let key = "\(zone)/\(name)"
    guard instances[key] == nil else {
      let resource = "projects/\(configuration.project)/zones/\(zone)/instances/\(name)"
      return failure(409, "alreadyExists", "The resource '\(resource)' already exists")
    }
    guard let machineType = body["machineType"].string, !machineType.isEmpty else {
      return failure(400, "required", "Required field 'resource.machineType' not specified")
    }
    // A disk without a size has what its image has; test hosts take memory only for what is written.
    let disk = body["disks"].array?.first?["initializeParams"]["diskSizeGb"].number ?? 10
    if faults.stockOuts.contains(zone) {
      return begin("insert", key, requestID: requestID) { _ in
        (
          "ZONE_RESOURCE_POOL_EXHAUSTED",
          "The zone '\(zone)' does not have enough resources available to fulfill the request."
        )
      }
    }
    instances[key] = Instance(
      number: number(), name: name, zone: zone, request: body, diskSize: disk, status: "PROVISIONING", created: Date(),
      meter: Meter(rate: disk * configuration.storagePrice / Marketplace.hoursOfMonth))
    return begin("insert", key, requestID: requestID) { server in
      try await server.run(key)
      return nil
    }
  }

  /// An instance runs from now on, and its host boots.
  func run(_ key: String) async throws {
    guard let instance = instances[key] else { return }
    instances[key]?.status = "RUNNING"
    let storage = instance.diskSize * configuration.storagePrice / Marketplace.hoursOfMonth
    instances[key]?.meter.setRate(configuration.price + storage)
    guard let lab, !faults.neverBoots else { return }
    var host = instance.host
    if host == nil {
      let script = (instance.request["metadata"]["items"].array ?? [])
        .first { $0["key"] == "startup-script" }?["value"].string
      let onStart = [configuration.onStart, script].compactMap { $0 }.joined(separator: "\n")
      let made = try await lab.addHost(
        LabHostConfiguration(
          // Names may be used again when the instance is gone, in a lab too.
          name: "vm-\(instance.number)", diskSize: max(1 << 20, Int64(min(instance.diskSize, 100_000) * 1e9)),
          workspace: configuration.workspace, bootTime: configuration.bootTime, link: configuration.link,
          onStart: onStart.isEmpty ? nil : onStart))
      for (name, contents) in configuration.files { try await made.install(name, contents, isExecutable: true) }
      guard instances[key]?.number == instance.number else { return try await lab.remove(made) }
      instances[key]?.host = made
      host = made
    }
    // RUNNING says that the machine is on, not that it has booted.
    work.append(Task { try? await host?.powerOn() })
  }

  /// Stops an instance and keeps its disk.
  func terminate(_ key: String) async throws(LabError) {
    guard let instance = instances[key] else { return }
    instances[key]?.status = "TERMINATED"
    instances[key]?.meter.setRate(instance.diskSize * configuration.storagePrice / Marketplace.hoursOfMonth)
    try await instance.host?.powerOff()
  }

  func delete(_ key: String) async throws(LabError) {
    guard let instance = instances.removeValue(forKey: key) else { return }
    spent += instance.meter.total()
    if let lab, let host = instance.host { try await lab.remove(host) }
  }

  /// RFC 1035, as the real one asks for.
  private func isName(_ name: String) -> Bool {
    name.utf8.count <= 63 && name.first?.isLetter == true && name.last != "-"
      && name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-")
      }
  }
}
