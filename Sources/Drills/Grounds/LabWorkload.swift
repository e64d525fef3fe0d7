import Failover

/// What runs on a lab's GPUs in place of somebody's training: a process that shows that it gets on.
struct LabWorkload {
  /// From one heartbeat to the next; `nil` for five seconds, since nobody waits for them.
  var heartbeat: Duration?

  /// Its name in the host's directory `/lab`.
  static let file = "workload"
  /// What its command line matches, and no other one.
  static let process = "^/bin/sh /lab/\(file)$"
  static let heartbeatFile = "/run/heartbeat"

  var program: String {
    let seconds = (heartbeat ?? .seconds(5)) / .seconds(1)
    return """
      #!/bin/sh
      while :; do
        touch \(Self.heartbeatFile)
        sleep \(seconds)
      done

      """
  }
}
