import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct WorkloadReadingTests {
  private let base = "name: x\nsummary: y\nduration: 1h\n"

  private func read(_ text: String) throws -> Scenario {
    try Document(bytes: Array((base + text).utf8), name: "x.yaml").read(ScenarioFile.init).value.scenario
  }

  private func problems(_ text: String) -> [String] {
    do {
      let warnings = try Document(bytes: Array((base + text).utf8), name: "x.yaml").read(ScenarioFile.init).warnings
      return warnings.map(\.description)
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `every field is read, and nothing said is interactive work`() throws {
    #expect(try read("").workload == .interactive)
    #expect(try read("workload: {kind: inference}").workload == .inference)
    let text = "workload: {kind: training, checkpointInterval: 15min, checkpointDuration: 20s, checkpointSize: 920MB}"
    let schedule = CheckpointSchedule(interval: .seconds(900), duration: .seconds(20), size: .megabytes(920))
    #expect(try read(text).workload == .training(schedule))
    // 920 MB every 920 s.
    #expect(try read(text + "\nworkspace: {dirtyRate: 2MB/s}").world.workspace.dirtyRate == .megabytesPerSecond(3))
  }

  @Test func `what does not fit together is told with its place`() {
    #expect(
      problems("workload: {kind: trainning, checkpointInterval: 1min}")
        == [
          "x.yaml:4:18: error: workload.kind: unknown value 'trainning'; did you mean 'training'? "
            + "Known: interactive, inference, training"
        ])
    #expect(
      problems("workload: {kind: training}")
        == ["x.yaml:4:18: error: workload.kind: training needs checkpointInterval, such as checkpointInterval: 30min"])
    #expect(
      problems("workload: {kind: inference, checkpointInterval: 1min}")
        == ["x.yaml:4:49: error: workload.checkpointInterval: only training has checkpoints; write kind: training"])
    #expect(problems("workload: {checkpointDuration: 1s, checkpointSize: 1GB}").count == 2)
    #expect(
      problems("workload: {kind: training, checkpointIntervall: 1min}").contains {
        $0.contains("4:28: error: unknown key 'checkpointIntervall'; did you mean 'checkpointInterval'?")
      })
    for interval in ["0s", "0.5s", "400d", "-1s", "often"] {
      #expect(problems("workload: {kind: training, checkpointInterval: \(interval)}").count == 1, "\(interval)")
    }
    let slow = problems("workload: {kind: training, checkpointInterval: 10s, checkpointDuration: 20s}")
    #expect(slow.count == 1 && slow[0].contains("warning") && slow[0].contains("longer than it trains"))
  }

  @Test func `ten thousand mangled sections are read or refused`() {
    let good = Array("kind: training\ncheckpointInterval: 15min\ncheckpointDuration: 20s\ncheckpointSize: 950MB\n".utf8)
    var random = TestRandom(state: 7)
    var read = 0
    for _ in 0..<10_000 {
      let bytes = mutated(good, with: [good], using: &random)
      guard let workload = try? Document(bytes: bytes, name: "w").read(Workload.init).value else { continue }
      read += 1
      if case .training(let schedule) = workload {
        #expect(schedule.interval >= .seconds(1) && schedule.duration >= .zero && schedule.dirtyRate >= .zero)
      }
    }
    #expect(read > 20)
  }
}
