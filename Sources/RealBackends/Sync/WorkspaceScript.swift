import Failover

/// What runs on a host to look at a directory, and how its answers are read.
///
/// POSIX sh, one line, the directory as `$1`. A pipeline hides the failure of its first programs, so whatever
/// is said on standard error counts as one.
enum WorkspaceScript {
  static let noDirectory: Int32 = 44
  static let incomplete: Int32 = 45

  /// Counts files and adds up their sizes. The sum is exact up to 2⁵³ bytes.
  static let summary = script(
    #"find . \#(skip) -o -type f -printf '%s\n' | awk '{ n++; s += $1 } END { printf "%.0f %.0f\n", n, s }'"#)

  /// Fingerprints everything in the directory.
  ///
  /// Names are kept apart by NUL, so no name can look like two, and are sorted by their bytes. `sha256sum
  /// --zero` does not escape names, which versions of coreutils do differently. A double slash cannot occur
  /// in a path, so it ends one.
  static let digest = script(
    #"{ find . -mindepth 1 \#(skip) -o ! -type f -printf '%y %P//%l\0' | sort -z; "#
      + #"find . \#(skip) -o -type f -print0 | sort -z | xargs -0 -r sha256sum --zero --; } | sha256sum"#)

  private static let skip = "-name \(RsyncOptions.partialDirectory) -prune"

  private static func script(_ pipeline: String) -> String {
    #"export LC_ALL=C; cd -- "$1" 2>/dev/null || { echo "no such directory: $1" >&2; exit 44; }; "#
      + #"exec 3>&1; said=$({ { \#(pipeline); } >&3; } 2>&1); "#
      + #"[ -z "$said" ] || { printf '%s\n' "$said" | head -n 1 >&2; exit 45; }"#
  }

  // MARK: Answers

  static func summary(in result: Program.Result, _ what: String) throws(PortError) -> WorkspaceSummary {
    let answer = try self.answer(in: result, what)
    let figures = answer.split(separator: " ").map { Int64($0) }
    guard figures.count == 2, let files = figures[0], let bytes = figures[1], files >= 0, bytes >= 0 else {
      throw PortError(.invalidAnswer, "\(what): not two numbers: \(ProgramFailure.printable(answer))")
    }
    return WorkspaceSummary(files: Int(clamping: files), bytes: ByteCount(bytes))
  }

  static func digest(in result: Program.Result, _ what: String) throws(PortError) -> WorkspaceDigest {
    let answer = try self.answer(in: result, what)
    let digest = answer.prefix { $0 != " " }
    guard digest.utf8.count == 64, digest.utf8.allSatisfy(isLowercaseHex) else {
      throw PortError(.invalidAnswer, "\(what): not a SHA-256: \(ProgramFailure.printable(answer))")
    }
    return WorkspaceDigest(String(digest))
  }

  private static func answer(in result: Program.Result, _ what: String) throws(PortError) -> String {
    let said = result.errors.first.map(ProgramFailure.printable) ?? ""
    switch result.exitCode {
    case 0: return result.output.first ?? ""
    case noDirectory: throw PortError(.notFound, "\(what): \(said)")
    case incomplete: throw PortError(.invalidAnswer, "\(what): \(said)")
    default: throw ProgramFailure.error(result, what)
    }
  }

  private static func isLowercaseHex(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
