import Failover

/// Keeps a pass from carrying the loss of a workspace over to its copy.
///
/// A pass makes the destination equal to the source, so a source that is empty because its volume is not mounted, or
/// because a machine came back with a fresh disk, would empty the standby as well, which is the one place where the
/// work still is. So before anything is copied the source is looked at, over the connection of the pass itself, which
/// costs a few milliseconds. Only when it holds fewer files than `suspiciousBelow`, or lacks its `marker`, is the
/// destination looked at too, and the pass is refused when the source would leave too little of it.
///
/// The standard setting refuses only a source without a single file beside a destination that has some. Whoever means
/// to empty a workspace leaves one file in it, or switches the guard off for a while.
public struct SourceGuard: Sendable, Hashable {
  /// A source with fewer files than this is compared with its destination; at least 1. The larger, the more kinds of
  /// loss are noticed, and the more workspaces are small enough to be compared at every pass, which takes as long as
  /// listing the destination.
  public var suspiciousBelow: Int
  /// A suspicious source is refused when it has fewer than this many per cent of the destination's files; 1 to 100.
  public var minimumPercent: Int
  /// A file that is on the volume and not on the disk below it, relative to the workspace. A source without it is
  /// refused as soon as the destination has any file, however many files the source has. `nil` for none.
  public var marker: String?

  public init(suspiciousBelow: Int = 1, minimumPercent: Int = 10, marker: String? = nil) {
    self.suspiciousBelow = max(1, suspiciousBelow)
    self.minimumPercent = min(100, max(1, minimumPercent))
    self.marker = marker
  }

  /// What the look at the source found.
  enum Suspicion: Sendable, Hashable {
    /// So many files, which are few.
    case files(Int)
    case noMarker
  }

  /// POSIX sh. `$1`: the directory, `$2`: how many files are enough, `$3`: the marker or nothing. A directory that is
  /// not there is left to rsync, which says so. What is in a fresh file system, `lost+found`, is nobody's work.
  static let script =
    #"( cd -- "$1" 2>/dev/null || exit 0; "#
    + #"[ -z "$3" ] || [ -e "./$3" ] || { echo "failover-source: no marker" >&2; exit 46; }; "#
    + #"n=$(find . -path ./lost+found -prune -o -type f -print 2>/dev/null | head -n "$2" | wc -l); "#
    + #"[ "$n" -ge "$2" ] || { echo "failover-source: $((n))" >&2; exit 46; } ) || exit 46; "#

  /// The words of the script for a directory.
  func arguments(_ path: String) -> [String] { [path, "\(suspiciousBelow)", marker ?? ""] }

  /// Runs `command` on the source unless the source is suspicious.
  func guarding(_ command: [String], path: String) -> [String] {
    ["sh", "-c", Self.script + #"shift 3; exec "$@""#, "guard"] + arguments(path) + command
  }

  /// The option that has rsync look at the source before it sends.
  func rsyncPath(_ path: String) -> String {
    let words = ["sh", "-c", Self.script, "guard"] + arguments(path)
    return "--rsync-path=\(words.map(Quoting.forShell).joined(separator: " ")) && rsync"
  }

  /// Reads what a pass that did not begin left behind; `nil` when it began.
  static func suspicion(in result: Program.Result) -> Suspicion? {
    let prefix = "failover-source: "
    guard result.exitCode != 0, let line = result.errors.first(where: { $0.hasPrefix(prefix) }) else { return nil }
    return Int(line.dropFirst(prefix.count)).map { .files(max(0, $0)) } ?? .noMarker
  }

  /// Why a suspicious source must not be copied; `nil` when it may.
  ///
  /// - Parameter destination: how many files the destination has.
  func objection(to suspicion: Suspicion, destination: Int) -> String? {
    switch suspicion {
    case .noMarker where destination > 0:
      "the source lacks \(marker ?? "its marker"), and \(destination) files on the destination would be lost"
    case .files(let files) where Int128(files) * 100 < Int128(destination) * Int128(minimumPercent):
      "the source has \(files) files and the destination \(destination), which would be lost"
    default: nil
    }
  }
}
