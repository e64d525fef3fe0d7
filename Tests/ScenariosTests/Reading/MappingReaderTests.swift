import Failover
import Testing

@testable import Scenarios

struct MappingReaderTests {
  @Test func `a file that is right is read into types`() throws {
    let (scenario, warnings) = try Document(bytes: Array(demoText.utf8), name: "x.yaml").read(
      DemoScenario.init)
    #expect(warnings.isEmpty)
    #expect(scenario.name == "warm pool")
    #expect(scenario.detection.interval == .seconds(10))
    #expect(scenario.offers.map(\.price.perHour) == [.cents(45), .cents(1)])
    #expect(scenario.offers[0].disk == .gibibytes(512))
    #expect(scenario.offers[0].tier == .onDemand)
    #expect(scenario.offers[1].link == DataRate(bytesPerSecond: 125_000_000))
    #expect(scenario.offers[1].reliability == Ratio(199, over: 200))
    #expect(scenario.offers[1].address?.description == "gpu-1.example:22")
    #expect(
      scenario.startDelay
        == .mixture([.uniform(low: .seconds(1), high: .seconds(2)), .constant(.seconds(30))]))
    #expect(scenario.steps == [.checkHealth, .wait(.milliseconds(500))])
    #expect(scenario.faults.map(\.effect) == [.crash(host: "gpu-1")])
    #expect(scenario.overshoot == .nanoseconds(490_000))
  }

  @Test(arguments: [
    "name: x", "name: x\ndetection:\nclock:\noffers:\n", "name: x\ndetection: null\nclock: ~\n",
  ])
  func `what is left out has its default`(text: String) throws {
    let (scenario, _) = try Document(bytes: Array(text.utf8), name: "x.yaml").read(DemoScenario.init)
    #expect(scenario.detection.interval == .seconds(30))
    #expect(scenario.detection.failureThreshold == 3)
    #expect(scenario.startDelay == .constant(.seconds(5)))
    #expect(scenario.offers.isEmpty && scenario.overshoot == .zero)
  }

  @Test func `Kubernetes names take bare seconds`() throws {
    let text = "name: x\ndetection: {periodSeconds: 10, timeoutSeconds: 0.5}"
    let (scenario, _) = try Document(bytes: Array(text.utf8), name: "x.yaml").read(DemoScenario.init)
    #expect(scenario.detection.interval == .seconds(10))
    #expect(scenario.detection.timeout == .milliseconds(500))
  }

  /// Each text follows `name: x` in line 1.
  @Test(arguments: [
    (
      "detection:\n  intervall: 5s",
      [
        "3:3: error: unknown key 'intervall'; did you mean 'interval'? Known here: failureThreshold, interval, timeout"
      ]
    ),
    (
      "detection: {failure_threshold: 2}",
      [
        "2:13: error: unknown key 'failure_threshold'; did you mean 'failureThreshold'? "
          + "Known here: failureThreshold, interval, timeout"
      ]
    ),
    (
      "banana: 3",
      [
        "2:1: error: unknown key 'banana'. Known here: clock, detection, faults, name, offers, startDelay, steps"
      ]
    ),
    (
      "detection: {interval: ten}",
      ["2:23: error: detection.interval: expected a duration such as 30s or 5min, found 'ten'"]
    ),
    (
      "detection: {interval: [1s]}",
      ["2:23: error: detection.interval: expected a duration such as 30s or 5min, found a list"]
    ),
    (
      "detection: {interval: }",
      ["2:23: error: detection.interval: expected a duration such as 30s or 5min, found nothing"]
    ),
    (
      "detection: {interval: '30'}",
      ["2:23: error: detection.interval: '30' has no unit; write 30s, 30ms or 30min"]
    ),
    (
      "detection: {interval: 30 MB}",
      ["2:23: error: detection.interval: 'MB' is a unit of size; expected a duration such as 30s or 5min"]
    ),
    ("detection: {interval: -5s}", ["2:23: error: detection.interval: must be greater than 0s, found -5s"]),
    ("clock: {overshoot: -1ms}", ["2:20: error: clock.overshoot: must be at least 0s, found -1ms"]),
    (
      "detection: {failureThreshold: 101}",
      ["2:31: error: detection.failureThreshold: must be between 1 and 100, found 101"]
    ),
    (
      "detection: {failureThreshold: 2.5}",
      ["2:31: error: detection.failureThreshold: expected a whole number such as 3, found '2.5'"]
    ),
    (
      "detection: {failureThreshold: 99999999999999999999}",
      ["2:31: error: detection.failureThreshold: '99999999999999999999' is out of range"]
    ),
    (
      "detection: {interval: 5s, timeout: 6s}",
      ["2:36: error: detection.timeout: must not be longer than the interval, 5s"]
    ),
    // What a value that is wrong itself has to do with another is not judged.
    (
      "detection: {interval: ten, timeout: 60s}",
      ["2:23: error: detection.interval: expected a duration such as 30s or 5min, found 'ten'"]
    ),
    (
      "detection: {interval: 5s, periodSeconds: 5}",
      ["2:27: error: detection.interval: 'periodSeconds' and 'interval' are the same field; give one"]
    ),
    (
      "detection: {periodSeconds: 5s}",
      [
        "2:28: error: detection.periodSeconds: expected a number of seconds such as 10, without a unit, found '5s'"
      ]
    ),
    (
      "detection: {periodSeconds: 0, timeout: 1s}",
      ["2:28: error: detection.periodSeconds: must be greater than 0s, found 0s"]
    ),
    ("detection: 5", ["2:12: error: detection: expected a mapping (lines of 'key: value'), found '5'"]),
    (
      "offers: 3",
      ["2:9: error: offers: expected a list, each item a mapping (lines of 'key: value'); found '3'"]
    ),
    (
      "offers: [{disk: 5GB}, 7]",
      [
        "2:10: error: offers[0]: 'price' is missing; expected an hourly price such as $0.45/h",
        "2:23: error: offers[1]: expected a mapping (lines of 'key: value'), found '7'",
      ]
    ),
    (
      "offers:\n  - price: $3\n    tier: ondemand\n    isVerified: yes\n    address: foo\n    reliability: 120%\n    disk: 5MB",
      [
        "3:12: error: offers[0].price: '$3' has no unit; write $3/h or $3/month",
        "4:11: error: offers[0].tier: unknown value 'ondemand'; did you mean 'onDemand'? Known: onDemand, interruptible",
        "5:17: error: offers[0].isVerified: expected true or false, found 'yes'; did you mean 'true'?",
        "6:14: error: offers[0].address: expected an address such as gpu-1.example:22, found 'foo'",
        "7:18: error: offers[0].reliability: must be between 0 and 1, found 1.2",
        "8:11: error: offers[0].disk: must be at least 1GB, found 5MB",
      ]
    ),
    (
      "offers: [{price: $1/h, tier: 7}]",
      ["2:30: error: offers[0].tier: expected one of onDemand, interruptible, found '7'"]
    ),
    (
      "startDelay: soon",
      [
        "2:13: error: startDelay: expected a delay: a duration such as 30s or 5min, constant: …, uniform: … or "
          + "mixture: …, found 'soon'"
      ]
    ),
    ("startDelay: 30", ["2:13: error: startDelay: '30' has no unit; write 30s, 30ms or 30min"]),
    ("startDelay: uniform", ["2:13: error: startDelay: 'uniform' needs a value; write 'uniform: …'"]),
    (
      "startDelay: {unifrm: {low: 1s, high: 2s}}",
      ["2:14: error: unknown key 'unifrm'; did you mean 'uniform'? Known here: constant, mixture, uniform"]
    ),
    (
      "startDelay: {constant: 3s, uniform: {low: 1s, high: 2s}}",
      ["2:28: error: startDelay: only one of 'constant' or 'uniform' may be given"]
    ),
    (
      "startDelay: {}",
      ["2:13: error: startDelay: expected a delay by one of the keys constant, uniform, mixture"]
    ),
    (
      "startDelay: {uniform: {low: 1s}}",
      ["2:23: error: startDelay.uniform: 'high' is missing; expected a duration such as 30s or 5min"]
    ),
    (
      "startDelay: {mixture: {parts: []}}",
      ["2:31: error: startDelay.mixture.parts: must have at least 1 item"]
    ),
    (
      "steps: [chekHealth, wait, {checkHealth: 3}, {wait: 3}, {checkHealth: }, 7]",
      [
        "2:9: error: steps[0]: unknown value 'chekHealth'; did you mean 'checkHealth'?",
        "2:21: error: steps[1]: 'wait' needs a value; write 'wait: …'",
        "2:41: error: steps[2].checkHealth: takes no value, found '3'",
        "2:52: error: steps[3].wait: '3' has no unit; write 3s, 3ms or 3min",
        "2:73: error: steps[5]: expected a step: checkHealth or wait: …, found '7'",
      ]
    ),
    (
      "faults: [{at: 3s}, {at: 3s, crsh: {host: a}}]",
      [
        "2:10: error: faults[0]: expected an effect by one of the keys crash, slowLink",
        "2:29: error: unknown key 'crsh'; did you mean 'crash'? Known here: at, crash, slowLink",
      ]
    ),
  ]) func `each mistake is named with its place and what was expected`(text: String, expected: [String]) {
    #expect(problems("name: x\n" + text) == expected.map { "x.yaml:" + $0 })
  }

  @Test func `all problems of a file come at once, by location`() {
    let text = "clock: {overshot: 1s}\ndetection:\n  interval: ten\nname: x\nname: y\n"
    #expect(
      problems(text, set: ["detection.timeout=3"]) == [
        "x.yaml:1:9: error: unknown key 'overshot'; did you mean 'overshoot'? Known here: overshoot",
        "x.yaml:3:13: error: detection.interval: expected a duration such as 30s or 5min, found 'ten'",
        "x.yaml:5:1: error: key 'name' is given twice in one mapping; it was first given in line 4",
        "--set detection.timeout=3: error: detection.timeout: '3' has no unit; write 3s, 3ms or 3min",
      ])
  }

  @Test func `a file with endless mistakes gives a list that ends`() throws {
    let text = (0..<500).map { "k\($0): 1\n" }.joined()
    let error = #expect(throws: InvalidFile.self) {
      try Document(bytes: Array(text.utf8), name: "x.yaml").read(DemoScenario.init)
    }
    #expect(error?.problems.count == 100)
    #expect(error?.omitted == 401)  // 500 unknown keys and the missing name
    #expect(error?.description.hasSuffix("\nand 401 more") == true)
  }

  @Test func `a warning does not keep a file from being used`() throws {
    let (value, warnings) = try Document(bytes: Array("a: 3".utf8), name: "x.yaml").read { reader in
      let a = reader.value("a", .count, default: 0, help: "")
      reader.warn(unless: a < 3, "a", message: "is rather much")
      return a
    }
    #expect(value == 3)
    #expect(warnings.map(\.description) == ["x.yaml:1:4: warning: a: is rather much"])
  }

  @Test func `a mistake in a value that aliases repeat is one problem`() {
    let text = "name: x\ndetection: &d {interval: &i ten, timeout: *i}\n"
    #expect(
      problems(text) == [
        "x.yaml:2:26: error: detection.interval: expected a duration such as 30s or 5min, found 'ten'",
        "x.yaml:2:26: error: detection.timeout: expected a duration such as 30s or 5min, found 'ten'",
      ])
  }

  @Test func `limits replace each other and kinds can be mapped`() throws {
    let (values, _) = try Document(bytes: Array("a: -5s\nb: 3\n".utf8), name: "x.yaml").read { reader in
      (
        reader.required("a", .duration.between(.seconds(-10), .seconds(10)), help: ""),
        reader.required("b", Kind<Int>.count.lessThan(4).map({ $0 * 2 }, back: { $0 / 2 }), help: "")
      )
    }
    #expect(values == (.seconds(-5), 6))
    let (signed, _) = try Document(bytes: Array("a: -5s\n".utf8), name: "x.yaml").read { reader in
      reader.required("a", .duration.signed, help: "")
    }
    #expect(signed == .seconds(-5))
  }
}

struct KnownFieldTests {
  private let fields = KnownField.all(of: DemoScenario.init)

  @Test func `reading code lists its fields without a file`() {
    #expect(
      fields.map(\.path) == [
        "name", "detection", "detection.interval", "detection.timeout", "detection.failureThreshold",
        "offers", "offers[].price", "offers[].storage", "offers[].budget", "offers[].disk", "offers[].link",
        "offers[].reliability", "offers[].tier", "offers[].isVerified", "offers[].address",
        "startDelay", "startDelay.constant", "startDelay.uniform", "startDelay.uniform.low",
        "startDelay.uniform.high", "startDelay.mixture", "startDelay.mixture.parts",
        "steps", "steps[].wait", "faults", "faults[].at", "faults[].crash", "faults[].crash.host",
        "faults[].slowLink", "faults[].slowLink.rate", "clock", "clock.overshoot",
      ])
  }

  @Test func `a field says what it takes, its default and its other names`() throws {
    let interval = try #require(fields.first { $0.path == "detection.interval" })
    #expect(interval.need == .defaults(to: "30s"))
    #expect(interval.help == "Time between two checks")
    #expect(interval.aliases.map(\.key) == ["periodSeconds"])
    guard case .quantity("duration", let pattern, let limits) = interval.shape else {
      Issue.record("\(interval.shape)")
      return
    }
    #expect(limits == [FieldLimit(side: .lower, bound: "0s", isInclusive: false)])
    #expect(try "1h30min".contains(Regex(pattern)))
    #expect(try !"30".contains(Regex(pattern)))

    let shapes = Dictionary(uniqueKeysWithValues: fields.map { ($0.path, $0.shape) })
    #expect(shapes["offers"] == .list(of: .mapping, minimumCount: 0))
    #expect(shapes["offers[].tier"] == .choice(["onDemand", "interruptible"]))
    #expect(
      shapes["steps"] == .list(of: .forms(words: ["checkHealth"], keys: ["wait"], plain: []), minimumCount: 0)
    )
    #expect(
      shapes["detection.failureThreshold"]
        == .count(limits: [
          FieldLimit(side: .lower, bound: "1", isInclusive: true),
          FieldLimit(side: .upper, bound: "100", isInclusive: true),
        ]))
    #expect(fields.first { $0.path == "name" }?.need == .required)
    #expect(fields.first { $0.path == "offers[].disk" }?.need == .defaults(to: "100GB"))
    #expect(fields.first { $0.path == "offers[].address" }?.need == .optional)
  }

  @Test func `every default that is listed reads back as itself`() throws {
    // A file made of the listed defaults is the same as one without them.
    let lines = fields.compactMap { field -> String? in
      guard case .defaults(let text?) = field.need, !field.path.contains("[]") else { return nil }
      return "\(field.path)=\(text)"
    }
    #expect(lines.contains("detection.interval=30s"))
    let bare = try Document(bytes: Array("name: x".utf8), name: "x.yaml")
    #expect(try bare.setting(lines).read(DemoScenario.init).value == bare.read(DemoScenario.init).value)
  }
}
