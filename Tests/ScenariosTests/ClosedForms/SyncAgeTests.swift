import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct SyncAgeTests {
  /// A fault strikes at a moment that has nothing to do with the syncs. With a period P (the interval S, or the time T
  /// of a pass when that is longer) and a pass that is complete T after its start, the newest complete one began
  /// between T and T + P before the fault, each moment being as likely: the expected age is T + P/2.
  @Test(arguments: [(30.0, 1.0, 0.4), (30, 6, 0.4), (10, 2, 5), (60, 3, 12)])
  func `the expected age of a periodic sync is the time of a pass and half a period`(
    interval: Double, megabytes: Double, scan: Double
  ) throws {
    let run = try Catalogue.run(
      "cpu-standby",
      [
        "sync.interval=\(Int(interval))s", "sync.route=direct", "workspace.dirtyRate=\(Int(megabytes))MB/s",
        "workspace.deltaReduction=0%", "gpu.scan=\(scan)s", "network.rsync=20MB/s", "network.link=1Gbit/s",
        "workspace.files=[{name: a.bin, size: 1200MB}]", "gpu.boot=10s", "gpu.sshStart=1s",
        // 1200 s hold whole periods of each of these, so that every phase is as likely.
        "interruptions={lifetimes: {uniform: {low: 900s, high: 2100s}}}",
        "healthCheck={interval: 30s, failureThreshold: 1}",
      ], seed: 7, until: .seconds(8 * 86_400))
    let ages = Incident.all(in: run.events).compactMap(\.recoveryPoint)
    #expect(ages.count > 200)
    // What has been written since the beginning of the pass before goes over in this one.
    let pass = scan + interval * megabytes / 20
    #expect(pass < interval)
    let mean = try #require(Summary(ages).mean).inSeconds
    // Uniform over a period: standard error P / sqrt(12 n), five of them.
    let tolerance = 5 * interval / (12 * Double(ages.count)).squareRoot()
    #expect(abs(mean - (pass + interval / 2)) < tolerance, "mean \(mean), expected \(pass + interval / 2)")
    #expect(ages.allSatisfy { $0.inSeconds > pass - 1e-3 && $0.inSeconds < pass + interval + 1e-3 })
    #expect(run.violations.isEmpty)
  }
}
