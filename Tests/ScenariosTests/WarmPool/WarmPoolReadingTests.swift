import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct WarmPoolReadingTests {
  private let base = "name: x\nsummary: y\nduration: 1h\n"

  private func read(_ text: String) throws -> Scenario {
    try Document(bytes: Array((base + text).utf8), name: "x.yaml").read(ScenarioFile.init).value.scenario
  }

  private func problems(_ text: String) -> [String] {
    do {
      _ = try read(text)
      return []
    } catch let error as InvalidFile {
      return error.problems.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func `a strategy that names a warm pool has one with the documents' values`() throws {
    let scenario = try read("strategy: warmPool")
    let pool = try #require(scenario.strategy.warmPool)
    #expect(pool == WarmPool())
    #expect(pool.minimumGPUs == 2 && pool.volumeSize == .gigabytes(100) && pool.startTimeout == .seconds(120))
    #expect(pool.autoProvision && pool.fallsBackToStandby && pool.sshPoll == .constant(.seconds(2)))
    #expect(scenario.strategy.standby == nil)
    #expect(!scenario.world.gpu.isRentedAtStart, "the first GPU is rented on a machine that can hold the pool")
    #expect(scenario.world.machines == MachineModel())
  }

  @Test func `every field of the section and of the machines is read`() throws {
    let scenario = try read(
      """
      strategy: [warmPool, cpuStandby]
      warmPool:
        minimumGPUs: 3
        volumeSize: 50GB
        preferredGPUs: [A100]
        autoProvision: false
        fallsBackToStandby: false
        startTimeout: 90s
        sshPoll: {initial: 1s, maximum: 4s}
        provisionRetry: {initial: 5s, maximum: 50s}
        checkInterval: 1min
      machines:
        {start: 1s, stop: 2s, createVolume: 3s, deleteVolume: 4s, resume: 5s, sshAfterResume: 6s, standbyRentedAway: 20%,
         whenRentedAway: refused, rentalByOthers: 7s, interruptionTakesMachine: 40%, outage: 8s}
      """)
    #expect(
      scenario.strategy.warmPool
        == WarmPool(
          minimumGPUs: 3, volumeSize: .gigabytes(50), preferredGPUs: ["A100"], autoProvision: false,
          fallsBackToStandby: false, startTimeout: .seconds(90),
          sshPoll: Backoff(initial: .seconds(1), growthPercent: 100, maximum: .seconds(4)),
          provisionRetry: Backoff(initial: .seconds(5), maximum: .seconds(50)), checkInterval: .seconds(60)))
    #expect(
      scenario.world.machines
        == MachineModel(
          start: .constant(1), stop: .constant(2), createVolume: .constant(3), deleteVolume: .constant(4),
          resume: .constant(5), sshAfterResume: .constant(6), standbyRentedAway: .percent(20), whenRentedAway: .refused,
          rentalByOthers: .constant(7), interruptionTakesMachine: .percent(40), outage: .constant(8)))
    #expect(scenario.strategy.standby != nil)
  }

  @Test func `an offer of several GPUs is one for each, in one machine, and one without a number never runs out`() throws {
    let market = try read(
      """
      marketplace:
        offers:
          - {id: a, gpu: A100, memory: 80GB, price: $1/h, region: TH, machine: m, count: 2, verified: false}
          - {id: b, gpu: A100, memory: 80GB, price: $1/h, region: TH, count: 1}
          - {id: c, gpu: A100, memory: 80GB, price: $1/h, region: TH}
      """
    ).world.marketplace
    #expect(market.offers.map(\.id) == ["a-1", "a-2", "b", "c"])
    #expect(market.offers.map(\.machine.rawValue) == ["m", "m", "b", "c"])
    #expect(market.offers.map(\.isVerified) == [false, false, true, true])
    #expect(market.singleGPUs == ["a-1", "a-2", "b"])
  }

  @Test(arguments: [
    (
      "strategy: warmPool\nwarmPool: {minimumGPUs: 1}",
      "x.yaml:5:25: error: warmPool.minimumGPUs: must be between 2 and 64, found 1"
    ),
    (
      "warmPool: {minimumGPUs: 2}",
      "x.yaml:4:11: error: warmPool: these settings have no effect: 'strategy' does not name warmPool; write strategy: "
        + "[warmPool], or enabled: true here"
    ),
    (
      "strategy: warmPool\nwarmPool: {startTimeout: 1s}",
      "x.yaml:5:26: error: warmPool.startTimeout: startTimeout must be longer than sshPoll, or the GPU is given up before "
        + "it is asked for the second time"
    ),
    (
      "strategy: warmPool\nwarmPool: {volumeSize: 1GB}",
      "x.yaml:5:11: error: warmPool: a volume of 1 GB does not hold the workspace of 1.19 GB"
    ),
    (
      "strategy: warmPol",
      "x.yaml:4:11: error: strategy: unknown value 'warmPol'; did you mean 'warmPool'? Known: none, warmPool, cpuStandby, "
        + "snapshots"
    ),
    (
      "machines: {standbyRentedAway: 120%}",
      "x.yaml:4:31: error: machines.standbyRentedAway: must be between 0 and 1, found 1.2"
    ),
    (
      "marketplace: {offers: [{id: a, gpu: g, memory: 8GB, price: $1/h, region: TH, count: 2}, "
        + "{id: a-1, gpu: g, memory: 8GB, price: $1/h, region: TH}]}",
      "x.yaml:4:23: error: marketplace.offers: two offers have the same id"
    ),
  ])
  func `a mistake is told with its place and what would be right`(text: String, problem: String) {
    #expect(problems(text) == [problem])
  }

  @Test func `the section can add the pool and take it out`() throws {
    #expect(try read("warmPool: {enabled: true}").strategy.warmPool != nil)
    #expect(try read("strategy: [warmPool, cpuStandby]\nwarmPool: {enabled: false}").strategy.warmPool == nil)
  }

  @Test(arguments: ["incident", "rented-away", "machine-lost"])
  func `the scenario files are read without a warning`(name: String) throws {
    let loaded = try Catalogue.load("warm-pool/\(name)")
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.scenario.strategy.warmPool != nil)
  }
}

@Suite struct WarmPoolVariableTests {
  private func load(
    _ environment: [String: String], _ overrides: [String] = [], _ name: String = "warm-pool/rented-away"
  ) throws -> LoadedScenario {
    try LoadedScenario(
      path: Catalogue.folder.appendingPathComponent(name + ".yaml").path, overrides: overrides,
      environment: WarmPoolVariables(environment))
  }

  @Test func `every variable sets its field, and is told`() throws {
    let loaded = try load([
      "WARM_POOL_ENABLED": "True", "WARM_POOL_MIN_GPUS": "3", "WARM_POOL_VOLUME_SIZE_GB": "50",
      "WARM_POOL_AUTO_PROVISION": "no", "WARM_POOL_FALLBACK_TO_CPU": "0", "WARM_POOL_HEALTH_CHECK_INTERVAL": "20",
      "WARM_POOL_PREFERRED_GPUS": "RTX_4090, A100,RTX_3090", "PATH": "/bin",
    ])
    let pool = try #require(loaded.scenario.strategy.warmPool)
    #expect(pool.minimumGPUs == 3 && pool.volumeSize == .gigabytes(50))
    #expect(!pool.autoProvision && !pool.fallsBackToStandby)
    #expect(pool.preferredGPUs == ["RTX_4090", "A100", "RTX_3090"])
    #expect(loaded.scenario.strategy.healthCheck.interval == .seconds(20))
    #expect(loaded.variables.map(\.name) == WarmPoolVariables.fields.map(\.name))
    #expect(loaded.variables[1].description == "WARM_POOL_MIN_GPUS=3 from the environment, for warmPool.minimumGPUs")
    #expect(loaded.warnings.isEmpty)
  }

  @Test func `an option wins over the environment, and the environment over the file`() throws {
    let variables = ["WARM_POOL_HEALTH_CHECK_INTERVAL": "20", "WARM_POOL_MIN_GPUS": "3"]
    #expect(try load(variables).scenario.strategy.healthCheck.interval == .seconds(20))
    for option in ["healthCheck.interval=7s", "healthCheck.periodSeconds=7"] {
      #expect(try load(variables, [option]).scenario.strategy.healthCheck.interval == .seconds(7))
    }
    #expect(try load(variables, ["warmPool.minimumGPUs=4"]).scenario.strategy.warmPool?.minimumGPUs == 4)
    #expect(
      try load(["WARM_POOL_ENABLED": "false"], ["warmPool.enabled=true"]).scenario.strategy.warmPool != nil)
  }

  @Test func `a scenario without a warm pool hears only of being given one`() throws {
    let others = try load(["WARM_POOL_MIN_GPUS": "3", "WARM_POOL_HEALTH_CHECK_INTERVAL": "20"], [], "cpu-standby")
    #expect(others.scenario.strategy.warmPool == nil)
    #expect(others.scenario.strategy.healthCheck.interval == .seconds(10))
    #expect(others.variables.isEmpty)
    let given = try load(["WARM_POOL_MIN_GPUS": "3", "WARM_POOL_ENABLED": "true"], [], "cpu-standby")
    #expect(given.scenario.strategy.warmPool?.minimumGPUs == 3)
    #expect(given.scenario.strategy.standby != nil)
    let taken = try load(["WARM_POOL_MIN_GPUS": "3", "WARM_POOL_ENABLED": "off"])
    #expect(taken.scenario.strategy.warmPool == nil)
    #expect(taken.variables.map(\.name) == ["WARM_POOL_ENABLED"])
    let drill = try load(["WARM_POOL_ENABLED": "true"], [], "report-18.63")
    #expect(drill.scenario.strategy.warmPool == nil && drill.variables.isEmpty, "a drill plays its script")
  }

  @Test(arguments: [
    ("WARM_POOL_MIN_GPUS", "1", "WARM_POOL_MIN_GPUS=1: error: warmPool.minimumGPUs: must be between 2 and 64, found 1"),
    ("WARM_POOL_MIN_GPUS", "two", "WARM_POOL_MIN_GPUS=two: error: warmPool.minimumGPUs: expected a whole number such as 3, found 'two'"),
    ("WARM_POOL_VOLUME_SIZE_GB", "100GB", "WARM_POOL_VOLUME_SIZE_GB=100GB: error: expected a whole number of gigabytes such as 100, found '100GB'"),
    ("WARM_POOL_VOLUME_SIZE_GB", "-5", "WARM_POOL_VOLUME_SIZE_GB=-5: error: warmPool.volumeSize: must be greater than 0B, found -5GB"),
    ("WARM_POOL_HEALTH_CHECK_INTERVAL", "10s", "WARM_POOL_HEALTH_CHECK_INTERVAL=10s: error: expected a whole number of seconds such as 10, found '10s'"),
    ("WARM_POOL_HEALTH_CHECK_INTERVAL", "0", "WARM_POOL_HEALTH_CHECK_INTERVAL=0: error: healthCheck.periodSeconds: must be greater than 0s, found 0s"),
    ("WARM_POOL_AUTO_PROVISION", "maybe", "WARM_POOL_AUTO_PROVISION=maybe: error: expected true or false, found 'maybe'"),
  ])
  func `a bad value names its variable`(name: String, value: String, message: String) throws {
    let error = #expect(throws: InvalidFile.self) { try load([name: value]) }
    #expect("\(try #require(error))" == message)
  }

  @Test func `an empty variable is none, and a misspelt one is warned of`() throws {
    let loaded = try load(["WARM_POOL_MIN_GPUS": " ", "WARM_POOL_MINGPUS": "3", "WARM_POOL_X": "3"])
    #expect(loaded.variables.isEmpty)
    #expect(
      loaded.warnings.map(\.description) == [
        "WARM_POOL_MINGPUS: warning: no setting has this name; did you mean 'WARM_POOL_MIN_GPUS'?",
        "WARM_POOL_X: warning: no setting has this name",
      ])
  }

  @Test func `ten thousand odd environments are read or refused`() throws {
    let parts = ["", "0", "1", "-1", "true", "FALSE", ",", "RTX_4090", "\u{0}", "é", "[", "{", "'", "9223372036854775808", "~", "null", "\n"]
    let names = WarmPoolVariables.fields.map(\.name)
    var stream = RandomStream(seed: 3, name: "odd environments")
    let document = try Document(bytes: Array(PoolScenario.text.utf8), name: "x.yaml")
    var (accepted, refused) = (0, 0)
    for round in 0..<10_000 {
      var draw = stream.next()
      var environment: [String: String] = [:]
      for name in names where draw.nextInteger(below: 4) == 0 {
        environment[name] = (0..<(1 + draw.nextInteger(below: 3))).reduce("") { text, _ in
          text + parts[Int(draw.nextInteger(below: UInt64(parts.count)))]
        }
      }
      do throws(InvalidFile) {
        let variables = try WarmPoolVariables(environment)
        accepted += 1
        // Reading the whole file every time would be slow.
        if round % 100 == 0 { _ = try document.setting([], over: variables).document.read(ScenarioFile.init) }
      } catch {
        #expect(!error.problems.isEmpty)
        refused += 1
      }
    }
    #expect(accepted > 1000 && refused > 1000)
  }
}
