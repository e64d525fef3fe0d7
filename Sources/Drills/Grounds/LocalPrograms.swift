import Foundation

/// The programs of this machine that every drill calls.
enum LocalPrograms {
  /// Each with the Debian package that has it.
  private static let needed = [("ssh", "openssh-client"), ("rsync", "rsync")]

  /// - Throws: `DrillFailure` naming all that are not in `PATH`.
  static func check() throws(DrillFailure) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let missing = needed.filter { name, _ in
      !folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
    guard !missing.isEmpty else { return }
    let names = missing.map(\.0).joined(separator: " and ")
    let packages = missing.map(\.1).joined(separator: " ")
    throw DrillFailure(
      "\(names) \(missing.count == 1 ? "is" : "are") not installed on this machine; "
        + "on Debian: apt-get install \(packages)")
  }
}
