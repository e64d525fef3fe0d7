/// A drill as the program tells it on standard error, small enough to be played many times.
struct Story: Sendable, CustomStringConvertible {
  /// A moment at which a drill can be killed.
  struct Step: Sendable, CustomStringConvertible {
    /// Parts of the lines that have been told by then, in this order; the last one has just been.
    var lines: [String]
    var description: String { "step \(lines.count), '\(lines.last ?? "")'" }
  }

  var scenario: String
  var changes: [String]
  /// Parts of the lines of the whole drill, in their order.
  var course: [String]
  /// What goes on beside the course, and so has no fixed place in it.
  var beside: [[String]] = []
  /// To how many machines users are moved, one after the other.
  var places: Int

  var description: String { scenario }

  var steps: [Step] { course.indices.map { Step(lines: Array(course[...$0])) } + beside.map(Step.init) }

  static let all = [cpuStandby, warmPool]

  /// Whether a line says that users can work again, somewhere else.
  static func endsFailover(_ line: String) -> Bool { line.hasSuffix("; failover complete") }

  private static let quick = [
    "gpu.boot=0.2s", "workspace.dirtyRate=100kB/s", "workspace.files[0].size=3MB", "workspace.files[1].size=1MB",
    "healthCheck.interval=0.3s", "healthCheck.timeout=2s", "recovery.provisionPoll.initial=0.1s",
    "recovery.provisionPoll.maximum=0.1s", "recovery.sshPoll.initial=0.1s", "recovery.sshPoll.maximum=0.1s",
  ]

  static let cpuStandby = Story(
    scenario: "scenarios/lab/cpu-standby.yaml",
    changes: quick + [
      "standby.creation=0.2s", "sync.interval=0.7s", "snapshots.interval=1s", "inference.load=0.1s",
    ],
    course: [
      "idle → preparing", "e2-medium running at", "looking for a GPU", "offers;", "ordered", "instance runs at",
      "ssh answers", "the GPU starts empty", "answers: loaded", "failback starts", "users now reach the GPU",
      "recovery complete", "the workspace has been filled", "protected → suspicious",
      "health check failed (2/3)", "threshold reached", "failover: ", "failover started", "users now reach the standby",
      "verified: standby running", "verified: data accessible", "verified: ssh reachable", "; failover complete",
      "recovery starts", "offer;", "ordered", "instance runs at", "ssh answers", "restore from", "restored:",
      "answers: loaded", "failback starts", "turned away for the last copy", "final sync", "both copies are equal",
      "users now reach the GPU", "; failback complete", "recovery complete", "giving back",
    ],
    beside: [
      ["the workspace has been filled", "the GPU is gone"], ["snapshot failoversim-"],
      ["the workspace has been filled", "snapshot failoversim-"],
    ],
    places: 3)

  static let warmPool = Story(
    scenario: "scenarios/lab/warm-pool.yaml",
    changes: quick + [
      "machines.resume=0.2s", "warmPool.sshPoll.initial=0.1s", "warmPool.sshPoll.maximum=0.1s",
    ],
    course: [
      "idle → preparing", "looking for a GPU", "disabled → searching", "searching → provisioning", "volume ",
      "ordered", "instance runs at", "ssh answers", "the GPU starts empty", "failback starts", "users now reach the GPU",
      "recovery complete", "ordered", "the workspace has been filled", "protected → suspicious",
      "threshold reached", "active → failover", "failover on the machine", "standby GPU starting", "told to start",
      "instance runs at", "ssh answers", "users now reach the GPU", "failover → provisioning", "; failover complete",
      "ordered", "given back", "provisioning → active", "giving back",
    ],
    beside: [
      ["the workspace has been filled", "the GPU is gone"], ["ordered", "ordered", "stopped"], ["ordered", "ordered", "provisioning → active"],
      ["ordered", "ordered", "told people: new standby provisioned"],
    ],
    places: 2)
}
