import Foundation

extension ComputeServer {
  /// Answers one request of the protocol, or one for a token.
  func answer(_ request: ServerRequest) async -> ServerAnswer {
    if faults.server.delay > .zero { try? await Task.sleep(for: faults.server.delay) }
    if let refusal = faults.server.refusal() { return refusal }
    if request.path == ["token"] { return exchange(request) }
    guard isAuthorized(request) else {
      return failure(401, "authError", "Request had invalid authentication credentials.", status: "UNAUTHENTICATED")
    }
    let answer = await dispatch(request)
    guard request.method != "GET", request.path.last != "wait" else { return answer }
    return faults.server.heard(of: answer)
  }

  func failure(_ code: Int, _ reason: String, _ message: String, status: String? = nil) -> ServerAnswer {
    var error: [String: JSON] = [
      "code": JSON(code), "message": .string(message),
      "errors": [["domain": "global", "reason": .string(reason), "message": .string(message)]],
    ]
    if let status { error["status"] = .string(status) }
    return .json(["error": .object(error)], status: code)
  }

  // MARK: Who asks

  private func exchange(_ request: ServerRequest) -> ServerAnswer {
    var form: [String: String] = [:]
    for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.replacingOccurrences(of: "+", with: " ") }
      if parts.count == 2 { form[parts[0]] = parts[1].removingPercentEncoding }
    }
    func refuse(_ error: String, _ description: String) -> ServerAnswer {
      .json(["error": .string(error), "error_description": .string(description)], status: 400)
    }
    guard request.method == "POST", form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
      return refuse("unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
    }
    let now = Date().timeIntervalSince1970
    do throws(ServiceAccount.Refusal) {
      // gcloud signs for the real one's address, wherever it then asks.
      try account.check(
        form["assertion"] ?? "", audiences: [account.tokenURL, "https://oauth2.googleapis.com/token"], now: now)
    } catch {
      return refuse("invalid_grant", error.description)
    }
    let token = "ya29.lab-" + (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
    tokens[token] = now + 3600
    return .json(["access_token": .string(token), "expires_in": 3600, "token_type": "Bearer"])
  }

  /// A token that was given out here, or an assertion that the client signed for this service itself.
  private func isAuthorized(_ request: ServerRequest) -> Bool {
    guard let token = request.bearer else { return false }
    let now = Date().timeIntervalSince1970
    if let end = tokens[token] { return end > now }
    do throws(ServiceAccount.Refusal) {
      try account.check(token, audiences: nil, now: now)
      return true
    } catch {
      return false
    }
  }

  // MARK: What is asked

  private func dispatch(_ request: ServerRequest) async -> ServerAnswer {
    // Clients that were given the address with its path add the whole path again or not at all.
    var path = request.path
    while path.first == "compute" || path.first == "v1" { path.removeFirst() }
    guard path.count >= 3, path[0] == "projects" else { return failure(404, "notFound", "no such page") }
    if path[1] != configuration.project { return images(path) ?? failure(404, "notFound", "no project \(path[1])") }
    switch (request.method, path[2]) {
    case ("GET", "aggregated") where path.last == "instances": return aggregated()
    case ("GET", "zones") where path.count == 3:
      return .json(["kind": "compute#zoneList", "items": .array(configuration.zones.map(zoneRow))])
    case (_, "zones") where path.count > 3:
      guard configuration.zones.contains(path[3]) else {
        return failure(400, "invalid", "Invalid value for field 'zone': '\(path[3])'. Unknown zone.")
      }
      return await zone(request, path[3], Array(path.dropFirst(4)))
    default: return images(path) ?? failure(404, "notFound", "no such page")
    }
  }

  private func zone(_ request: ServerRequest, _ zone: String, _ path: [String]) async -> ServerAnswer {
    let requestID = request.query["requestId"]
    if let requestID, request.method != "GET", let known = requests[requestID].flatMap({ operations[$0] }) {
      return .json(row(known))
    }
    guard let collection = path.first else { return .json(zoneRow(zone)) }
    switch (request.method, collection, path.count) {
    case ("POST", "instances", 1): return insert(zone: zone, request.json, requestID: requestID)
    case ("GET", "instances", 1):
      let items = instances.values.filter { $0.zone == zone }.sorted { $0.name < $1.name }.map(row)
      return .json(list("instanceList", items, selfLink: "zones/\(zone)/instances"))
    case (_, "instances", 2...): return instance(request, "\(zone)/\(path[1])", Array(path.dropFirst(2)))
    case ("GET", "operations", 2):
      return operations[path[1]].map { .json(row($0)) } ?? failure(404, "notFound", "no operation \(path[1])")
    case ("POST", "operations", 3) where path[2] == "wait":
      // The real one waits for two minutes at most, then answers with the operation as it is.
      for _ in 0..<12_000 where operations[path[1]]?.isDone == false {
        do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
      }
      return operations[path[1]].map { .json(row($0)) } ?? failure(404, "notFound", "no operation \(path[1])")
    case ("GET", "machineTypes", 2):
      return .json([
        "kind": "compute#machineType", "name": .string(path[1]), "guestCpus": 2, "memoryMb": 4096,
        "selfLink": .string(link("zones/\(zone)/machineTypes/\(path[1])")), "zone": .string(zone),
      ])
    default: return failure(404, "notFound", "no such page")
    }
  }

  private func instance(_ request: ServerRequest, _ key: String, _ rest: [String]) -> ServerAnswer {
    guard let instance = instances[key] else {
      let parts = key.split(separator: "/")
      let resource = "projects/\(configuration.project)/zones/\(parts[0])/instances/\(parts.last ?? "")"
      return failure(404, "notFound", "The resource '\(resource)' was not found")
    }
    let requestID = request.query["requestId"]
    switch (request.method, rest.first) {
    case ("GET", nil): return .json(row(instance))
    case ("DELETE", nil):
      instances[key]?.status = "STOPPING"
      return begin("delete", key, requestID: requestID) { server in
        try await server.delete(key)
        return nil
      }
    case ("POST", "start"):
      if instance.status == "TERMINATED" { instances[key]?.status = "STAGING" }
      let zone = instance.zone
      if faults.stockOuts.contains(zone) {
        instances[key]?.status = instance.status
        return begin("start", key, requestID: requestID) { _ in
          ("ZONE_RESOURCE_POOL_EXHAUSTED", "The zone '\(zone)' does not have enough resources available.")
        }
      }
      return begin("start", key, requestID: requestID) { server in
        try await server.run(key)
        return nil
      }
    case ("POST", "stop"):
      instances[key]?.status = "STOPPING"
      return begin("stop", key, requestID: requestID) { server in
        try await server.terminate(key)
        return nil
      }
    default: return failure(404, "notFound", "no such page")
    }
  }
}
