import Failover
import Foundation
import Lab
import RealBackends

/// Passes of the adapter beside the bare commands with the same options, in turns: whatever else the machine does meets
/// both.
struct RsyncMeasurement: Sendable {
  var ground: Ground
  /// How many passes of each kind; without a change, which is over soon, five times as many.
  var rounds: Int

  func run() async throws {
    let (source, destination) = (ground.hosts[0], ground.hosts[1])
    let path = source.workspace + "/data"
    let ways: [(SyncRoute, RsyncFileSync.RelayMethod, String)] = [
      (.direct, .staged, "direct"), (.relay, .staged, "relay, staged"), (.relay, .streamed, "relay, streamed"),
    ]
    print("  medians; the same command bare and by the adapter")
    print("  route            pass          bare    adapter   overhead   of the fastest")
    for (route, method, name) in ways {
      let staging = ground.scratch + "/staging"
      let sync = RsyncFileSync(
        ssh: ground.ssh, peer: ground.ssh, forwardsAgent: false, stagingDirectory: staging, relayMethod: method)
      let request = SyncRequest(
        source: ground.address(of: source), destination: ground.address(of: destination), path: path, route: route)
      for (kind, isFull) in [("everything", true), ("no change", false)] {
        let overhead = try await RsyncOverhead.measure(
          sync, request, rounds: isFull ? rounds : rounds * 5, timeout: .seconds(1800)
        ) { _ in
          guard isFull else { return }
          for directory in [destination.disk + "/data", staging] {
            guard FileManager.default.fileExists(atPath: directory) else { continue }
            try FileManager.default.removeItem(atPath: directory)
          }
        }
        func left(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        print(
          "  \(left(name, 16)) \(left(kind, 10))"
            + String(
              format: " %7.3f s  %7.3f s   %+6.1f %%   %+6.1f %%", overhead.medianBareRun.inSeconds,
              overhead.medianPass.inSeconds, overhead.overhead * 100, overhead.fastestOverhead * 100))
        fflush(nil)
      }
    }
  }
}
