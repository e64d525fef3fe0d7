import Failover
import FailoverSim
import Foundation
import Scenarios

/// What a simulated month costs: one by one, with lookahead and without, on one thread and on several.
///
/// Usage: month-benchmark SCENARIO [REPLICATIONS]
///
/// Times are of the processor for single months, of the clock for many. Other programs take their share of the clock: run
/// it on a machine that does nothing else.
@main
struct MonthBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    let path = arguments.count > 1 ? arguments[1] : "scenarios/cpu-standby.yaml"
    let many = arguments.count > 2 ? Int(arguments[2]) ?? 10_000 : 10_000
    let scenario = try LoadedScenario(path: path).scenario

    try single(scenario, seeds: 400, looksAhead: true)
    try single(scenario, seeds: 20, looksAhead: false)
    let alone = try replicate(scenario, many / 5, jobs: 1)
    let together = try replicate(scenario, many / 5, jobs: 2)
    print("  two jobs are \(rounded(alone / together, 2)) times as fast as one")
    _ = try replicate(scenario, many, jobs: 2)
    if let peakMemory { print("  at most \(peakMemory) of memory") }
  }

  /// The processor's time of one run after the other.
  private static func single(_ scenario: Scenario, seeds: UInt64, looksAhead: Bool) throws {
    var times: [Double] = []
    var (wakeUps, skipped) = (0, 0)
    for seed in 1...seeds {
      let start = processorTime
      let run = try Run(scenario, seed: seed, looksAhead: looksAhead)
      times.append(processorTime - start)
      wakeUps += run.statistics.wakeUps
      skipped += run.statistics.skippedRounds
    }
    times.sort()
    let name = looksAhead ? "with lookahead" : "without"
    print(
      """
        \(scenario.name), \(name): median \(rounded(times[times.count / 2] * 1000, 3)) ms of CPU, \
      least \(rounded(times[0] * 1000, 3)) ms, most \(rounded(times[times.count - 1] * 1000, 3)) ms; \
      \(wakeUps / Int(seeds)) wake-ups played, \(skipped / Int(seeds)) checks and syncs skipped
      """)
  }

  /// Many runs with their statistics, by the clock.
  private static func replicate(_ scenario: Scenario, _ count: Int, jobs: Int) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let statistics = try ReplicationStatistics(
      of: scenario, plan: ReplicationPlan(), rule: StoppingRule(limit: count), workers: Workers(jobs))
    let seconds = start.duration(to: clock.now).inSeconds
    print(
      """
        \(statistics.replications) replications and their statistics, \(jobs) \(jobs == 1 ? "job" : "jobs"): \
      \(rounded(seconds, 2)) s by the clock
      """)
    return seconds
  }

  private static var processorTime: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  /// The most memory that the process has had, as Linux tells it; `nil` elsewhere.
  private static var peakMemory: String? {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.map { $0.dropFirst("VmHWM:".count).trimmingCharacters(in: .whitespaces) }
  }

  private static func rounded(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
