import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// A GPU that comes and goes is an alternating renewal process: in the long run the share of a state is the mean time
/// in it, over the mean length of a whole cycle.
@Suite struct RenewalTests {
  /// One cycle begins when a GPU runs. Everything is constant but its life, which is uniform, and the moment of the
  /// loss between two checks, which is uniform too because the lives span whole intervals of 10 s.
  private struct Cycle {
    var low: Double, high: Double
    static let checkInterval = 10.0
    static let threshold = 3.0
    /// Running to serving: the first question to ssh comes after 2 s and the endpoint takes 3 s and 0.25 s to move.
    static let untilServing = 2 + 3 + 0.25
    /// Detection to running: 1 s of search, 2 s of ordering, and 45 s of booting, which the questions every 5 s do not
    /// find out any sooner than after 48.75 s, with a quarter of a second for the answer to each.
    static let boot = 45.0
    static let untilOrdered = 1.0 + 2.0
    /// Questions are asked 5, 10.25, 15.5, ... s after the order: the ninth, 47 s after it, finds the GPU running.
    static let untilKnownToRun = 9 * 5 + 8 * 0.25 + 0.25

    var life: Double { (low + high) / 2 }
    /// (N - 1/2) intervals.
    var detection: Double { (Self.threshold - 0.5) * Self.checkInterval }
    /// From running until it is known to run.
    var late: Double { Self.untilKnownToRun - Self.boot }
    var cycle: Double { life + detection + Self.untilOrdered + Self.boot }
    var serving: Double { life - late - Self.untilServing }
    /// A GPU is paid for from the order until it is lost.
    var paid: Double { Self.boot + life }

    /// The standard deviation of a ratio's numerator less its share of the denominator, per cycle.
    func deviation(share: Double) -> Double {
      let life = (high - low) * (high - low) / 12
      let detection = Self.checkInterval * Self.checkInterval / 12
      return ((1 - share) * (1 - share) * life + share * share * detection).squareRoot()
    }
  }

  private static let length = 8.0 * 86_400

  private static func run(_ cycle: Cycle) throws -> Run {
    try Run(
      Watched.scenario(
        """
        gpu: {price: $1.00/h, boot: 45s, sshStart: 1s, probes: {api: 0s, ssh: 0s}}
        marketplace:
          search: 1s
          create: 2s
          describe: 0.25s
          destroy: 1s
          offers: [{id: "1", gpu: A100, memory: 32GB, price: $1.00/h, region: TH}]
        endpoint: {change: 3s, verify: 0.25s}
        interruptions: {lifetimes: {uniform: {low: \(Int(cycle.low))s, high: \(Int(cycle.high))s}}}
        healthCheck: {interval: 10s, failureThreshold: 3}
        recovery:
          maximumPrice: $2.00/h
          provisionPoll: {initial: 5s, maximum: 5s}
          sshPoll: {initial: 2s, maximum: 2s}
        """), seed: 9, until: .seconds(Int64(length)))
  }

  private static let cycles = [Cycle(low: 200, high: 1200), Cycle(low: 1000, high: 1010), Cycle(low: 100, high: 300)]

  /// Played once for all tests.
  private static let runs = cycles.map { cycle in Result { try run(cycle) } }

  @Test(arguments: cycles.indices)
  func `availability is that of an alternating renewal process`(index: Int) throws {
    let cycle = Self.cycles[index]
    let run = try Self.runs[index].get()
    let availability = Metrics(run).availability
    let share = cycle.serving / cycle.cycle
    let cycles = Self.length / cycle.cycle
    // Four standard errors, and what the unfinished cycles at both ends may come to.
    let tolerance = 4 * cycle.deviation(share: share) / cycle.cycle / cycles.squareRoot() + 1 / cycles
    let measured = availability.full.inSeconds / availability.total.inSeconds
    #expect(abs(measured - share) < tolerance, "\(measured), expected \(share) ± \(tolerance)")
    #expect(tolerance < 0.02)
    #expect(abs(Double(Incident.all(in: run.events).count) - cycles) < 0.05 * cycles)
    #expect(run.violations.isEmpty)
  }

  @Test(arguments: cycles.indices)
  func `the expected cost is the price of the share of the time in which there is a GPU`(index: Int) throws {
    let cycle = Self.cycles[index]
    let run = try Self.runs[index].get()
    let share = cycle.paid / cycle.cycle
    let cycles = Self.length / cycle.cycle
    let tolerance = 4 * cycle.deviation(share: share) / cycle.cycle / cycles.squareRoot() + 1 / cycles
    let measured = Metrics(run).cost.gpu.inDollars / (Self.length / 3600)
    #expect(abs(measured - share) < tolerance, "$\(measured) an hour, expected \(share) ± \(tolerance)")
  }
}
