import Failover
import FailoverSim

/// Several scenarios played with the same seeds, to be laid side by side.
public struct Comparison: Sendable {
  /// In the order in which they were given.
  public let entries: [Replications]
  public let seeds: Int
  /// The one that does nothing, if it is among them: what protection brings is reckoned from it.
  public let baseline: Int?
  public let rubric: Rubric?

  public init(_ entries: [Replications], rubric: Rubric? = nil) {
    self.entries = entries
    self.rubric = rubric
    seeds = entries.first?.seeds ?? 0
    baseline = entries.firstIndex { $0.scenario.strategy.protectsNothing }
  }

  /// What keeps the scenarios from answering one question, one sentence each: they differ in more than the strategy.
  public static func doubts(about scenarios: [Scenario]) -> [String] {
    guard let first = scenarios.first else { return [] }
    return scenarios.dropFirst().flatMap { other in
      var doubts: [String] = []
      func compare<Value: Equatable>(_ what: String, _ value: (Scenario) -> Value) {
        if value(first) != value(other) {
          doubts.append("\(other.name) and \(first.name) differ in \(what): they do not answer one question")
        }
      }
      compare("their interruptions") { $0.world.interruptions }
      compare("their workspace") { $0.workspaceBesideCheckpoints }
      compare("what runs on the GPU") { $0.workload.kind }
      compare("their length") { $0.life }
      compare("what a GPU takes to boot") { [$0.world.gpu.boot, $0.world.gpu.sshStart] }
      compare("the GPUs for rent") { $0.world.marketplace.offers }
      return doubts
    }
  }

  /// What protection costs for an hour of service gained, against doing nothing; `nil` for the baseline itself, and
  /// where nothing was gained.
  func overheadPerHourGained(_ index: Int) -> HourlyPrice? {
    guard let baseline, index != baseline else { return nil }
    return ProtectionValue(
      protected: .init(entries[index].pooled), unprotected: .init(entries[baseline].pooled)
    ).overheadPerHourGained
  }

  func scorecard(_ index: Int) -> Scorecard? { rubric.map { Scorecard($0, entries[index].metrics) } }
}

extension Scenario {
  /// The workspace as users alone change it: how often training writes its state is a choice, as a strategy is.
  var workspaceBesideCheckpoints: WorkspaceModel {
    var workspace = world.workspace
    if case .training(let schedule) = workload {
      workspace.dirtyRate.bytesPerSecond -= min(
        workspace.dirtyRate.bytesPerSecond, schedule.dirtyRate.bytesPerSecond)
    }
    return workspace
  }
}

extension Strategy {
  /// Whether there is nothing to fall back on.
  public var protectsNothing: Bool { warmPool == nil && standby == nil && snapshots == nil }

  /// Its protections in a few words.
  public var summary: String {
    var parts: [String] = []
    if warmPool != nil { parts.append("warm pool") }
    if let standby { parts.append(standby.mode == .running ? "CPU standby" : "CPU standby, off until needed") }
    if snapshots != nil { parts.append("snapshots") }
    return parts.isEmpty ? "none" : parts.joined(separator: " + ")
  }
}
