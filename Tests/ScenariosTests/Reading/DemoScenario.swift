import Failover

@testable import Scenarios

/// A small file format that uses each part of the reading once.
struct DemoScenario: Sendable, Equatable {
  var name: String
  var detection: DemoDetection
  var offers: [DemoOffer]
  var startDelay: DemoDelay
  var steps: [DemoStep]
  var faults: [DemoFault]
  var overshoot: Duration

  init(_ reader: MappingReader) {
    name = reader.required("name", .text, help: "What the scenario is called")
    detection = reader.section("detection", help: "How a fault is noticed", DemoDetection.init)
    offers = reader.value(
      "offers", .list(of: .mapping(DemoOffer.init)), default: [], help: "What the market offers")
    startDelay = reader.value(
      "startDelay", DemoDelay.kind, default: .constant(.seconds(5)), help: "Time to start")
    steps = reader.value("steps", .list(of: DemoStep.kind), default: [], help: "What happens in turn")
    faults = reader.value("faults", .list(of: .mapping(DemoFault.init)), default: [], help: "What goes wrong")
    overshoot = reader.section("clock", help: "The clock") { clock in
      clock.value("overshoot", .duration, default: .zero, help: "How late a sleeper wakes")
    }
  }
}

struct DemoDetection: Sendable, Equatable {
  var interval: Duration
  var timeout: Duration
  var failureThreshold: Int

  init(_ reader: MappingReader) {
    interval = reader.value(
      "interval", .duration.positive, default: .seconds(30), also: .seconds("periodSeconds"),
      help: "Time between two checks")
    timeout = reader.value(
      "timeout", .duration.positive, default: .seconds(5), also: .seconds("timeoutSeconds"),
      help: "Longest wait for one answer")
    failureThreshold = reader.value(
      "failureThreshold", .count.between(1, 100), default: 3, help: "Failures in a row until a target is down"
    )
    reader.check(
      timeout <= interval, "timeout", "interval",
      message: "must not be longer than the interval, \(Units.format(interval))")
  }
}

struct DemoOffer: Sendable, Equatable {
  enum Tier: String, CaseIterable, Sendable { case onDemand, interruptible }

  var price: HourlyPrice
  var storage: HourlyPrice
  var budget: Money?
  var disk: ByteCount
  var link: DataRate
  var reliability: Ratio
  var tier: Tier
  var isVerified: Bool
  var address: HostAddress?

  init(_ reader: MappingReader) {
    price = reader.required("price", .hourlyPrice.positive, help: "Price while running")
    storage = reader.value("storage", .hourlyPrice, default: .free, help: "Price while stopped")
    budget = reader.optional("budget", .money, help: "Most to spend")
    disk = reader.value(
      "disk", .byteCount.atLeast(.gigabytes(1)), default: .gigabytes(100), help: "Disk size")
    link = reader.value("link", .dataRate.positive, default: .megabitsPerSecond(100), help: "Network rate")
    reliability = reader.value("reliability", .fraction, default: .one, help: "Share of starts that succeed")
    tier = reader.value("tier", .choice(), default: .interruptible, help: "How it is rented")
    isVerified = reader.value("isVerified", .bool, default: false, help: "Checked by the market")
    address = reader.optional("address", .address, help: "Where it answers")
  }
}

indirect enum DemoDelay: Sendable, Equatable {
  case constant(Duration)
  case uniform(low: Duration, high: Duration)
  case mixture([DemoDelay])

  static var kind: Kind<DemoDelay> {
    .oneOf(
      "a delay",
      .plain(.duration) { .constant($0) },
      .keyed("constant", .duration, help: "Always the same") { .constant($0) },
      .fields("uniform", help: "Evenly spread") { reader in
        .uniform(
          low: reader.required("low", .duration, help: "Shortest"),
          high: reader.required("high", .duration, help: "Longest"))
      },
      .fields("mixture", help: "One of several") { reader in
        .mixture(reader.required("parts", .list(of: DemoDelay.kind, atLeast: 1), help: "The several"))
      })
  }
}

enum DemoStep: Sendable, Equatable {
  case checkHealth
  case wait(Duration)

  static var kind: Kind<DemoStep> {
    .oneOf(
      "a step", .word("checkHealth", .checkHealth),
      .keyed("wait", .duration, help: "Do nothing") { .wait($0) })
  }
}

struct DemoFault: Sendable, Equatable {
  enum Effect: Sendable, Equatable {
    case crash(host: String)
    case slowLink(rate: DataRate)
  }

  var at: Duration
  var effect: Effect

  init(_ reader: MappingReader) {
    at = reader.required("at", .duration, help: "When it happens")
    effect = reader.oneOf(
      "an effect",
      .fields("crash", help: "A host stops") { .crash(host: $0.required("host", .text, help: "Which")) },
      .fields("slowLink", help: "A link slows down") {
        .slowLink(rate: $0.required("rate", .dataRate, help: "To what"))
      })
  }
}

/// A file that is right and uses everything.
let demoText = """
  # A scenario
  name: warm pool
  detection:
    interval: 10s   # not the default
    timeout: 2s
    failureThreshold: 2
  offers:
    - {price: $0.45/h, disk: 512GiB, tier: onDemand}
    - price: $7.20/month
      storage: $0.01/h
      budget: $20
      link: 1Gbit/s
      reliability: 99.5%
      isVerified: true
      address: "gpu-1.example:22"
  startDelay:
    mixture:
      parts:
        - uniform: {low: 1s, high: 2s}
        - 30s
  steps:
    - checkHealth
    - wait: 0.5s
  faults:
    - at: 10d
      crash: {host: gpu-1}
  clock:
    overshoot: 0.49ms

  """

/// The lines of all problems, or `ok`.
func problems(_ text: String, set overrides: [String] = []) -> [String] {
  do {
    let (_, warnings) = try Document(bytes: Array(text.utf8), name: "x.yaml").setting(overrides).read(
      DemoScenario.init)
    return ["ok"] + warnings.map(\.description)
  } catch {
    return error.problems.map(\.description)
  }
}
