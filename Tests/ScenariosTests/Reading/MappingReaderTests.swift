import Failover
import Testing

@testable import Scenarios

struct MappingReaderTests {
  @Test func `a file that is right is read into types`() throws {
    let (scenario, warnings) = try Document(bytes: Array(demoText.utf8), name: "x.yaml").read(DemoScenario.init)
    #expect(warnings.isEmpty)
    #expect(scenario.name == "warm pool")
    #expect(scenario.detection.interval == .seconds(10))
    #expect(scenario.offers.map(\.price.perHour) == [.cents(45), .cents(1)])
    #expect(scenario.offers[0].disk == .gibibytes(512))
    #expect(scenario.offers[0].tier == .onDemand)
    #expect(scenario.offers[1].link == DataRate(bytesPerSecond: 125_000_000))
    #expect(scenario.offers[1].reliability == Ratio(199, over: 200))
    #expect(scenario.offers[1].address?.description == "gpu-1.example:22")
    #expect(
      scenario.startDelay == .mixture([.uniform(low: .seconds(1), high: .seconds(2)), .constant(.seconds(30))]))
    #expect(scenario.steps == [.checkHealth, .wait(.milliseconds(500))])
    #expect(scenario.faults.map(\.effect) == [.crash(host: "gpu-1")])
    #expect(scenario.overshoot == .nanoseconds(490_000))
  }
}
