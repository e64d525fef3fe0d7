import Drills
import Foundation
import Scenarios
import Testing

/// Which scenarios can be played with real machines.
@Suite struct PlayabilityTests {
  private func scenario(_ file: String, _ changes: String...) throws -> Scenario {
    try LoadedScenario(path: DrillProgram.root.path + "/scenarios/" + file, overrides: changes).scenario
  }

  @Test func `the lab's scenarios are played whole`() throws {
    for file in ["lab/cpu-standby.yaml", "lab/warm-pool.yaml"] {
      #expect(try Playability.omissions(of: scenario(file)) == [])
    }
  }

  @Test func `what goes wrong in the simulated world only is named`() throws {
    #expect(try Playability.omissions(of: scenario("faults/partition.yaml")).first?.hasPrefix("faults (") == true)
    #expect(
      try Playability.omissions(of: scenario("cpu-standby/standby-preempted.yaml")).contains("the preemption of the standby"))
    #expect(
      try Playability.omissions(of: scenario("detection/interruption-notice.yaml"))
        .contains("the notice before an interruption"))
  }

  @Test func `a drill with nothing to see, or with too much, is refused`() throws {
    for (file, change, words) in [
      ("lab/cpu-standby.yaml", "recovery.mode=disabled", "there is nothing to play"),
      ("cpu-standby/pool-2-for-5.yaml", "duration=10d", "a drill plays one workspace"),
    ] {
      let scenario = try scenario(file, change)
      let error = try #require(throws: DrillFailure.self) { try Playability.omissions(of: scenario) }
      #expect(error.description.contains(words), "\(error)")
    }
  }
}
