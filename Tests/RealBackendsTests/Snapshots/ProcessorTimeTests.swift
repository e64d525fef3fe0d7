import Failover
import Testing

@testable import RealBackends

@Suite struct ProcessorTimeTests {
  @Test func `waiting and stolen time are no work, and what guests take is counted once`() {
    let text = "cpu  1 20 300 4000 50000 600000 7000000 80000000 1 1\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 1\n"
    #expect(ProcessorTime.busyTicks(inStatistics: text) == 7_600_321)
  }

  @Test(arguments: ["", "cpu", "cpu  1 2 3", "cpu0 1 2 3 4 5 6 7", "\n\n", "cpu  a b c"])
  func `statistics of another shape say nothing`(text: String) {
    #expect(ProcessorTime.busyTicks(inStatistics: text) == nil)
  }

  #if os(Linux)
    @Test func `work costs this process time, and the machine too`() throws {
      let start = ProcessorTime.now
      var (sum, spent) = (UInt64(0), ProcessorTime(own: .zero, machine: nil))
      while spent.own < .milliseconds(50) {
        for number in 0..<100_000 { sum = sum &* 31 &+ UInt64(number) }
        spent = .now - start
      }
      #expect(sum != 0)
      // The kernel counts the machine's time in ticks, and each processor's by itself.
      #expect(try #require(spent.machine) > .zero)
      #expect(ProcessorTime.processors >= 1)
    }

    @Test func `the peak of memory counts what is held`() throws {
      let before = try #require(ResidentMemory.peak)
      #expect(before > 1 << 20)
      var bytes = [UInt8](repeating: 1, count: 64 << 20)
      bytes[1] = 2
      #expect(try #require(ResidentMemory.peak) >= 64 << 20)
      #expect(bytes[1] == 2)
    }
  #endif

  @Test func `the processors' bound is their work divided by their number`() {
    let row = SnapshotBenchmark.Row(
      name: "restore", content: .megabytes(100), duration: .seconds(4),
      processors: ProcessorTime(own: .seconds(1), machine: .seconds(6)), peakMemory: nil)
    #expect(row.leastDuration(processors: 2) == .seconds(3))
    #expect(row.megabytesPerSecond == 25)
    var stage = row
    stage.duration = .seconds(3)
    #expect(SnapshotBenchmark.Part(stages: [stage, stage], whole: row).shareOfSlowest == 0.75)
  }
}
