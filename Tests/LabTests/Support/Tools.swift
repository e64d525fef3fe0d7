import Foundation

/// Programs that `scripts/install-lab-tools` installs, or the vendors.
enum Tools {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let directory = ProcessInfo.processInfo.environment["LAB_TOOLS"] ?? root + "/.build/lab-tools"
  static let vastai = directory + "/bin/vastai"
  static let rclone = directory + "/bin/rclone"
  static let python = directory + "/bin/python"
  static let gcloud = "/usr/bin/gcloud"
}
