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
        ["strategy=cpuStandby", "interruptions.at=[65s]", "healthCheck.interval=20s", "gpu.boot=40s", "sync.interval=40s"]
      case .warmPool: ["interruptions.at=[260s]", "healthCheck.interval=40s", "gpu.boot=40s"]
      case .snapshots:
        [
          "strategy=snapshot", "interruptions.at=[65s]", "healthCheck.interval=20s", "gpu.boot=40s",
          "snapshots.interval=50s", "snapshots.keep=2", "snapshots.fullEvery=2",
        ]
      }
    }

    var end: Duration { self == .warmPool ? .seconds(800) : .seconds(500) }

    func play(kills: [Int] = []) throws -> KilledDrill.Outcome {
      try KilledDrill(scenario: PoolScenario.scenario(overrides), kills: kills, end: end).play()
    }
  }

  /// What must be so at the end, whatever has happened in between; one sentence for each thing that is not.
  static func mistakes(of drill: Drill, _ outcome: KilledDrill.Outcome) throws -> [String] {
    let scenario = try PoolScenario.scenario(drill.overrides)
    var mistakes = outcome.violations
    func check(_ holds: Bool, _ sentence: String) { if !holds { mistakes.append(sentence) } }
    let state = outcome.state
    check(state.phase == .protected, "it ends \(state.phase.rawValue)")
    check(state.failovers == 1, "\(state.failovers) failovers")
    let pool = state.warmPool
    let needed = [state.primary?.id, state.standby?.id, pool.standby?.id].compactMap { $0 }
    check(
      Set(outcome.existing) == Set(needed) && outcome.existing.count == needed.count,
      "there are \(outcome.existing), needed are \(needed)")
    check(needed.count == (drill == .snapshots ? 1 : 2), "\(needed.count) machines")
    check(outcome.volumes == [pool.volume].compactMap { $0 }, "there are volumes \(outcome.volumes)")
    check((pool.volume != nil) == (drill == .warmPool), "the pool's volume is \(pool.volume?.rawValue ?? "none")")
    let known = (state.chains.kept + state.chains.expired).map(\.id)
    check(Set(known) == Set(outcome.stored), "stored are \(outcome.stored), known \(known)")
    check(
      outcome.routes.count == (drill == .standby ? 3 : 2) && Set(outcome.routes).count == outcome.routes.count,
      "users went to \(outcome.routes)")
    check(outcome.routes.last == state.primary?.address, "users are not with the GPU")
    // With a volume nothing is lost; with a copy what had been written since it was made, and nothing but that.
    check(outcome.losses == (drill == .warmPool ? 0 : 1), "\(outcome.losses) losses")
    check(!outcome.events.contains { $0.kind.name == "leftBehind" }, "users were moved to an older copy")
    check(outcome.events.count { $0.kind.name == "interrupted" } == 1, "interrupted more than once")
    // People hear of a failover once, and the log has no second one.
    let starts = outcome.events.count { $0.kind.name == "failoverStarted" || $0.kind.name == "warmFailoverStarted" }
    check(starts <= 1, "\(starts) failovers were begun")
    let history = outcome.history
    check(history?.state.phase == .protected && history?.state.failovers == 1, "the journal says something else")
    check(history?.unfinishedReleases.isEmpty == true, "something is still being given back")
    let ids = history?.created.compactMap(\.id) ?? []
    let paid = outcome.existing.map(\.rawValue) + outcome.volumes.map(\.rawValue)
    let adopted = scenario.world.primary(of: 0)?.rawValue
    check(Set(ids) == Set(paid.filter { $0 != adopted }), "the journal has \(ids), paid for are \(paid)")
    return mistakes
  }

  @Test(arguments: Drill.allCases)
  func `a drill that nobody kills completes one failover`(_ drill: Drill) throws {
    let outcome = try drill.play()
    #expect(try Self.mistakes(of: drill, outcome) == [])
    #expect(outcome.moments.count == 1 && outcome.moments[0] > 100)
  }

  @Test(arguments: Drill.allCases)
  func `killed at any moment, a drill completes one failover and forgets nothing`(_ drill: Drill) throws {
    let moments = try #require(try drill.play().moments.first)
    var deaths: Set<String> = []
    for moment in 1...moments {
      let outcome = try drill.play(kills: [moment])
      deaths.formUnion(outcome.deaths)
      let mistakes = try Self.mistakes(of: drill, outcome)
      #expect(mistakes.isEmpty, "killed at moment \(moment), \(outcome.deaths): \(mistakes)")
    }
    // The walk has come by what matters.
    for word in ["before create failoversim-drill-1", "during create failoversim-drill-1", "during route to"] {
      #expect(deaths.contains { $0.hasPrefix(word) } || drill == .snapshots)
    }
  }

  @Test(arguments: Drill.allCases)
  func `a restart that is killed itself is done again`(_ drill: Drill) throws {
    let moments = try #require(try drill.play().moments.first)
    var twice = 0
    for first in stride(from: 5, through: moments, by: 23) {
      for second in stride(from: 1, through: 40, by: 3) {
        let outcome = try drill.play(kills: [first, second])
        let mistakes = try Self.mistakes(of: drill, outcome)
        #expect(mistakes.isEmpty, "killed at \(first) and \(second), \(outcome.deaths): \(mistakes)")
        twice += outcome.deaths.count == 2 ? 1 : 0
      }
    }
    #expect(twice > 50)
  }

  @Test func `a process that dies again and again gets there in the end`() throws {
    for drill in Drill.allCases {
      let outcome = try drill.play(kills: Array(repeating: 31, count: 12))
      #expect(try Self.mistakes(of: drill, outcome) == [], "\(drill)")
    }
  }

  /// The comparison can fail: without a journal what was being created is found by nobody.
  @Test func `without labels the same walk finds what is forgotten`() throws {
    let moments = try #require(try Drill.standby.play().moments.first)
    let forgotten = try (1...moments).first { moment in
      let outcome = try Drill.standby.play(kills: [moment])
      return outcome.resumptions.contains { !$0.destroyed.isEmpty || $0.kept.contains { $0.role == .candidate } }
    }
    #expect(forgotten != nil)
  }

  @Test func `without a journal a run is what it was`() throws {
    // The journal's own entries are no events: with nobody killed the log is that of a run without.
    let scenario = try PoolScenario.scenario(Drill.warmPool.overrides)
    let plain = try Run(scenario, seed: 1, until: Drill.warmPool.end, looksAhead: false)
    let journalled = try Drill.warmPool.play()
    let events = journalled.events.filter { if case .note = $0.kind { false } else { true } }
    let delay = journalled.events.first { if case .note = $0.kind { true } else { false } }?.time ?? .zero
    #expect(plain.events.count == events.count)
    #expect(plain.events.map(\.kind).filter { $0.name == "warmFailoverCompleted" }
      == events.map(\.kind).filter { $0.name == "warmFailoverCompleted" })
    #expect(delay < .seconds(2))
  }
}
