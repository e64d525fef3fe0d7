import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// A drill is killed at every moment of its life, and goes on in another process.
@Suite struct CrashSafetyTests {
  enum Drill: String, CaseIterable, Sendable {
    case standby, warmPool, snapshots

    var overrides: [String] {
      switch self {
      case .standby:
        [
          "strategy=cpuStandby", "interruptions.at=[65s]", "healthCheck.interval=20s", "gpu.boot=40s",
          "sync.interval=40s",
        ]
      case .warmPool: ["interruptions.at=[260s]", "healthCheck.interval=40s", "gpu.boot=40s"]
      case .snapshots:
        [
          "strategy=snapshots", "interruptions.at=[65s]", "healthCheck.interval=20s", "gpu.boot=40s",
          "snapshots.interval=50s", "snapshots.keep=2", "snapshots.fullEvery=2",
        ]
      }
    }

    var end: Duration { self == .warmPool ? .seconds(800) : .seconds(500) }

    /// What restarts find and keep, and what they find and destroy, somewhere on the walk.
    var kept: Set<ResourceRole> {
      switch self {
      case .standby: [.primary, .standby, .candidate]
      case .warmPool: [.primary, .candidate, .warmStandby, .secondGPU, .volume]
      case .snapshots: [.primary, .candidate, .snapshot]
      }
    }
    var destroyed: Set<ResourceKind> { self == .snapshots ? [.instance, .snapshot] : [.instance] }

    /// Read once for all the times it is played.
    func drill() throws -> KilledDrill {
      try KilledDrill(scenario: PoolScenario.scenario(overrides), end: end)
    }
  }

  /// What must be so at the end, whatever has happened in between; one sentence for each thing that is not.
  static func mistakes(of drill: Drill, _ scenario: Scenario, _ outcome: KilledDrill.Outcome) -> [String] {
    var mistakes = outcome.violations
    func check(_ holds: Bool, _ sentence: String) { if !holds { mistakes.append(sentence) } }
    guard let state = outcome.state, let history = outcome.history else { return ["no orchestrator came so far"] }
    check(state.phase == .protected, "it ends \(state.phase.rawValue)")
    check(state.failovers == 1, "\(state.failovers) failovers")
    let pool = state.warmPool
    let needed: [InstanceID] = [state.primary?.id, state.standby?.id, pool.standby?.id].compactMap { $0 }
    check(sorted(outcome.existing) == sorted(needed), "there are \(outcome.existing), needed are \(needed)")
    check(needed.count == (drill == .snapshots ? 1 : 2), "\(needed.count) machines")
    let volumes: [VolumeID] = [pool.volume].compactMap { $0 }
    check(outcome.volumes == volumes, "there are volumes \(outcome.volumes)")
    check(volumes.count == (drill == .warmPool ? 1 : 0), "the pool's volumes are \(volumes)")
    let records = state.chains.kept + state.chains.expired
    let known = records.map { $0.id.rawValue }.sorted()
    let stored = outcome.stored.map { $0.rawValue }.sorted()
    check(known == stored, "stored are \(stored), known \(known)")
    check(outcome.routes.count == (drill == .standby ? 3 : 2), "users went to \(outcome.routes)")
    check(Set(outcome.routes).count == outcome.routes.count, "users went back to one of \(outcome.routes)")
    check(outcome.routes.last == state.primary?.address, "users are not with the GPU")
    // With a volume nothing is lost; with a copy what had been written since it was made, and nothing but that.
    check(outcome.losses == (drill == .warmPool ? 0 : 1), "\(outcome.losses) losses")
    check(!outcome.events.contains { $0.kind.name == "leftBehind" }, "users were moved to an older copy")
    check(outcome.events.count { $0.kind.name == "interrupted" } == 1, "interrupted more than once")
    // People hear of a failover once, and the log has no second one.
    let starts = outcome.events.count { $0.kind.name == "failoverStarted" || $0.kind.name == "warmFailoverStarted" }
    check(starts <= 1, "\(starts) failovers were begun")
    check(history.state.phase == .protected && history.state.failovers == 1, "the journal says something else")
    check(history.unfinishedReleases.isEmpty, "something is still being given back")
    let ids = history.created.compactMap { $0.id }.sorted()
    let adopted = scenario.world.primary(of: 0)?.rawValue
    let paid = outcome.existing.map { $0.rawValue } + outcome.volumes.map { $0.rawValue }
    check(ids == paid.filter { $0 != adopted }.sorted(), "the journal has \(ids), paid for are \(paid)")
    return mistakes
  }

  private static func sorted(_ ids: [InstanceID]) -> [String] { ids.map { $0.rawValue }.sorted() }

  @Test(arguments: Drill.allCases)
  func `killed at any moment, a drill completes one failover and forgets nothing`(_ drill: Drill) throws {
    let played = try drill.drill()
    let undisturbed = try played.play()
    #expect(Self.mistakes(of: drill, played.scenario, undisturbed) == [])
    let moments = try #require(undisturbed.moments.first)
    #expect(moments > 100)
    var deaths: [String] = []
    var kept: Set<ResourceRole> = []
    var destroyed: Set<ResourceKind> = []
    for moment in 1...moments {
      let outcome = try played.killed(at: [moment])
      let mistakes = Self.mistakes(of: drill, played.scenario, outcome)
      #expect(mistakes.isEmpty, "killed at moment \(moment), \(outcome.deaths): \(mistakes)")
      deaths += outcome.deaths
      for resumption in outcome.resumptions {
        kept.formUnion(resumption.kept.map { $0.role })
        destroyed.formUnion(resumption.destroyed.map { $0.kind })
        #expect(resumption.problems.isEmpty)
      }
    }
    // Nothing would be proved if there had been nothing to find.
    #expect(deaths.count == moments)
    for moment in ["before create", "during create", "after create", "during route", "before state"] {
      #expect(deaths.contains { $0.hasPrefix(moment) })
    }
    #expect(kept.isSuperset(of: drill.kept))
    #expect(destroyed.isSuperset(of: drill.destroyed))
  }

  @Test(arguments: Drill.allCases)
  func `a restart that is killed itself is done again`(_ drill: Drill) throws {
    let played = try drill.drill()
    let moments = try #require(try played.play().moments.first)
    var twice = 0
    for first in stride(from: 5, through: moments, by: 29) {
      for second in stride(from: 1, through: 40, by: 3) {
        let outcome = try played.killed(at: [first, second])
        let mistakes = Self.mistakes(of: drill, played.scenario, outcome)
        #expect(mistakes.isEmpty, "killed at \(first) and \(second), \(outcome.deaths): \(mistakes)")
        twice += outcome.deaths.count == 2 ? 1 : 0
      }
    }
    #expect(twice > 50)
  }

  /// The GPU may be lost meanwhile. (Before the first copy is known to be whole it takes the work with it.)
  @Test(arguments: [Drill.standby, .warmPool])
  func `a minute without anybody costs time and nothing else`(_ drill: Drill) throws {
    var played = try drill.drill()
    played.pause = .seconds(60)
    played.end += played.pause
    let moments = try #require(try played.play().moments.first)
    var checked = 0
    for moment in stride(from: 1, through: moments, by: 2) {
      let outcome = try played.killed(at: [moment])
      guard drill == .warmPool || outcome.resumptions.last?.copy != nil else { continue }
      checked += 1
      let mistakes = Self.mistakes(of: drill, played.scenario, outcome)
      #expect(mistakes.isEmpty, "killed at moment \(moment), \(outcome.deaths): \(mistakes)")
    }
    #expect(checked > 100)
  }

  @Test(arguments: Drill.allCases)
  func `a process that dies again and again gets there in the end`(_ drill: Drill) throws {
    let played = try drill.drill()
    let outcome = try played.killed(at: Array(repeating: 31, count: 12))
    #expect(Self.mistakes(of: drill, played.scenario, outcome) == [])
  }
}
