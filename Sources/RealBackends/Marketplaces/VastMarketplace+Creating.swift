import Failover

// Renting, and finding again what was rented.

extension VastMarketplace {
  public func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    try await rent(order, label: nil, until: deadline(timeout))
  }

  /// Looks first whether the label is in use: an earlier call whose answer was lost may have rented something.
  ///
  /// The marketplace itself allows several instances of a label, so two callers at the same moment would get two.
  public func create(
    _ order: InstanceOrder, label: String, timeout: Duration
  ) async throws(PortError) -> InstanceID {
    let deadline = deadline(timeout)
    if let existing = try await instances(until: deadline).first(where: { $0.label == label }) {
      return InstanceID(existing.id)
    }
    return try await rent(order, label: label, until: deadline)
  }

  private func rent(
    _ order: InstanceOrder, label: String?, until deadline: Deadline
  ) async throws(PortError) -> InstanceID {
    let offer = order.offer
    let what = "rent offer \(offer.id)"
    var body: [String: JSONValue] = [
      "client_id": "me", "image": .string(settings.image), "disk": .integer(settings.disk.wholeGigabytes),
      "env": .object(settings.environment.mapValues { .string($0) }), "runtype": .string(settings.launch.rawValue),
      // Rather no instance than one that waits for its GPU.
      "cancel_unavail": true, "target_state": "running",
    ]
    if let script = settings.startScript { body["onstart"] = .string(script) }
    if let label { body["label"] = .string(label) }
    // A price is a bid, and makes the instance interruptible.
    if case .interruptible = settings.rental { body["price"] = .number(offer.price.perHour.inDollars) }
    if let volume = order.volume {
      body["volume_info"] = [
        "create_new": false, "volume_id": .integer(try number(volume.rawValue, "volume \(volume)")),
        "mount_path": .string(settings.mountPath),
      ]
    }
    let call = call(.create, .put, "/api/v0/asks/\(try number(offer.id, what))/", what, body: .object(body))
    let answer: HTTPAnswer
    do throws(PortError) {
      answer = try await success(of: call, until: deadline)
    } catch {
      // An offer that is gone has been refused; a volume that is gone is not found.
      let isOffer = error.reason == .notFound && !error.detail.contains("volume")
      throw isOffer ? PortError(.refused, "\(error.detail): offer \(offer.id) is gone") : error
    }
    guard let id = try answer.decoded(VastCreated.self, call.what).contract else {
      throw PortError(.invalidAnswer, "Vast.ai: \(what): the answer names no instance: \(answer.said)")
    }
    return InstanceID(id)
  }

  /// All instances of the account, page by page.
  func instances(until deadline: Deadline) async throws(PortError) -> [VastInstance] {
    var found: [VastInstance] = []
    var seen: Set<String> = []
    var token: String?
    repeat {
      var call = call(.list, .get, "/api/v1/instances/", "list the instances")
      // The most that the marketplace gives at once.
      call.query = [("limit", "25")]
      if let token { call.query.append(("after_token", token)) }
      let page = try await success(of: call, until: deadline).decoded(VastPage.self, "Vast.ai: \(call.what)")
      found += page.instances
      token = page.next
      if let token, !seen.insert(token).inserted {
        throw PortError(.invalidAnswer, "Vast.ai: \(call.what): the pages go round in a circle")
      }
    } while token != nil
    return found
  }
}

extension VastMarketplace {
  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    let deadline = deadline(timeout)
    let instances = try await instances(until: deadline).map { (ResourceKind.instance, $0.id, $0.label) }
    let volumes = try await volumes(until: deadline).map { (ResourceKind.volume, $0.id, $0.label) }
    // What has no label was made by somebody else.
    return (instances + volumes).filter { !$0.2.isEmpty && $0.2.hasPrefix(prefix) }
      .map { OwnedResource(kind: $0.0, id: $0.1, label: $0.2) }
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    switch resource.kind {
    case .instance: try await destroy(InstanceID(resource.id), timeout: timeout)
    case .volume: try await deleteVolume(VolumeID(resource.id), timeout: timeout)
    case .machine, .snapshot: throw PortError(.refused, "Vast.ai has no \(resource.kind.rawValue) to give back")
    }
  }
}
