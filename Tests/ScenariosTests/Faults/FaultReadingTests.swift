import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// The `faults` section of a scenario.
@Suite struct FaultReadingTests {
  private static func text(_ faults: String, _ rest: String = "") -> String {
    "schemaVersion: 1\nname: a\nsummary: b\nduration: 1h\n\(rest)faults:\n\(faults)\n"
  }

  /// The faults, or every problem; and the warnings.
  private func read(_ faults: String, _ rest: String = "") -> (faults: [Fault], problems: [String], warnings: [String]) {
    do {
      let bytes = Array(Self.text(faults, rest).utf8)
      let (file, warnings) = try Document(bytes: bytes, name: "x").read(ScenarioFile.init)
      return (file.scenario.world.faults.faults, [], warnings.map(\.description))
    } catch {
      return ([], error.problems.map(\.description), [])
    }
  }

  @Test func `every fault can be written`() {
    let written = """
      - gpuLost: {at: 1h}
      - gpuFrozen: {at: [1h, 2h], for: 5min}
      - gpuProcessDead: {every: {exponential: {mean: 1d}}, for: 1min}
      - sshDown: {host: standby, at: 1h, for: 1min}
      - sshKeyExpired: {at: 1h}
      - syncFails: {share: 10%, at: 1h}
      - standbyStopped: {at: 1h}
      - standbyPreempted: {at: 1h}
      - standbyDiskFull: {rate: 1MB/s, at: 1h}
      - diskShrinks: {to: 1GB, at: 1h}
      - marketplaceErrors: {share: 50%, at: 1h}
      - marketplaceTimeouts: {at: 1h}
      - rateLimit: {calls: 1, per: 4s, at: 1h}
      - priceSpike: {factor: 150%, at: 1h}
      - noCapacity: {at: 1h}
      - offersVanish: {share: 1/3, at: 1h}
      - computeErrors: {at: 1h}
      - stockOut: {at: 1h}
      - objectStoreDown: {at: 1h}
      - endpointStuck: {at: 1h}
      - notifierDown: {at: 1h}
      - partition: {between: [gpu, standby], oneWay: true, at: 1h}
      - slowLink: {between: [gpu, orchestrator], factor: 10%, at: 1h}
      - latency: {between: [gpu, users], added: 100ms, at: 1h}
      - packetLoss: {between: [objectStore, gpu], share: 1%, at: 1h}
      """
    let (faults, problems, _) = read(written, "strategy: [cpuStandby, snapshots]\n")
    #expect(problems.isEmpty, "\(problems)")
    let names = written.split(separator: "\n").map { $0.dropFirst(2).prefix { $0 != ":" } }
    #expect(faults.map { Substring($0.kind.name) } == names)
    #expect(faults[1] == Fault(.gpuFrozen, .at([.seconds(3600), .seconds(7200)]), lasting: .constant(300)))
    #expect(faults[21].kind == .partition(Way(.gpu, .standby, isOneWay: true)))
    #expect(faults[22].kind == .slowLink(Way(.gpu, .orchestrator), .factor(.percent(10))))
  }

  @Test(arguments: [
    ("- gpuFrozzen: {at: 1h}", "", "unknown key 'gpuFrozzen'"),
    ("- gpuFrozen: {for: 1h}", "", "says nothing of when"),
    ("- gpuFrozen: {at: 1h, every: 2h, for: 1s}", "", "give only one of at and every"),
    ("- gpuLost: {at: 1h, for: 1h}", "", "unknown key 'for'"),
    ("- gpuFrozen: {at: [1h, 2h]}", "", "it can begin only once"),
    ("- gpuFrozen: {every: 1h}", "", "it can begin only once"),
    ("- gpuFrozen: {at: [1h, 2h], for: 90min}", "", "before what began at 1h is over"),
    ("- partition: {between: [gpu], at: 1h}", "", "at least 2 items"),
    ("- partition: {between: [gpu, gpu], at: 1h}", "", "two different places"),
    ("- partition: {between: [gpu, moon], at: 1h}", "", "moon"),
    ("- slowLink: {between: [gpu, users], at: 1h}", "", "give one of factor and rate"),
    ("- slowLink: {between: [gpu, users], factor: 1%, rate: 1MB/s, at: 1h}", "", "give one of factor and rate"),
    ("- standbyStopped: {at: 1h}", "strategy: none\n", "there is no standby"),
    ("- partition: {between: [gpu, standby], at: 1h}", "strategy: none\n", "there is no standby"),
    ("- objectStoreDown: {at: 1h}", "", "there is no object store"),
    ("- syncFails: {share: 0%, at: 1h}", "", "must be greater than 0"),
    (
      "- noCapacity: {at: 1h, for: 1h}\n- gpuLost: {at: 1h}\n- noCapacity: {at: 90min, for: 1h}", "",
      "faults[0] and faults[2] both set noCapacity at 1h30min"
    ),
    (
      "- partition: {between: [gpu, standby], at: 1h}\n- partition: {between: [standby, gpu], oneWay: true, at: 2h, for: 1s}",
      "", "faults[0] and faults[1] both set partition at 2h"
    ),
  ]) func `what makes no sense is told in one message`(faults: String, rest: String, message: String) {
    let (_, problems, _) = read(faults, rest)
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(message) == true, "\(problems)")
  }

  @Test func `faults that do not meet may set the same thing`() {
    #expect(read("- noCapacity: {at: 1h, for: 1h}\n- noCapacity: {at: 2h, for: 1h}").problems.isEmpty)
    #expect(
      read(
        "- partition: {between: [gpu, standby], oneWay: true, at: 1h}\n- partition: {between: [standby, gpu], oneWay: true, at: 1h}"
      ).problems.isEmpty)
  }

  @Test func `a fault that no health check notices is doubtful`() {
    let quiet = read("- gpuFrozen: {at: 1h, for: 1min}")
    #expect(quiet.warnings.count == 1)
    #expect(quiet.warnings.first?.contains("add ssh or process to healthCheck.methods") == true)
    #expect(read("- gpuFrozen: {at: 1h, for: 1min}", "healthCheck: {methods: [api, ssh]}\n").warnings.isEmpty)
    #expect(read("- gpuProcessDead: {at: 1h, for: 1min}", "healthCheck: {methods: [ssh]}\n").warnings.count == 1)
  }

  @Test func `whatever is written there is read or refused`() {
    let seeds = [
      "- gpuFrozen: {at: [1h, 2h], for: 5min}", "- partition: {between: [gpu, standby], oneWay: true, at: 1h, for: 1s}",
      "- rateLimit: {calls: 1, per: 4s, every: {exponential: {mean: 1d}}, for: 1min}",
      "- standbyDiskFull: {rate: 1MB/s, at: 1h}\n- diskShrinks: {to: 1GB, at: 1h}", "- priceSpike: {factor: 150%, at: 0s}",
    ].map { Array($0.utf8) }
    var random = TestRandom(state: 20)
    var outcomes = [true: 0, false: 0]
    for index in 0..<2_000 {
      let section = mutated(seeds[index % seeds.count], with: seeds, using: &random)
      let bytes = Array(Self.text("").utf8) + section
      let isRead = (try? Document(bytes: bytes, name: "x").read(ScenarioFile.init)) != nil
      outcomes[isRead, default: 0] += 1
    }
    #expect(outcomes.values.allSatisfy { $0 > 5 }, "\(outcomes)")
  }
}
