import Failover
import Foundation
import Testing

@testable import RealBackends

/// What is sent to Vast.ai, and what its answers become.
@Suite struct VastMarketplaceTests {
  private let clock = FakeClock()
  private let wait = Duration.seconds(100)
  private let id = InstanceID("42")
  private let order = InstanceOrder(
    Offer(id: "7", gpuName: "RTX 4090", memory: .gigabytes(64), price: HourlyPrice(perHour: .cents(36)), region: "TH"))

  private func market(_ transport: ScriptedTransport) throws -> VastMarketplace {
    try market(VastSettings(image: "vastai/pytorch"), transport)
  }

  private func market(_ settings: VastSettings, _ transport: ScriptedTransport) throws -> VastMarketplace {
    try VastMarketplace(
      apiKey: Secret("key"), settings: settings, transport: transport, clock: clock,
      jitter: ConstantJitter(value: 0))
  }

  private func answering(_ answer: HTTPAnswer) -> ScriptedTransport { ScriptedTransport { _, _ in answer } }

  // MARK: Search

  private static let offers = """
    {"offers": [
      {"id": 1, "machine_id": 10, "gpu_name": "RTX 4090", "cpu_ram": 64000, "dph_total": 0.45, "min_bid": 0.2,
       "geolocation": "Thailand, TH", "verification": "verified"},
      {"id": 2, "machine_id": 11, "gpu_name": "RTX 4090", "cpu_ram": 64000.5, "dph_total": 0.3, "min_bid": 0.1333,
       "geolocation": "Germany, DE", "verification": "unverified"},
      {"id": 3, "machine_id": 12, "gpu_name": "RTX 3090", "cpu_ram": 4000, "dph_total": 0.1, "min_bid": 0.05,
       "geolocation": "Japan, JP", "verification": "verified"},
      {"id": 4, "machine_id": 13, "dph_total": "no number"}, null, 5,
      {"id": 6, "machine_id": 14, "gpu_name": "RTX 4090", "cpu_ram": 64000, "dph_total": 0.51, "min_bid": 0.5,
       "geolocation": "TH", "verification": "verified"}
    ]}
    """
  private let query = OfferQuery(
    minimumMemory: .gigabytes(8), maximumPrice: HourlyPrice(perHour: .cents(50)), regions: ["TH", "EU"],
    gpuNames: ["RTX_4090"])

  @Test func `a search asks for what can be rented and keeps what the query accepts`() async throws {
    let transport = answering(.json(Self.offers))
    let found = try await market(transport).search(query, timeout: wait)
    #expect(
      found == [
        Offer(
          id: "1", gpuName: "RTX_4090", memory: .gigabytes(64), price: HourlyPrice(perHour: .cents(45)), region: "TH",
          machine: MachineID("10")),
        Offer(
          id: "2", gpuName: "RTX_4090", memory: ByteCount(64_000_500_000), price: HourlyPrice(perHour: .cents(30)),
          region: "EU", machine: MachineID("11"), isVerified: false),
      ])
    let request = try #require(transport.requests.first)
    #expect(request.line == "POST /api/v0/bundles/")
    #expect(request.contentType == "application/json")
    #expect(request.bearer == Secret("key"))
    var body = try #require(request.json as? [String: NSObject])
    let countries = try #require((body["geolocation"] as? [String: [String]])?["in"])
    #expect(countries.first == "TH" && countries.contains("DE") && countries.count == 28)
    body["geolocation"] = nil
    #expect(
      body as NSDictionary == [
        "rentable": ["eq": true], "rented": ["eq": false], "external": ["eq": false], "num_gpus": ["eq": 1],
        "dph_total": ["lte": 0.5], "cpu_ram": ["gte": 8000], "gpu_name": ["in": ["RTX 4090"]],
        "order": [["dph_total", "asc"]], "type": "on-demand", "limit": 64, "allocated_storage": 20,
      ] as NSDictionary)
  }

  @Test func `an interruptible offer costs the bid, rounded up`() async throws {
    let settings = VastSettings(image: "image", rental: .interruptible(percentOfMinimumBid: 125))
    let transport = answering(.json(Self.offers))
    let found = try await market(settings, transport).search(query, timeout: wait)
    #expect(found.map(\.price.perHour.nanodollars) == [250_000_000, 166_625_000])
    let body = try #require(transport.requests.first?.json)
    #expect(body["type"] as? String == "bid")
    #expect(body["min_bid"] as? NSDictionary == ["lte": 0.5])
    #expect(body["dph_total"] == nil)
  }

  @Test func `a machine, reliability and verification are asked for`() async throws {
    var query = query
    query.machine = MachineID("11")
    query.verifiedOnly = true
    let transport = answering(.json(#"{"offers": []}"#))
    let settings = VastSettings(image: "image", minimumReliability: 0.98)
    #expect(try await market(settings, transport).search(query, timeout: wait).isEmpty)
    let body = try #require(transport.requests.first?.json)
    #expect(body["machine_id"] as? NSDictionary == ["eq": 11])
    #expect(body["verified"] as? NSDictionary == ["eq": true])
    #expect(body["reliability"] as? NSDictionary == ["gte": 0.98])
    query.machine = MachineID("no number")
    let refusal = await reason { [query] in try await market(transport).search(query, timeout: wait) }
    #expect(refusal == .refused)
  }

  // MARK: Renting

  @Test func `an order says what is wanted`() async throws {
    let settings = VastSettings(
      image: "image:1", disk: ByteCount(12_000_000_001), startScript: "echo", environment: ["A": "b"],
      mountPath: "/data")
    let transport = answering(.json(#"{"success": true, "new_contract": 123}"#))
    var order = order
    order.volume = VolumeID("55")
    #expect(try await market(settings, transport).create(order, timeout: wait) == InstanceID("123"))
    #expect(transport.requests.map(\.line) == ["PUT /api/v0/asks/7/"])
    #expect(
      transport.requests.first?.json == [
        "client_id": "me", "image": "image:1", "disk": 13, "onstart": "echo", "env": ["A": "b"],
        "runtype": "ssh_direc ssh_proxy", "cancel_unavail": true, "target_state": "running",
        "volume_info": ["create_new": false, "volume_id": 55, "mount_path": "/data"],
      ] as NSDictionary)
  }

  @Test func `a bid goes with the order of an interruptible instance`() async throws {
    let settings = VastSettings(image: "image", rental: .interruptible(percentOfMinimumBid: 110))
    let transport = answering(.json(#"{"success": true, "new_contract": "123"}"#))
    #expect(try await market(settings, transport).create(order, timeout: wait) == InstanceID("123"))
    #expect(transport.requests.first?.json?["price"] as? Double == 0.36)
  }

  @Test func `an offer that is gone, however it is said, is refused`() async throws {
    for answer in [
      HTTPAnswer.json(#"{"success": false, "error": "no_such_ask", "msg": "not available"}"#, status: 404),
      .json(#"{"success": false, "error": "no_such_ask", "msg": "not available"}"#),
      .text("Gone", status: 410), .json(#"{"msg": "taken"}"#, status: 409),
      .json(#"{"success": false, "error": "insufficient_credit", "msg": "pay first"}"#, status: 403),
    ] {
      let error = await failure {
        try await market(answering(answer)).create(order, timeout: wait)
      }
      #expect(error?.reason == .refused, "\(answer)")
    }
    let noVolume = HTTPAnswer.json(#"{"error": "no_such_volume", "msg": "no volume 55"}"#, status: 404)
    #expect(await reason { try await market(answering(noVolume)).create(order, timeout: wait) } == .notFound)
    let empty = HTTPAnswer.json(#"{"success": true}"#)
    #expect(await reason { try await market(answering(empty)).create(order, timeout: wait) } == .invalidAnswer)
  }

  @Test func `a label in use returns what has it, on whatever page`() async throws {
    let transport = ScriptedTransport { request, _ in
      request.url.contains("after_token=p%2F2")
        ? .json(#"{"instances": [{"id": 9, "label": "run-1"}], "next_token": null}"#)
        : .json(#"{"instances": [{"id": 8, "label": "run-10"}, {"id": 7, "label": null}], "next_token": "p/2"}"#)
    }
    #expect(try await market(transport).create(order, label: "run-1", timeout: wait) == InstanceID("9"))
    #expect(
      transport.requests.map(\.line) == [
        "GET /api/v1/instances/?limit=25", "GET /api/v1/instances/?limit=25&after_token=p%2F2",
      ])
  }

  @Test func `a label that is free goes into the order`() async throws {
    let transport = ScriptedTransport { request, _ in
      request.method == .get ? .json(#"{"instances": []}"#) : .json(#"{"success": true, "new_contract": 5}"#)
    }
    #expect(try await market(transport).create(order, label: "run-2", timeout: wait) == InstanceID("5"))
    #expect(transport.requests.last?.json?["label"] as? String == "run-2")
  }

  @Test func `pages that go round in a circle end`() async throws {
    let market = try market(answering(.json(#"{"instances": [], "next_token": "same"}"#)))
    #expect(await reason { try await market.resources(labelled: "", timeout: wait) } == .invalidAnswer)
  }

  // MARK: Other operations

  @Test func `starting, stopping, bidding and destroying are one request each`() async throws {
    let transport = answering(.json(#"{"success": true}"#))
    let market = try market(transport)
    try await market.start(id, timeout: wait)
    try await market.stop(id, timeout: wait)
    try await market.changeBid(id, to: HourlyPrice(perHour: .cents(41)), timeout: wait)
    try await market.destroy(id, timeout: wait)
    #expect(
      transport.requests.map(\.line) == [
        "PUT /api/v0/instances/42/", "PUT /api/v0/instances/42/", "PUT /api/v0/instances/bid_price/42/",
        "DELETE /api/v0/instances/42/",
      ])
    #expect(
      transport.requests.map(\.json) == [
        ["state": "running"], ["state": "stopped"], ["client_id": "me", "price": 0.41], [:],
      ])
    // Start and stop share an endpoint, whose calls are a second apart.
    #expect(clock.now.offset == .seconds(1))
  }

  @Test func `what is gone already is destroyed without an error, and started or stopped with one`() async throws {
    let gone = HTTPAnswer.json(#"{"success": false, "error": "no_such_instance"}"#, status: 404)
    let market = try market(VastSettings(image: "image", pacing: .none), answering(gone))
    try await market.destroy(id, timeout: wait)
    try await market.deleteVolume(VolumeID("1"), timeout: wait)
    try await market.release(OwnedResource(kind: .instance, id: "1", label: "a"), timeout: wait)
    try await market.release(OwnedResource(kind: .volume, id: "1", label: "a"), timeout: wait)
    #expect(await reason { try await market.start(id, timeout: wait) } == .notFound)
    #expect(await reason { try await market.stop(id, timeout: wait) } == .notFound)
    #expect(await reason { try await market.describe(id, timeout: wait) } == .notFound)
    let machine = OwnedResource(kind: .machine, id: "1", label: "a")
    #expect(await reason { try await market.release(machine, timeout: wait) } == .refused)
  }

  @Test func `a web page is no success`() async throws {
    let page = answering(.page("<html><title>Log in</title>", status: 200))
    let market = try market(VastSettings(image: "image", pacing: .none), page)
    let operations: [() async throws -> Void] = [
      { try await market.start(id, timeout: wait) }, { try await market.stop(id, timeout: wait) },
      { try await market.destroy(id, timeout: wait) }, { _ = try await market.search(query, timeout: wait) },
      { _ = try await market.describe(id, timeout: wait) }, { _ = try await market.create(order, timeout: wait) },
      { try await market.deleteVolume(VolumeID("1"), timeout: wait) },
      { _ = try await market.resources(labelled: "a", timeout: wait) },
    ]
    for operation in operations {
      let error = await failure(operation)
      #expect(error?.reason == .invalidAnswer)
      #expect(error?.detail.hasSuffix("JSON expected, got a web page: Log in") == true)
    }
  }

  @Test func `what is no number becomes part of no path`() async throws {
    let transport = answering(.json("{}"))
    let market = try market(transport)
    for id in ["", "../volumes", "1/", "-1", "1?x=y", "９"] {
      #expect(await reason { try await market.destroy(InstanceID(id), timeout: wait) } == .notFound)
      #expect(await reason { try await market.describe(InstanceID(id), timeout: wait) } == .notFound)
    }
    #expect(transport.requests.isEmpty)
  }

  // MARK: Volumes

  @Test func `a volume is rented by an offer of its machine`() async throws {
    let transport = ScriptedTransport { _, number in
      [
        HTTPAnswer.json(#"{"volumes": [{"id": 1, "label": "other"}]}"#),
        .json(#"{"offers": [{"id": 900, "machine_id": 11}, {"id": 901}]}"#),
        .json(#"{"success": true, "volume_name": "V.20118481"}"#),
      ][number]
    }
    let volume = try await market(transport).createVolume(
      size: .gigabytes(100), on: MachineID("11"), label: "run-1", timeout: wait)
    #expect(volume == VolumeID("20118481"))
    #expect(
      transport.requests.map(\.line) == [
        "GET /api/v0/volumes?owner=me&type=all_volume", "POST /api/v0/volumes/search/", "PUT /api/v0/volumes/",
      ])
    let search = try #require(transport.requests[1].json)
    #expect(search["machine_id"] as? NSDictionary == ["eq": 11])
    #expect(search["disk_space"] as? NSDictionary == ["gte": 100])
    #expect(transport.requests[2].json == ["size": 100, "id": 900, "name": "run-1"])
  }

  @Test func `a volume whose number is not told is found by its name`() async throws {
    let transport = ScriptedTransport { _, number in
      [
        HTTPAnswer.json(#"{"volumes": []}"#), .json(#"{"offers": [{"id": 900}]}"#),
        .json(#"{"success": true, "volume_name": "run-1"}"#),
        .json(#"{"volumes": [{"id": 76, "name": "run-1"}]}"#),
      ][number]
    }
    let volume = try await market(transport).createVolume(
      size: .gigabytes(1), on: MachineID("11"), label: "run-1", timeout: wait)
    #expect(volume == VolumeID("76"))
  }

  @Test func `a volume's label in use returns what has it, a machine without space refuses`() async throws {
    let used = answering(.json(#"{"volumes": [{"id": 3, "label": "run-1"}]}"#))
    let volume = try await market(used).createVolume(
      size: .gigabytes(1), on: MachineID("11"), label: "run-1", timeout: wait)
    #expect(volume == VolumeID("3"))
    let full = answering(.json(#"{"offers": []}"#))
    let refusal = await reason {
      try await market(full).createVolume(size: .gigabytes(1), on: MachineID("11"), timeout: wait)
    }
    #expect(refusal == .refused)
    let busy = answering(.json(#"{"success": false, "error": "volume_in_use", "msg": "in use"}"#, status: 400))
    #expect(await reason { try await market(busy).deleteVolume(VolumeID("3"), timeout: wait) } == .refused)
    #expect(busy.requests.map(\.line) == ["DELETE /api/v0/volumes/?id=3"])
  }

  // MARK: Inventory

  @Test func `the inventory names what carries the label, and nothing without one`() async throws {
    let transport = ScriptedTransport { request, _ in
      request.target.hasPrefix("/api/v1/instances/")
        ? .json(#"{"instances": [{"id": 1, "label": "run-1-a"}, {"id": 2, "label": "other"}, {"id": 3}]}"#)
        : .json(#"{"volumes": [{"id": 4, "label": "run-1-b"}, {"id": 5, "label": ""}]}"#)
    }
    let market = try market(VastSettings(image: "image", pacing: .none), transport)
    let ours = [
      OwnedResource(kind: .instance, id: "1", label: "run-1-a"),
      OwnedResource(kind: .volume, id: "4", label: "run-1-b"),
    ]
    #expect(try await market.resources(labelled: "run-1-", timeout: wait) == ours)
    #expect(try await market.resources(labelled: "", timeout: wait).map(\.id) == ["1", "2", "4"])
  }

  @Test func `an inventory with something unreadable in it is not believed`() async throws {
    let transport = answering(.json(#"{"instances": [{"id": 1, "label": "a"}, {"label": "a"}]}"#))
    let market = try market(transport)
    #expect(await reason { try await market.resources(labelled: "a", timeout: wait) } == .invalidAnswer)
  }

  // MARK: Notices

  @Test func `an outbid instance is noticed, through troubles that pass`() async throws {
    let wanted = "\"intended_status\": \"running\", \"cur_state\":"
    let transport = ScriptedTransport { _, number in
      switch number {
      case 0: .json("{\"instances\": {\"id\": 42, \"actual_status\": \"running\", \(wanted) \"running\"}}")
      case 1: .page("<html>", status: 502)
      case 2: .json(#"{"instances": null}"#)
      default: .json("{\"instances\": {\"id\": 42, \"actual_status\": \"stopped\", \(wanted) \"stopped\"}}")
      }
    }
    let notice = try await market(transport).notice(for: id, pollInterval: .seconds(5))
    #expect(notice == InterruptionNotice(instance: id, lead: .zero))
    #expect(transport.requests.count == 4)
    #expect(clock.now.offset == .seconds(15))
    let locked = try market(answering(.text("no", status: 401)))
    #expect(await reason { try await locked.notice(for: id, pollInterval: .seconds(5)) } == .unauthorized)
  }
}
