import Testing

@testable import Scenarios

@Suite struct ConstraintTests {
  private let values = [
    "healthCheck.interval": "10s", "healthCheck.timeout": "5s", "healthCheck.failureThreshold": "3",
    "sync.interval": "30s", "gpu.price": "$0.40/h", "network.link": "100Mbit/s", "workspace.size": "1.2GB",
    "share": "80%", "sync.route": "relay",
  ]

  private func holds(_ text: String) throws -> Bool { try Constraint(text).holds { values[$0.description] } }

  @Test(arguments: [
    ("healthCheck.timeout <= healthCheck.interval", true),
    ("health.timeout>=health.interval", false),
    ("healthCheck.interval * healthCheck.failureThreshold == 30s", true),
    ("healthCheck.interval*3 + healthCheck.timeout <= 35s", true),
    ("healthCheck.interval*3 + healthCheck.timeout < 35s", false),
    ("2 + 3 * 4 = 14", true),
    ("(2 + 3) * 4 = 20", true),
    ("10 - 4 - 3 == 3", true),
    ("100 / 5 / 2 == 10", true),
    ("0.1 + 0.2 == 0.3", true),
    ("1/3 + 1/3 + 1/3 == 1", true),
    ("-healthCheck.timeout < 0s", true),
    ("- (2 - 3) == 1", true),
    ("workspace.size / network.link < 100s", true),
    ("workspace.size / network.link == 96s", true),
    ("gpu.price * 24h < $10", true),
    ("gpu.price * 24h == $9.60", true),
    ("$0.50/h*2h >= $1", true),
    ("30s/healthCheck.interval == healthCheck.failureThreshold", true),
    ("share * sync.interval == 24s", true),
    ("1 < 2 and 2 < 1 or 3 < 4", true),
    ("1 < 2 or 2 < 1 and 4 < 3", true),
    ("not 1 < 2 or 3 < 4", true),
    ("not (1 < 2 or 3 < 4)", false),
    ("!(1 > 2) && (1 != 1 || 2 >= 2)", true),
    ("(sync.interval) > (((1s)))", true),
  ])
  func `a constraint means what it says`(text: String, expected: Bool) throws {
    #expect(try holds(text) == expected)
  }

  @Test(arguments: [
    ("", "is empty"), ("1", "expected a comparison"), ("1 <", "missing at the end"), ("1 < 2 <", "not expected here"),
    ("1 < 2 3", "not expected here"), ("(1 < 2", "a ')' is missing"), ("1 < 2)", "not expected here"),
    ("1 and 2", "joins comparisons"), ("(1 < 2) + 1 < 3", "joins quantities"), ("(1<2) < 3", "joins quantities"),
    ("5 parsecs < 1", "not expected here"), ("5parsecs < 1", "is no quantity"), ("a..b < 1", "is not a path"),
    ("a; b", "means nothing here"), ("10s < 3", "different units"), ("10s + 3 < 4s", "different units"),
    ("1 / 0 < 1", "division by zero"), ("unheard.of < 1", "does not say"), ("sync.route < 1", "cannot be reckoned with"),
    ("not 5", "joins comparisons"), ("1 < and 2", "not expected here"),
  ])
  func `what makes no constraint is refused with the reason`(text: String, message: String) {
    let error = #expect(throws: InvalidFile.self) { try holds(text) }
    #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
  }

  @Test func `deep and long texts are refused, not followed`() {
    for text in [
      String(repeating: "(", count: 1_900), String(repeating: "-", count: 1_900), String(repeating: "not ", count: 490),
      String(repeating: "1+", count: 2_000), String(repeating: "9", count: 1_900) + " < 1",
    ] {
      #expect(throws: InvalidFile.self) { try holds(text) }
    }
    let product = Array(repeating: "1000000000", count: 9).joined(separator: "*")
    let error = #expect(throws: InvalidFile.self) { try holds("\(product) < 1") }
    #expect(error?.description.contains("too large") ?? false)
  }

  @Test func `ten thousand broken constraints are read or refused, and never more`() {
    var random = TestRandom(state: 23)
    let seeds = [
      "healthCheck.timeout <= healthCheck.interval and (share * sync.interval < 30s or not 1 == 2)",
      "$0.50/h * 2h >= $1", "workspace.size / network.link < 100s", "-(1 + 2) * 3 != 4 || a[0].b > 1GB",
    ].map { Array($0.utf8) }
    var read = 0
    for index in 0..<10_000 {
      let bytes = mutated(seeds[index % seeds.count], with: seeds, using: &random)
      if (try? holds(String(decoding: bytes, as: UTF8.self))) != nil { read += 1 }
    }
    #expect(read > 100)
  }
}
