import Failover
import Testing

@testable import Scenarios

/// The scenarios of the documents' tables of faults.
@Suite struct FaultCatalogueTests {
  static let names = [
    "gpu-offline", "sync-failure", "standby-inactive", "data-kept", "ssh-unreachable", "partition", "standby-preempted",
    "standby-disk-full", "ssh-key-expiry", "extreme-latency", "price-spike", "rate-limit", "large-files", "slow-link",
  ]

  @Test func `every row of the two tables has its scenario`() throws {
    let shown = try Self.names.flatMap { try Catalogue.load("faults/\($0)").scenario.ledger.map(\.id) }
    #expect(shown == (1...8).map { "A4.\($0)" } + (1...6).map { "A5.\($0)" })
  }

  @Test(arguments: names) func `whatever the luck, what must hold does`(name: String) throws {
    let scenario = try Catalogue.load("faults/\(name)").scenario
    let verification = Verification(scenario, seeds: 20, workers: Workers(1))
    #expect(verification.runs == 20)
    #expect(verification.failures.isEmpty, "\(verification.failures.prefix(3))")
  }

  @Test func `with a longer time-out the same latency makes no failover`() throws {
    let run = try Catalogue.run("faults/extreme-latency", ["healthCheck.timeout=10s"])
    #expect(LogQuery(run: run).count("failoverStarted") == 0)
    #expect(LogQuery(run: run).count("checkFailed") == 0)
  }
}
