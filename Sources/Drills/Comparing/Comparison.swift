import Failover
import FailoverSim
import Scenarios

/// Drills and their simulated twins, phase by phase.
public struct Comparison: Sendable {
  /// One phase, in all drills and in all of their twins.
  public struct Row: Sendable, Hashable {
    public var phase: String
    /// One a drill that had the phase, in seconds.
    public var real: [Double]
    public var simulated: [Double]
    /// What the time of the real phase went into; the call that took most of it.
    public var mainCall: String?

    public var realMedian: Double { real.median }
    public var simulatedMedian: Double { simulated.median }
    /// Simulated less real.
    public var difference: Double { simulatedMedian - realMedian }

    /// Whether the medians differ by no more than a tenth or a tenth of a second, whichever is more. A phase that one side
    /// does not have lasted no time there.
    public var agrees: Bool { abs(difference) <= max(Comparison.share * realMedian, Comparison.least) }

    /// The shortest and the longest real one.
    public var range: ClosedRange<Double> { (real.min() ?? 0)...(real.max() ?? 0) }
  }

  /// How far apart medians may lie: this share of the real one, or so many seconds.
  public static let share = 0.1
  public static let least = 0.1

  public private(set) var scenario: String
  public private(set) var drills: Int
  /// How many of the drills, from the first, the world was calibrated with.
  public private(set) var calibratedWith: Int
  public private(set) var values: [WorldCalibration.Value]
  public private(set) var rows: [Row]
  /// Whether data went by way of this machine.
  let isRelayed: Bool

  /// - Parameters:
  ///   - drills: at least one.
  ///   - calibratedWith: how many of them, from the first, calibrate the world; at least 1. All are compared.
  /// - Throws: what a simulated run throws.
  public init(_ scenario: Scenario, _ drills: [DrillResult], calibratedWith: Int) throws {
    let calibration = WorldCalibration(scenario, from: Array(drills.prefix(max(1, calibratedWith))))
    let twins = try drills.enumerated().map { number, drill in
      try SimulatedTwin.run(scenario, in: calibration.world, like: drill, seed: UInt64(number + 1))
    }
    self.scenario = scenario.name
    self.drills = drills.count
    self.calibratedWith = min(max(1, calibratedWith), drills.count)
    values = calibration.values
    isRelayed = scenario.strategy.standby?.sync.route == .relay
    let real = drills.map { Self.durations(of: $0.run) }
    let simulated = twins.map(Self.durations)
    var names: [String] = []
    for name in (real + simulated).flatMap({ $0.map(\.name) }) where !names.contains(name) { names.append(name) }
    rows = names.map { name in
      Row(
        phase: name, real: Self.values(of: name, in: real), simulated: Self.values(of: name, in: simulated),
        mainCall: Self.mainCall(of: name, in: drills))
    }
    rows.sort { Self.order($0.phase) < Self.order($1.phase) }
  }

  private static func values(of name: String, in runs: [[(name: String, seconds: Double)]]) -> [Double] {
    runs.compactMap { $0.first { $0.name == name }?.seconds }
  }

  private static func durations(of run: Run) -> [(name: String, seconds: Double)] {
    guard let incident = Incident.all(in: run.events).first(where: { $0.fault != nil }) else { return [] }
    var all = incident.phases.map { (name: $0.name, seconds: $0.duration.inSeconds) }
    if let time = incident.timeToDegradedService { all.append((wholes[0], time.inSeconds)) }
    if let time = incident.timeToFullService { all.append((wholes[1], time.inSeconds)) }
    let saved = run.events.compactMap { event -> SnapshotReport? in
      if case .snapshotSaved(let report) = event.kind { report } else { nil }
    }
    let largestSaved = saved.map(\.content.bytes).max() ?? 0
    let whole = saved.filter { $0.content.bytes * 2 > largestSaved }
    if !whole.isEmpty { all.append((wholes[2], whole.map(\.duration.inSeconds).median)) }
    let syncs = run.events.compactMap { event -> SyncReport? in
      if case .syncCompleted(let report) = event.kind { report } else { nil }
    }
    guard let largest = syncs.map(\.bytesSent).max(), largest > .zero else { return all }
    let small = syncs.filter { $0.bytesSent.bytes < largest.bytes / 2 && $0.bytesSent > .zero }
    if !small.isEmpty { all.append((wholes[3], small.map(\.duration.inSeconds).median)) }
    return all
  }

  private static let wholes = [
    "fault to degraded service", "fault to full service", "whole snapshot", "sync of changes",
  ]

  private static func order(_ name: String) -> Int { (Incident.phaseNames + wholes).firstIndex(of: name) ?? .max }

  /// The call that took most of a phase, over all drills.
  private static func mainCall(of name: String, in drills: [DrillResult]) -> String? {
    var sums: [PortCall: Duration] = [:]
    var whole = Duration.zero
    for drill in drills {
      guard let incident = Incident.all(in: drill.run.events).first(where: { $0.fault != nil }),
        let phase = incident.phases.first(where: { $0.name == name })
      else { continue }
      whole += phase.duration
      for call in drill.timings {
        let shared = min(call.end, phase.end) - max(call.start, phase.start)
        if shared > .zero { sums[call.call, default: .zero] += shared }
      }
    }
    // In the order of the calls' names, so that a tie is no matter of chance.
    let calls = PortCall.allCases.compactMap { call in sums[call].map { (call: call, sum: $0) } }
    guard whole > .zero, let most = calls.max(by: { $0.sum < $1.sum }) else { return nil }
    return "\(most.call.rawValue) \(Int((100 * most.sum.inSeconds / whole.inSeconds).rounded())) %"
  }
}
