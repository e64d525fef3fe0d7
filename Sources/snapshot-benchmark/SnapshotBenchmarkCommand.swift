import ArgumentParser
import Failover
import Foundation
import Lab
import RealBackends
import Scenarios

/// What snapshots, restores and rsync passes cost on this machine, between test hosts and an object store on it.
@main
struct SnapshotBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot-benchmark",
    abstract: "Measures a snapshot and its restore beside the stages they consist of, or a pass of rsync beside bare rsync.",
    discussion: """
      Needs root, Linux and rclone (scripts/install-lab-tools), and memory for four times the workspace. Other programs \
      take their share of the processors: run it on a machine that does nothing else.
      """)

  @Argument(help: "How large the workspace is, in MiB.") var mebibytes = 1024
  @Option(
    help: "How much the host's link lets through in each direction, such as 400Mbit/s. As fast as the machine can when not said.",
    transform: { try Units.parseDataRate($0) })
  var link: DataRate?
  @Option(help: "How often each thing is measured; the median counts.") var repetitions = 3
  @Flag(help: "Measures passes of rsync beside the bare command with the same options.") var rsync = false

  func validate() throws {
    guard (1...65_536).contains(mebibytes) else {
      throw ValidationError("A workspace has 1 to 65536 MiB, not \(mebibytes).")
    }
    guard (1...1000).contains(repetitions) else {
      throw ValidationError("Repetitions are 1 to 1000, not \(repetitions).")
    }
  }

  func run() async throws {
    let content = ByteCount.mebibytes(Int64(mebibytes))
    print("\(ProcessorTime.processors) processors; the host's link: \(link.map { Units.format($0) } ?? "unlimited")")
    // Into a file, lines would wait for more of them.
    fflush(nil)
    let ground = try await Ground.start(content, link: link, hosts: rsync ? 2 : 1)
    do {
      try await Workspace.fill(ground.hosts[0].disk + "/data", mebibytes: mebibytes)
      if rsync {
        try await RsyncMeasurement(ground: ground, rounds: repetitions).run()
      } else {
        print(SnapshotTable.text(try await snapshots(ground)))
      }
      await ground.stop()
    } catch {
      await ground.stop()
      throw error
    }
  }

  private func snapshots(_ ground: Ground) async throws -> SnapshotBenchmark.Outcome {
    let bucket = try await ObjectStore.start()
    do {
      let settings = try ObjectStoreSettings(
        endpoint: bucket.url, bucket: bucket.bucket, keyID: bucket.accessKey, secret: Secret(bucket.secretKey))
      let outcome = try await ObjectStoreClient.with(settings) { client in
        let host = ground.hosts[0]
        let store = try ObjectSnapshotStore(client, ssh: ground.ssh, label: "benchmark")
        return try await SnapshotBenchmark(
          store: store, host: ground.address(of: host), path: host.workspace + "/data",
          target: host.workspace + "/restored", scratch: ground.scratch, repetitions: repetitions
        ).run()
      }
      await bucket.stop()
      return outcome
    } catch {
      await bucket.stop()
      throw error
    }
  }
}
