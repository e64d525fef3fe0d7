import Failover
import Testing

@testable import Scenarios

struct OverrideTests {
  private func scenario(_ overrides: String...) throws -> DemoScenario {
    try Document(bytes: Array(demoText.utf8), name: "x.yaml").setting(overrides).read(DemoScenario.init).value
  }

  @Test func `an option takes the place of a line of the file`() throws {
    #expect(try scenario("detection.interval=3s").detection.interval == .seconds(3))
    #expect(
      try scenario("offers[0].price=$1/h", "offers.1.price=$2/h").offers.map(\.price.perHour)
        == [.cents(100), .cents(200)])
    #expect(try scenario(" clock.overshoot = 1ms ").overshoot == .milliseconds(1))
    #expect(try scenario("name=a=b: c # d").name == "a=b: c # d")
    #expect(try scenario("name=\"in quotes\"").name == "in quotes")
  }

  @Test func `a value in brackets or braces is YAML`() throws {
    #expect(try scenario("steps=[checkHealth, {wait: 1s}]").steps == [.checkHealth, .wait(.seconds(1))])
    #expect(
      try scenario("startDelay={uniform: {low: 1s, high: 2s}}").startDelay
        == .uniform(low: .seconds(1), high: .seconds(2)))
    #expect(try scenario("offers=[]").offers.isEmpty)
  }

  @Test func `a later option wins over an earlier one, and over the file by whatever name`() throws {
    #expect(try scenario("detection.interval=3s", "detection.interval=4s").detection.interval == .seconds(4))
    #expect(try scenario("detection.periodSeconds=20").detection.interval == .seconds(20))
    #expect(
      try scenario("detection.periodSeconds=20", "detection.interval=4s").detection.interval == .seconds(4))
    #expect(
      try scenario("detection.interval=4s", "detection.periodSeconds=20").detection.interval == .seconds(20))
  }

  @Test func `null gives a value back to its default`() throws {
    #expect(try scenario("clock=null").overshoot == .zero)
    #expect(try scenario("detection.interval=~").detection.interval == .seconds(30))
  }

  @Test func `mappings that lead to the value are made`() throws {
    let file = try Document(bytes: Array("name: x".utf8), name: "x.yaml")
    #expect(
      try file.setting(["clock.overshoot=1ms"]).read(DemoScenario.init).value.overshoot == .milliseconds(1))
  }

  @Test(arguments: [
    (
      "clock.overshot=0ms",
      "unknown key 'clock.overshot'; did you mean 'clock.overshoot'? Known here: overshoot"
    ),
    (
      "clok.overshoot=0ms",
      "unknown key 'clok'; did you mean 'clock.overshoot'? "
        + "Known here: clock, detection, faults, name, offers, startDelay, steps"
    ),
    (
      "offers[1].prise=$1/h",
      "unknown key 'offers[1].prise'; did you mean 'offers[1].price'? "
        + "Known here: address, budget, disk, isVerified, link, price, reliability, storage, tier"
    ),
    ("clock.overshoot=3", "clock.overshoot: '3' has no unit; write 3s, 3ms or 3min"),
    ("clock.overshoot=", "clock.overshoot: expected a duration such as 30s or 5min, found nothing"),
    ("name.first=3", "'name' is 'warm pool' and has nothing within"),
    ("offers[2].price=$1/h", "'offers' has 2 items, [0] to [1]"),
    ("steps[2]=checkHealth", "'steps' has 2 items, [0] to [1]"),
    ("faults[1]=x", "'faults' has one item, [0]"),
    ("offers.first=3", "'offers' is a list; name an item, such as [0]"),
    ("offers.-1.price=3", "'offers' is a list; name an item, such as [0]"),
    ("clock[0]=3", "'clock' is a mapping, not a list; its keys are overshoot"),
    ("nothing[0]=3", "'nothing' has no items"),
    (
      "offers[99999999999999999999].price=3",
      "'offers[99999999999999999999].price' is not a path; expected one such as offers[0].price"
    ),
    ("steps=[checkHealth", "expected ',' or ']' in the list"),
    ("steps={wait: 1s, wait: 2s}", "key 'wait' is given twice in one mapping"),
    ("steps=[a]\n---\n[b]", "a second document starts here; a file holds one"),
    ("noequals", "expected path=value, such as clock.overshoot=0.49ms"),
    ("", "expected path=value, such as clock.overshoot=0.49ms"),
    ("=3", "'' is not a path; expected one such as offers[0].price"),
    ("a..b=3", "'a..b' is not a path; expected one such as offers[0].price"),
    ("a[x]=3", "'a[x]' is not a path; expected one such as offers[0].price"),
    ("[0]=3", "'[0]' is not a path; expected one such as offers[0].price"),
  ]) func `an option that is wrong is named as it was given`(option: String, message: String) {
    let shown = option.replacing("\n", with: "\\n")
    #expect(problems(demoText, set: [option]) == ["--set \(shown): error: \(message)"])
  }

  @Test func `no option makes the program trap`() throws {
    let seeds = [
      "clock.overshoot=0.49ms", "offers[0].price=$0.45/h", "steps=[checkHealth, {wait: 1s}]",
      "faults.0.at=1h30min",
      "startDelay={mixture: {parts: [1s, {uniform: {low: 1s, high: 2s}}]}}", "offers[9223372036854775807]=3",
      "name=\"x\"",
      String(repeating: "a.", count: 100) + "b=3", "a=" + String(repeating: "[", count: 500),
    ].map { Array($0.utf8) }
    var random = TestRandom(state: 4)
    let text = "name: x\noffers: [{price: $1/h}]\nfaults: [{at: 1s, crash: {host: a}}]\n"
    let file = try Document(bytes: Array(text.utf8), name: "x.yaml")
    var accepted = 0
    for round in 0..<10_000 {
      let seed = seeds.randomElement(using: &random) ?? []
      let text = String(decoding: mutated(seed, with: seeds, using: &random), as: UTF8.self)
      let document = file.setting([text])
      // Most of the time goes into reading, which other tests do often enough.
      if round % 4 == 0, (try? document.read(DemoScenario.init)) != nil { accepted += 1 }
    }
    #expect((50..<2_300).contains(accepted), "\(accepted) accepted")
  }
}
