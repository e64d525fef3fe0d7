import Drills
import Failover
import Foundation
import Lab
import RealBackends
import Testing

/// A drill with the real program is killed at a step and started again, step after step.
@Suite struct KilledDrillTests {
  /// How many labs are walked at once; each has its share of the steps.
  static let labs = 6

  private static func share(_ lab: Int, of story: Story) -> [Story.Step] {
    story.steps.enumerated().filter { $0.offset % labs == lab }.map(\.element)
  }

  @Test(.needsLab, arguments: Story.all)
  func `an undisturbed drill tells every step in its order, and leaves nothing`(_ story: Story) async throws {
    try await Stage.with(story.scenario, set: story.changes) { stage in
      let program = try DrillProgram(stage.arguments, environment: stage.environment)
      let toldAll = try await program.waits(for: story.course)
      let outcome = try await program.outcome()
      #expect(toldAll && outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.told.count { Story.endsFailover($0) } == 1, "\(outcome.errors)")
      #expect(try await stage.leftovers() == [])
      #expect(try await program.leftovers() == [])
    }
  }

  @Test(.needsLab, arguments: 0..<labs)
  func `killed at any step of a CPU standby drill, one restart ends it with one failover and nothing left`(
    _ lab: Int
  ) async throws {
    try await walk(.cpuStandby, Self.share(lab, of: .cpuStandby))
  }

  @Test(.needsLab, arguments: 0..<labs)
  func `killed at any step of a warm pool drill, one restart ends it with one failover and nothing left`(
    _ lab: Int
  ) async throws {
    try await walk(.warmPool, Self.share(lab, of: .warmPool))
  }

  private func walk(_ story: Story, _ steps: [Story.Step]) async throws {
    try await Stage.with(story.scenario, set: story.changes) { stage in
      for step in steps { try await kill(at: step, of: story, on: stage) }
    }
  }

  private func kill(at step: Story.Step, of story: Story, on stage: Stage) async throws {
    var original: String?
    func watch(_ line: String) async throws {
      guard line.contains("the workspace has been filled"), let id = await stage.servers.marketplace.existing.first?.id
      else { return }
      original = try await stage.contentOfWorkspace(on: id)
    }
    let first = try DrillProgram(stage.arguments, environment: stage.environment)
    let isThere = try await first.waits(for: step.lines, whileTelling: watch)
    first.signal(SIGKILL)
    let killed = try await first.outcome()
    try #require(isThere && killed.status == -SIGKILL, "\(step): \(killed.errors)")
    let completed = try Self.hasCompletedFailover(stage.journal)

    let second = try DrillProgram(stage.arguments, environment: stage.environment)
    _ = try await second.waits(for: [], whileTelling: watch)
    let ended = try await second.outcome()
    let told = Comment(rawValue: "killed at \(step)\n\(killed.errors)\n--- second start ---\n\(ended.errors)")
    #expect(ended.status == 0, told)
    // What the killed process had done and not told any more, the journal knows.
    let before = killed.told.count { Story.endsFailover($0) }
    let after = ended.told.count { Story.endsFailover($0) }
    #expect(max(before, completed ? 1 : 0) + after == 1, told)
    let moves = stage.takeMoves()
    #expect(Set(moves.map(\.host)).count == moves.count && moves.count == story.places, "\(moves)\n\(told)")
    #expect(original != nil && moves.last?.content == original, "\(moves) from \(original ?? "")\n\(told)")
    let left = try await stage.leftovers()
    #expect(left == [], told)
    let running = try await first.leftovers()
    #expect(running == [], told)
    #expect(first.temporaryFiles == [] && second.temporaryFiles == [], told)
    #expect(try await second.leftovers() == [], told)
  }

  /// Whether the process that wrote this journal had completed a failover.
  private static func hasCompletedFailover(_ path: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    // A copy, since the journal itself is the next process's alone.
    let copy = path + ".copy"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    let entries = try FileJournal(path: copy).entries()
    guard !entries.isEmpty else { return false }
    let state = try JournalHistory(entries).state
    return state.failovers == 1 && state.phase != .failingOver
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that build a whole lab.
  static var needsLab: Self {
    .enabled("needs test hosts and rclone; scripts/install-lab-tools installs it") {
      let lab = await Lab.obstacle
      return lab == nil && ObjectStore.obstacle() == nil
    }
  }
}
