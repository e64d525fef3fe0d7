import Failover
import Testing

@testable import RealBackends

@Suite struct SecretTests {
  private static let key = "k3y/with+slash=and~more"

  @Test func `a secret shows itself in no way`() {
    let secret = Secret(Self.key)
    var dumped = ""
    dump([secret], to: &dumped)
    struct Holder { var secret: Secret }
    let shown = [
      "\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\(Holder(secret: secret))",
      String(reflecting: Holder(secret: secret)), "\(Optional(secret) as Any)",
    ]
    for text in shown { #expect(!text.contains("k3y"), "\(text)") }
  }

  @Test func `a secret is taken out of what others say`() {
    let secret = Secret(Self.key)
    let said = "Bearer \(Self.key) k3y\\/with+slash=and~more k3y%2Fwith%2Bslash%3Dand~more end"
    #expect(secret.redacted(from: said) == "Bearer (secret) (secret) (secret) end")
    #expect(Secret("").redacted(from: said) == said)
  }

  /// Servers that repeat what they were sent, in every shape an answer can have.
  private static let echoes: [@Sendable (String, Int) -> HTTPAnswer] = [
    { .text("you sent \($0)", status: $1) },
    { .page("<html><title>\($0)</title></html>", status: $1) },
    { .json("{\"success\": false, \"error\": \"\($0)\", \"msg\": \"key \($0) is wrong\"}", status: $1) },
    { .json("{\"error\": {\"message\": \"\($0)\", \"errors\": [{\"reason\": \"\($0)\"}]}}", status: $1) },
    { .json("{\"instances\": [{\"\($0)\": 1}], \"\($0)\": 2}", status: $1) },
    { .text(String(repeating: "x", count: 195) + $0, status: $1) },
    { HTTPAnswer(status: $1, contentType: $0, body: Array($0.utf8)) },
  ]

  @Test func `no error of the marketplace repeats the key`() async throws {
    var errors = 0
    for echo in Self.echoes {
      for status in [200, 302, 400, 401, 403, 404, 409, 410, 429, 500, 502] {
        let transport = ScriptedTransport { request, _ in
          #expect(!request.url.contains("k3y"))
          return echo(request.bearer?.revealed ?? "", status)
        }
        let market = try VastMarketplace(
          apiKey: Secret(Self.key), settings: VastSettings(image: "image", pacing: .none), transport: transport,
          clock: FakeClock(), jitter: ConstantJitter(value: 0))
        let query = OfferQuery(minimumMemory: .zero, maximumPrice: .free, regions: [])
        let offer = Offer(id: "1", gpuName: "", memory: .zero, price: .free, region: "")
        let wait = Duration.seconds(100)
        let id = InstanceID("1")
        let operations: [() async throws -> Void] = [
          { _ = try await market.search(query, timeout: wait) },
          { _ = try await market.create(InstanceOrder(offer), timeout: wait) },
          { _ = try await market.create(InstanceOrder(offer), label: "a", timeout: wait) },
          { _ = try await market.describe(id, timeout: wait) },
          { try await market.start(id, timeout: wait) },
          { try await market.destroy(id, timeout: wait) },
          {
            _ = try await market.createVolume(size: .gigabytes(1), on: MachineID("1"), timeout: wait)
          },
          { try await market.deleteVolume(VolumeID("1"), timeout: wait) },
          { _ = try await market.resources(labelled: "", timeout: wait) },
        ]
        for operation in operations {
          guard let error = await failure(operation) else { continue }
          errors += 1
          #expect(!error.description.contains("k3y"), "\(error)")
          #expect(!"\(error)".contains("\n"))
        }
      }
    }
    #expect(errors > 500)
  }

  @Test func `settings that cannot be right are refused without being shown`() {
    for key in ["", "two words", "line\n", "k3y-ü"] {
      let error = #expect(throws: SettingsError.self) {
        try VastMarketplace(apiKey: Secret(key), settings: VastSettings(image: "image"))
      }
      #expect(error?.description.contains("k3y") == false)
    }
    for url in ["", "console.vast.ai", "ftp://host", "http://", "http:///path", "http://a b", "https://host?x=y"] {
      let error = #expect(throws: SettingsError.self, "\(url)") {
        try VastMarketplace(apiKey: Secret("key"), settings: VastSettings(image: "image", baseURL: url))
      }
      #expect(error?.setting == "base URL")
    }
    #expect(throws: SettingsError.self) {
      try VastMarketplace(apiKey: Secret("key"), settings: VastSettings(image: ""))
    }
    #expect(throws: SettingsError.self) {
      try VastMarketplace(
        apiKey: Secret("key"),
        settings: VastSettings(image: "image", rental: .interruptible(percentOfMinimumBid: 0)))
    }
  }
}
