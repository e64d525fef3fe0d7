import Failover
import FailoverSim
import Scenarios

/// Scenarios for the tests of reports. Their figures are chosen for variety, not for truth.
enum Fixture {
  /// A short drill with a fault, a failover and a recovery.
  static let drill = Scenario(
    name: "drill fixture", summary: "", strategy: strategy, world: world(interruptions: .never),
    life: .drill(script), timerOvershoot: .microseconds(490))

  /// Days of operation on GPUs that live for hours.
  static let operation = Scenario(
    name: "operation fixture", summary: "", strategy: strategy,
    world: world(interruptions: .lifetimes(.weibull(shape: 0.8, scale: 6 * 3600))),
    life: .operation(.seconds(3 * 86_400)))

  /// GPUs that are lost every few minutes, many before they serve, and checks that fail without a fault.
  static let rough = Scenario(
    name: "rough fixture, \"quoted\"", summary: "", strategy: strategy,
    world: world(interruptions: .lifetimes(.weibull(shape: 0.7, scale: 400)), lostAnswers: 0.3),
    life: .operation(.seconds(86_400)))

  /// Nothing happens, not even once.
  static let quiet = Scenario(
    name: "quiet fixture", summary: "", strategy: strategy, world: world(interruptions: .never),
    life: .operation(.seconds(600)))

  /// Every fixture as a run, in several seeds, with the routine logged and not.
  static func runs() throws -> [Run] { try played.get() }

  /// Played once for all tests.
  private static let played = Result {
    let hours = Duration.seconds(6 * 3600)
    return try [
      Run(drill, seed: 1), Run(quiet, seed: 1), Run(quiet, seed: 2, logsRoutine: true),
      Run(operation, seed: 1), Run(operation, seed: 2, until: hours, logsRoutine: true),
      Run(rough, seed: 3, until: hours), Run(rough, seed: 4, until: hours, logsRoutine: true),
    ]
  }

  // MARK: Parts

  private static let strategy = Strategy(
    workspacePath: "/workspace",
    healthCheck: HealthCheckPolicy(
      interval: .seconds(10), timeout: .seconds(5), failureThreshold: 3, intervalJitterPercent: 10,
      methods: [.api, .ssh]),
    standby: CPUStandby(
      machine: StandbyMachine(
        machineType: "e2-medium", isSpot: true, price: HourlyPrice(perHour: .cents(1))),
      sync: SyncPolicy(
        interval: .seconds(30), timeout: .seconds(300), route: .direct, retry: .constant(.seconds(5)),
        failuresUntilNotice: 3),
      failover: FailoverPolicy(attempts: 3, retry: .constant(.seconds(1)))),
    recovery: RecoveryPolicy(
      query: OfferQuery(
        minimumMemory: .gigabytes(8), maximumPrice: HourlyPrice(perHour: .cents(50)), regions: ["TH", "VN"]),
      retry: .constant(.seconds(5)), failuresUntilNotice: 3, offerCacheAge: .zero,
      provisionTimeout: .seconds(600), provisionPoll: .constant(.milliseconds(300)),
      sshTimeout: .seconds(300), sshPoll: .constant(.milliseconds(300)), restoreTimeout: .seconds(3600),
      restoreAttempts: 3),
    timeouts: CallTimeouts(
      api: .seconds(30), standbyCreation: .seconds(300), endpoint: .seconds(30), verification: .seconds(10),
      digest: .seconds(300), notification: .seconds(10)))

  /// - Parameter lostAnswers: the share of ssh probes of a GPU that run into their time-out.
  private static func world(interruptions: InterruptionModel, lostAnswers: Double = 0) -> WorldModel {
    let answer = Distribution.uniform(low: 0.1, high: 0.3)
    let probe =
      lostAnswers == 0
      ? answer
      : .mixture([
        .init(weight: 1 - lostAnswers, distribution: answer),
        .init(weight: lostAnswers, distribution: .constant(60)),
      ])
    return WorldModel(
      gpu: GPUModel(
        id: InstanceID("777777"), address: HostAddress(host: "gpu.example", port: 12345),
        price: HourlyPrice(perHour: .cents(45)), boot: .lognormal(median: 60, sigma: 0.5),
        sshStart: .lognormal(median: 20, sigma: 0.3),
        hostTimes: HostTimes(
          scan: .uniform(low: 0.2, high: 8), inspect: .constant(0.5), digest: .constant(3),
          probes: [.api: .constant(0.1), .ssh: probe])),
      standby: StandbyModel(
        id: InstanceID("cpu"), address: HostAddress(host: "cpu.example", port: 22), creation: .constant(0.3),
        describe: .constant(0.5),
        hostTimes: HostTimes(
          scan: .constant(0.3), inspect: .constant(0.5), digest: .constant(2),
          probes: [.api: .constant(0), .ssh: .constant(0.5)]),
        startsFilled: false),
      marketplace: MarketplaceModel(
        offers: [
          Offer(
            id: "9999", gpuName: "RTX 4090", memory: .gigabytes(32),
            price: HourlyPrice(perHour: .cents(45)), region: "TH")
        ],
        newInstances: [], search: .constant(0.5), create: .constant(0.3), describe: .constant(0.1),
        destroy: .constant(0.2)),
      network: NetworkModel(
        link: .megabitsPerSecond(1000), rsync: .megabytesPerSecond(90), keepAlive: .seconds(11)),
      endpoint: EndpointModel(change: .constant(0.4), hold: .constant(0.1), verify: .constant(0.5)),
      workspace: WorkspaceModel(
        path: "/workspace",
        files: [
          .init(name: "model.pt", size: .megabytes(950)), .init(name: "data.csv", size: .megabytes(240)),
        ],
        dirtyRate: DataRate(bytesPerSecond: 250_000), deltaReduction: .percent(80)),
      interruptions: interruptions, notification: .constant(0.2))
  }

  private static let script: [ScriptPart] = [
    .phase(
      name: "Setup", steps: [.perform(.adoptPrimary), .perform(.createStandby), .perform(.openEndpoint)]),
    .pause([.seconds(1)]),
    .phase(
      name: "Normal",
      steps: [
        .note("a note with a comma, \"quotes\",\nand a second line: ✓"),
        .repeat(count: 2, steps: [.wait(.milliseconds(200)), .perform(.checkHealth), .perform(.sync)]),
      ]),
    .phase(name: "Failure", steps: [.wait(.milliseconds(300)), .perform(.interrupt)]),
    .phase(
      name: "Detection",
      steps: [.repeat(count: 3, steps: [.wait(.milliseconds(500)), .perform(.checkHealth)])]),
    .phase(name: "Failover", steps: [.perform(.failOver)]),
    .pause([.seconds(1)]),
    .phase(
      name: "Recovery",
      steps: [
        .wait(.milliseconds(500)), .perform(.searchOffer), .perform(.provision), .perform(.awaitSSH),
        .perform(.restore), .perform(.failBack), .perform(.giveBackUnused),
      ]),
  ]
}
