import Failover
import Testing

@testable import RealBackends

/// Answers that were damaged on the way, or made up: they may be refused, and must do no harm.
@Suite struct AnswerFuzzTests {
  private static let instance = """
    {"id": 42, "actual_status": "running", "intended_status": "running", "cur_state": "running", "label": "run-1",
    "dph_total": 0.45, "machine_id": 11, "public_ipaddr": "203.0.113.7", "ssh_host": "ssh4.vast.ai", "ssh_port": 10600,
    "ports": {"22/tcp": [{"HostIp": "0.0.0.0", "HostPort": "40022"}]}}
    """
  private static let machine = """
    {"name": "run-1", "status": "RUNNING", "networkInterfaces": [{"networkIP": "10.0.0.2",
    "accessConfigs": [{"natIP": "203.0.113.9"}]}], "metadata": {"items": [{"key": "failover-label", "value": "run-1"},
    {"key": "failover-nanodollars-per-hour", "value": "30000000"}]}}
    """

  /// An answer, and how it is read; what was read must make sense.
  private static let readers: [(String, @Sendable (HTTPAnswer) throws(PortError) -> Void)] = [
    (
      """
      {"offers": [{"id": 1, "machine_id": 10, "gpu_name": "RTX 4090", "cpu_ram": 64000, "dph_total": 0.45,
      "min_bid": 0.2, "geolocation": "Thailand, TH", "verification": "verified"}]}
      """,
      { answer throws(PortError) in
        let offers = try answer.decoded(VastOffers<VastOffer>.self, "fuzz")
        let settings = VastSettings(image: "image", rental: .interruptible(percentOfMinimumBid: 150))
        let query = OfferQuery(
          minimumMemory: .zero, maximumPrice: HourlyPrice(perHour: Money(nanodollars: .max)), regions: [])
        for offer in VastSearch(query: query, settings: settings).offers(in: offers) {
          #expect(offer.memory >= .zero)
        }
      }
    ),
    (
      "{\"instances\": \(instance)}",
      { answer throws(PortError) in
        let instance = try answer.decoded(VastShown.self, "fuzz").instance
        if let address = instance?.described.address { try address.validate() }
      }
    ),
    (
      "{\"success\": true, \"instances\": [\(instance)], \"next_token\": \"abc\"}",
      { answer throws(PortError) in _ = try answer.decoded(VastPage.self, "fuzz").instances.map(\.state.isTakenAway) }
    ),
    (
      "{\"success\": true, \"new_contract\": 123}",
      { answer throws(PortError) in _ = try answer.decoded(VastCreated.self, "fuzz") }
    ),
    (
      "{\"offers\": [{\"id\": 900, \"disk_space\": 100}]}",
      { answer throws(PortError) in _ = try answer.decoded(VastOffers<VastVolumeOffer>.self, "fuzz") }
    ),
    (
      "{\"success\": true, \"volume_name\": \"V.20118481\", \"id\": 5}",
      { answer throws(PortError) in
        if let id = try answer.decoded(VastCreatedVolume.self, "fuzz").id { #expect(Int64(id) != nil) }
      }
    ),
    (
      "{\"volumes\": [{\"id\": 4, \"label\": \"run-1\", \"status\": \"ok\"}]}",
      { answer throws(PortError) in _ = try answer.decoded(VastVolumes.self, "fuzz") }
    ),
    (
      "{\"items\": [\(machine)], \"nextPageToken\": \"abc\"}",
      { answer throws(PortError) in
        for machine in try answer.decoded(GooglePage.self, "fuzz").machines {
          if let address = machine.described.address { try address.validate() }
        }
      }
    ),
    (
      """
      {"name": "operation-1", "status": "DONE", "error": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED",
      "message": "no more"}]}}
      """,
      { answer throws(PortError) in
        if let failure = try answer.decoded(GoogleOperation.self, "fuzz").failure { throw failure.error("fuzz") }
      }
    ),
    (
      """
      {"success": false, "error": {"code": 403, "message": "quota", "errors": [{"reason": "quotaExceeded"}],
      "status": "DENIED"}, "msg": "no"}
      """,
      { answer throws(PortError) in throw answer.error("fuzz") }
    ),
  ]

  @Test func `damaged answers are read or refused in one line`() {
    var mutations = Mutations(seed: 1)
    var refused = 0
    for round in 0..<10_000 {
      let (text, read) = Self.readers[round % Self.readers.count]
      let answer = HTTPAnswer(status: 200, contentType: "application/json", body: mutations.mutated(text))
      do throws(PortError) {
        try read(answer)
      } catch {
        refused += 1
        #expect(!error.detail.contains("\n") && error.detail.utf8.count < 2000)
      }
    }
    // Neither everything nor nothing: the damage is real, and not all of it matters.
    #expect(refused > 2000)
    #expect(refused < 9000)
  }

  @Test func `whole answers are read`() {
    for (text, read) in Self.readers.prefix(8) {
      do throws(PortError) { try read(.json(text)) } catch { Issue.record(error) }
    }
  }

  @Test func `an answer nested without end is refused`() {
    for bracket in ["[", "{\"instances\":", "{\"error\":"] {
      let answer = HTTPAnswer.json(String(repeating: bracket, count: 100_000))
      #expect(throws: PortError.self) { try answer.decoded(VastPage.self, "deep") }
      _ = answer.said
    }
  }
}
