import Failover

extension GoogleComputeProvider {
  public func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    let label = "failover-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    return try await create(machine, label: label, timeout: timeout)
  }

  /// The label makes the name, and Compute Engine has every name once: a second call, at the same moment too, gets the
  /// machine of the first, which is started if it has stopped meanwhile.
  ///
  /// - Throws: `.refused` when the zone has no machine left, a quota is used up, or somebody else has the name.
  public func create(
    _ machine: StandbyMachine, label: String, timeout: Duration
  ) async throws(PortError) -> Instance {
    let deadline = deadline(timeout)
    let name = GoogleInstanceName.name(for: label)
    let what = "create \(name), \(machine.machineType)"
    let call = call(
      .post, "\(zonePath)/instances", what, body: try description(of: machine, name: name, label: label))
    let answer = try await answer(to: call, until: deadline)
    var isTaken = answer.status == 409
    if !isTaken {
      let begun = try Self.checked(answer, "Google: \(what)").decoded(GoogleOperation.self, "Google: \(what)")
      let failure = try await ended(begun, what, until: deadline).failure
      isTaken = failure?.code == "RESOURCE_ALREADY_EXISTS"
      if let failure, !isTaken { throw failure.error("Google: \(what)") }
    }
    if isTaken {
      let existing = try await settled(name, until: deadline)
      guard existing.label == label else {
        throw PortError(.refused, "Google: \(what): the name is in use by a machine that is not ours")
      }
      if existing.status != .running { try await begin(name, until: deadline) }
    }
    return try await running(name, until: deadline).described
  }

  private func description(
    of machine: StandbyMachine, name: String, label: String
  ) throws(PortError) -> JSONValue {
    let type = machine.machineType
    guard !type.isEmpty, type.utf8.allSatisfy(GoogleSettings.isNameByte) else {
      throw PortError(.refused, "Google: not a type of machine: \(ProgramFailure.printable(type))")
    }
    var source: [String: JSONValue] = ["sourceImage": .string(settings.image)]
    // Compute Engine writes 64-bit numbers as text. Without a size the disk is as large as the image.
    if machine.disk > .zero { source["diskSizeGb"] = .string(String(machine.disk.wholeGigabytes)) }
    var interface: [String: JSONValue] = ["network": .string(settings.network)]
    if settings.hasPublicAddress {
      interface["accessConfigs"] = [["type": "ONE_TO_ONE_NAT", "name": "External NAT"]]
    }
    var notes: [(String, String)] = [
      (GoogleInstance.Note.label, label),
      (GoogleInstance.Note.price, String(machine.price.perHour.nanodollars)),
    ]
    if let key = settings.sshKey { notes.append(("ssh-keys", "\(key.user):\(key.publicKey)")) }
    var body: [String: JSONValue] = [
      "name": .string(name),
      "machineType": .string("zones/\(settings.zone)/machineTypes/\(type)"),
      "disks": [["boot": true, "autoDelete": true, "initializeParams": .object(source)]],
      "networkInterfaces": [.object(interface)],
      "labels": ["failover": .string(name)],
      "metadata": [
        "items": .array(notes.map { ["key": .string($0.0), "value": .string($0.1)] })
      ],
    ]
    if machine.isSpot {
      // Stopped rather than deleted, so that the copy on its disk stays.
      body["scheduling"] = [
        "provisioningModel": "SPOT", "instanceTerminationAction": "STOP", "automaticRestart": false,
      ]
    }
    return .object(body)
  }
}

extension GoogleComputeProvider {
  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    let deadline = deadline(timeout)
    var found: [OwnedResource] = []
    var seen: Set<String> = []
    var token: String?
    repeat {
      var call = call(.get, "\(zonePath)/instances", "list the machines")
      // The most that Compute Engine gives at once.
      call.query = [("maxResults", "500")]
      if let token { call.query.append(("pageToken", token)) }
      let page = try await success(of: call, until: deadline).decoded(GooglePage.self, "Google: \(call.what)")
      for machine in page.machines {
        guard let label = machine.label, label.hasPrefix(prefix) else { continue }
        found.append(OwnedResource(kind: .machine, id: machine.name, label: label))
      }
      token = page.next
      if let token, !seen.insert(token).inserted {
        throw PortError(.invalidAnswer, "Google: \(call.what): the pages go round in a circle")
      }
    } while token != nil
    return found
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    guard resource.kind == .machine else {
      throw PortError(.refused, "Google has no \(resource.kind.rawValue) to give back")
    }
    try await delete(InstanceID(resource.id), timeout: timeout)
  }
}
