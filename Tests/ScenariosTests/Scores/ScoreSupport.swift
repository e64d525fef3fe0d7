import Failover
import Foundation

@testable import Scenarios

/// Short ways to write logs and rubrics down.
enum Written {
  static let rubrics = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("rubrics")

  static func log(_ entries: [(seconds: Int, kind: EventKind)]) -> [Event] {
    entries.map { Event(time: .seconds($0.seconds), lane: .orchestrator, kind: $0.kind) }
  }

  static let address = HostAddress(host: "host.example", port: 22)

  static func instance(_ id: String, price: HourlyPrice = .free) -> Instance {
    Instance(id: InstanceID(id), status: .running, address: address, price: price)
  }

  /// A log with one incident of 100 s: 10 s to detection, 20 s to the standby; the second attempt succeeds.
  static let incident = log([
    (0, .primaryAdopted(instance("1", price: HourlyPrice(perHour: .cents(36))))),
    (0, .standbyCreated(instance("cpu", price: HourlyPrice(perHour: .cents(1))), type: "e2-medium")),
    (0, .endpointSwitched(to: address, role: .gpu)),
    (500, .syncFailed(attempt: 1, PortError(.timedOut, ""))),
    (1000, .interrupted(InstanceID("1"), cause: "spot interruption", unsynced: .megabytes(20))),
    (
      1010,
      .faultDetected(
        InstanceID("1"), .checks(failures: 3, threshold: 3),
        lastSync: SyncPoint(started: .seconds(970), completed: .seconds(975)))
    ),
    (1010, .phaseChanged(from: .suspicious, to: .failingOver)),
    (1010, .failoverStarted(from: address, to: address)),
    (1020, .endpointSwitched(to: address, role: .standby)),
    (1021, .phaseChanged(from: .failingOver, to: .degraded)),
    (1021, .failoverCompleted(to: address)),
    (1021, .notified(Notification(.standbyActive, ""))),
    (1022, .recoveryStarted(attempt: 1)),
    (1030, .recoveryFailed(attempt: 1, step: "search", PortError(.refused, ""), retryIn: .seconds(5))),
    (1035, .recoveryStarted(attempt: 2)),
    (1040, .instanceRunning(instance("2"))),
    (1080, .restoreCompleted(SyncReport(files: 1, bytesSent: .zero, duration: .seconds(1)))),
    (1090, .endpointHeld),
    (1100, .endpointSwitched(to: address, role: .gpu)),
    (1100, .failbackCompleted(InstanceID("2"))),
    (1100, .recoveryCompleted(attempts: 2)),
    (1101, .notificationFailed(Notification(.failbackComplete, ""), PortError(.timedOut, ""))),
  ])

  /// What a rubric says, or its problems, one a line.
  static func rubric(_ text: String) -> Result<(rubric: Rubric, warnings: [Problem]), InvalidFile> {
    Result { () throws(InvalidFile) in
      let (rubric, warnings) = try Document(bytes: Array(text.utf8), name: "r.yaml").read(Rubric.init)
      return (rubric, warnings)
    }
  }

  /// A rubric of one category with these components, in lines 4 and on.
  static func oneCategory(_ components: String) -> String {
    "name: x\nsummary: y\ncategories:\n- {name: c, weight: 100%, components: [\(components)]}\n"
  }

  static func problems(_ text: String) -> [String] {
    switch rubric(text) {
    case .success(let (_, warnings)): warnings.map(\.description)
    case .failure(let error): error.problems.map(\.description)
    }
  }
}
