import Foundation
import Lab
import Testing

/// The marketplace as a plain client sees it.
private struct Client {
  var market: Marketplace

  /// Status and body.
  func call(
    _ method: String, _ path: String, _ body: String = "{}", key: String? = nil
  ) async throws -> (Int, [String: Any]) {
    let outcome = try await bash(
      "curl -s -g -w '\\n%{http_code}' -X \"$1\" -H \"Authorization: Bearer $4\" --data \"$3\" \"$2\"",
      method, market.url + path, body, key ?? market.apiKey)
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.dropLast().joined(separator: "\n")
    let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return (Int(lines.last ?? "") ?? 0, value ?? ["text": text])
  }

  func create(_ offer: Int, _ body: String = "{}") async throws -> Int {
    let (status, answer) = try await call("PUT", "/api/v0/asks/\(offer)/", body)
    #expect(status == 200, "\(answer)")
    return try #require(answer["new_contract"] as? Int)
  }

  func show(_ id: Int) async throws -> [String: Any]? {
    try await call("GET", "/api/v0/instances/\(id)/?owner=me").1["instances"] as? [String: Any]
  }

  func status(_ id: Int) async throws -> String? { try await show(id)?["actual_status"] as? String }
}

private func withMarket<Value>(
  _ configuration: MarketplaceConfiguration, lab: Lab? = nil, _ body: (Marketplace, Client) async throws -> Value
) async throws -> Value {
  let market = try await Marketplace.start(configuration, lab: lab)
  do {
    let value = try await body(market, Client(market: market))
    await market.stop()
    return value
  } catch {
    await market.stop()
    throw error
  }
}

private func quick(_ machines: [MarketplaceMachine] = [MarketplaceMachine(id: 1), MarketplaceMachine(id: 2)])
  -> MarketplaceConfiguration
{ MarketplaceConfiguration(machines: machines, bootTime: .milliseconds(200), pacing: 0) }

@Suite struct MarketplaceTests {
  @Test(arguments: [
    (#"{}"#, [100, 101, 200, 300]), (#"{"gpu_name": {"eq": "A100"}}"#, [300]),
    (#"{"gpu_name": {"neq": "A100"}, "limit": 2}"#, [100, 101]),
    (#"{"dph_total": {"lt": 0.45}, "allocated_storage": 0}"#, [100, 101]),
    (#"{"dph_total": {"gte": 0.5}, "allocated_storage": 0, "order": [["dph_total", "desc"]]}"#, [300, 200]),
    (#"{"machine_id": {"in": [1, 3]}, "order": [["dph_total", "desc"]]}"#, [300, 100, 101]),
    (#"{"machine_id": {"notin": [1, 3]}}"#, [200]), (#"{"reliability": {"gt": 0.99}}"#, []),
    (#"{"type": "bid", "dph_base": {"lte": 0.1}}"#, [300]),
  ])
  func `a search finds what its operators say, in its order`(search: String, offers: [Int]) async throws {
    let machines = [
      MarketplaceMachine(id: 1, gpuCount: 2, price: 0.4), MarketplaceMachine(id: 2, price: 0.5),
      MarketplaceMachine(id: 3, gpuName: "A100", price: 1, minimumBid: 0.1),
    ]
    try await withMarket(quick(machines)) { _, client in
      let (status, answer) = try await client.call("POST", "/api/v0/bundles/", search)
      #expect(status == 200)
      #expect((answer["offers"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == offers)
      #expect(try await client.call("POST", "/api/v0/bundles/", #"{"id": {"like": 1}}"#).0 == 400)
    }
  }

  @Test func `an instance goes through its statuses, and an outbid one is stopped until its bid wins`() async throws {
    try await withMarket(quick()) { market, client in
      let id = try await client.create(100, #"{"price": 0.25, "label": "mine"}"#)
      var seen: [String?] = []
      while seen.last != "running", seen.count < 1000 {
        let status = try await client.status(id)
        if seen.isEmpty || seen.last != status { seen.append(status) }
      }
      let order: [String?] = [nil, "created", "loading", "running"]
      #expect(seen.last == "running" && seen == order.filter { seen.contains($0) })
      try await market.interrupt(id)
      #expect(try await client.status(id) == "stopped")
      #expect(try await client.show(id)?["intended_status"] as? String == "running")
      let bid = #"{"client_id": "me", "price": 0.6}"#
      #expect(try await client.call("PUT", "/api/v0/instances/bid_price/\(id)/", bid).0 == 200)
      while try await client.status(id) != "running" { try await Task.sleep(for: .milliseconds(10)) }
      #expect(await market.cost > 0)
      #expect(try await client.call("DELETE", "/api/v0/instances/\(id)/").0 == 200)
      #expect(try await client.show(id) == nil)
      #expect(await market.existing.isEmpty)
    }
  }

  @Test func `the same label twice makes two, and a rented offer is gone`() async throws {
    try await withMarket(quick()) { market, client in
      _ = try await client.create(100, #"{"label": "same"}"#)
      _ = try await client.create(200, #"{"label": "same"}"#)
      #expect(await market.existing.map(\.label) == ["same", "same"])
      #expect(try await client.call("PUT", "/api/v0/asks/100/").0 == 410)
      let (status, answer) = try await client.call("PUT", "/api/v0/asks/999/")
      #expect(status == 404 && answer["error"] as? String == "no_such_ask")
    }
  }

  @Test func `the list comes in pages`() async throws {
    try await withMarket(quick([MarketplaceMachine(id: 1, gpuCount: 30)])) { _, client in
      for gpu in 0..<30 { _ = try await client.create(100 + gpu) }
      var count = 0
      var token = ""
      repeat {
        let answer = try await client.call("GET", "/api/v1/instances/?limit=25" + token).1
        count += (answer["instances"] as? [Any])?.count ?? 0
        token = (answer["next_token"] as? String).map { "&after_token=\($0)" } ?? ""
      } while !token.isEmpty
      #expect(count == 30)
      #expect((try await client.call("GET", "/api/v0/instances/").1["instances"] as? [Any])?.count == 30)
    }
  }

  @Test func `faults show as they do on the real one`() async throws {
    try await withMarket(quick()) { market, client in
      var faults = MarketplaceFaults()
      faults.vanishedOffers = [100]
      faults.server.tooManyRequests = 1
      await market.setFaults(faults)
      let (status, answer) = try await client.call("POST", "/api/v0/bundles/")
      #expect(status == 429 && answer["text"] as? String == "Too Many Requests")
      #expect(try await client.call("PUT", "/api/v0/asks/100/").0 == 410)
      faults = MarketplaceFaults()
      faults.refusesCreate = true
      await market.setFaults(faults)
      #expect(try await client.call("PUT", "/api/v0/asks/100/").0 == 400)
      faults = MarketplaceFaults()
      faults.server.htmlAnswers = 1
      await market.setFaults(faults)
      #expect(try await client.call("POST", "/api/v0/bundles/").0 == 502)
      faults = MarketplaceFaults()
      faults.server.lostAnswers = 1
      await market.setFaults(faults)
      #expect(try await client.call("PUT", "/api/v0/asks/100/").0 == 502)
      #expect(await market.existing.count == 1)
      #expect(try await client.call("POST", "/api/v0/bundles/", key: "wrong").0 == 401)
    }
  }

  @Test func `calls of one endpoint must be apart`() async throws {
    var configuration = quick()
    configuration.pacing = 1000
    try await withMarket(configuration) { _, client in
      _ = try await client.create(100)
      #expect(try await client.call("PUT", "/api/v0/asks/200/").0 == 429)
      // Another endpoint has its own pace.
      #expect(try await client.call("GET", "/api/v0/instances/").0 == 200)
    }
  }

  @Test(.needsHosts) func `instances are hosts that share a volume, which outlives them`() async throws {
    try await withLab([]) { lab, _ in
      try await withMarket(quick([MarketplaceMachine(id: 1, gpuCount: 2)]), lab: lab) { market, client in
        let volume = try #require(
          try await client.call(
            "PUT", "/api/v0/volumes/", #"{"id": \#(Marketplace.volumeOffer(1)), "size": 1, "name": "data"}"#
          ).1["new_contract"] as? Int)
        let info = #"{"volume_info": {"volume_id": \#(volume), "mount_path": "/data", "create_new": false}, "disk": 1}"#
        let ids = [try await client.create(100, info), try await client.create(101, info)]
        for id in ids {
          while try await client.status(id) != "running" { try await Task.sleep(for: .milliseconds(10)) }
        }
        let ports = try #require(try await client.show(ids[0])?["ports"] as? [String: [[String: String]]])
        #expect(ports["22/tcp"]?.first?["HostPort"] == "22")
        let first = try #require(await market.host(of: ids[0]))
        let second = try #require(await market.host(of: ids[1]))
        #expect(try await client.show(ids[0])?["public_ipaddr"] as? String == first.address)
        #expect(try await lab.ssh(first, "echo shared >/data/file").exitCode == 0)
        #expect(try await lab.ssh(second, "cat /data/file").output == "shared\n")
        #expect(try await client.call("DELETE", "/api/v0/volumes/?id=\(volume)").0 == 400)
        for id in ids { #expect(try await client.call("DELETE", "/api/v0/instances/\(id)/").0 == 200) }
        #expect(try await connect(first) == .unreachable)
        let third = try await client.create(100, info)
        while try await client.status(third) != "running" { try await Task.sleep(for: .milliseconds(10)) }
        let host = try #require(await market.host(of: third))
        #expect(try await lab.ssh(host, "cat /data/file").output == "shared\n")
        #expect(try await client.call("DELETE", "/api/v0/instances/\(third)/").0 == 200)
        #expect(try await client.call("DELETE", "/api/v0/volumes/?id=\(volume)").0 == 200)
        #expect(await market.existingVolumes.isEmpty)
      }
    }
  }

  @Test(.needs(Tools.vastai)) func `the vendor's command line drives it`() async throws {
    try await withMarket(quick()) { market, _ in
      func vastai(_ command: String) async throws -> Outcome {
        try await bash(
          "\(Tools.vastai) \(command) --url \(market.url) --api-key \(market.apiKey)",
          environment: ["VASTAI_NO_UPDATE_CHECK": "1", "HOME": NSTemporaryDirectory()])
      }
      let search = try await vastai("search offers 'num_gpus=1' -o dph_total --raw")
      #expect(search.output.contains("RTX 4090") && search.output.contains(#""machine_id": 2"#), "\(search)")
      let create = try await vastai("create instance 100 --image debian:12 --disk 10 --ssh --label cli --raw")
      #expect(create.output.contains("new_contract"), "\(create)")
      let id = try #require(await market.existing.first?.id)
      #expect(await market.existing.first?.label == "cli")
      let list = try await vastai("show instances --raw")
      #expect(list.output.contains("\(id)"), "\(list)")
      let show = try await vastai("show instance \(id) --raw")
      #expect(show.output.contains(#""machine_id": 1"#), "\(show)")
      let destroy = try await vastai("destroy instance \(id) -y")
      #expect(await market.existing.isEmpty, "\(destroy)")
    }
  }
}
