import Drills
import Foundation
import Testing

/// Drills in which something else than a probe by ssh watches, and a person has a word to say.
@Suite struct WatchedDrillTests {
  private static let story = Story.cpuStandby

  @Test(.needsLab) func `a GPU that falls silent is noticed by its heartbeat, and a new one is fetched when a person agrees`()
    async throws
  {
    let folder = try TemporaryFolder()
    let changes = Story.cpuStandby.changes + [
      "healthCheck.methods=[]", "heartbeat.interval=1s", "heartbeat.timeout=6s", "recovery.mode=manual", "approval=1s",
    ]
    let (outcome, program) = try await DrillProgram.run(
      [Self.story.scenario, "--lab", "--interrupt-after", "1s", "--yes", "--history", folder.file("history.jsonl")]
        + changes.flatMap { ["--set", $0] })
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("heartbeat"), "\(outcome.errors)")
    #expect(outcome.told.count { Story.endsFailover($0) } == 1, "\(outcome.errors)")
    #expect(try await program.leftovers() == [])
    let shown = try await DrillProgram.run(["history", folder.file("history.jsonl")]).0
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    #expect(shown.output.contains("lab-cpu-standby") && shown.output.contains("recovered"), "\(shown.output)")
  }

  @Test(.needsLab)
  func `a GPU whose workload cannot be found any more is noticed by its process, and the comparison fits its schema`()
    async throws
  {
    let changes = Story.cpuStandby.changes + ["healthCheck.methods=[process]", "healthCheck.timeout=8s"]
    let (outcome, program) = try await DrillProgram.run(
      [Self.story.scenario, "--lab", "--interrupt-after", "1s", "--compare-sim", "--format", "json"]
        + changes.flatMap { ["--set", $0] })
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.told.count { Story.endsFailover($0) } == 1, "\(outcome.errors)")
    #expect(try await program.leftovers() == [])
    let problems = try await SchemaCheck.problems(of: outcome.output, as: .comparison)
    #expect(problems ?? "" == "", "\(outcome.output)")
  }

  @Test func `where nobody can be asked a scenario that wants a person's word is refused`() async throws {
    let (outcome, _) = try await DrillProgram.run([Self.story.scenario, "--lab", "--set", "recovery.mode=manual", "--set", "approval=1s"])
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("--yes gives it"), "\(outcome.errors)")
  }
}
