import Failover

/// What runs on a host to fingerprint a directory, and how its answer is read.
enum DigestScript {
  static let noDirectory: Int32 = 44
  static let incomplete: Int32 = 45

  /// POSIX sh, one line, the directory as `$1`.
  ///
  /// Names are kept apart by NUL, so no name can look like two, and are sorted by their bytes. `sha256sum --zero` does not
  /// escape names, which versions of coreutils do differently. A double slash cannot occur in a path, so it ends one.
  /// A pipeline hides the failure of its first programs, so whatever is said on standard error counts as one.
  static let text =
    #"export LC_ALL=C; cd -- "$1" 2>/dev/null || { echo "no such directory: $1" >&2; exit 44; }; exec 3>&1; "#
    + #"said=$({ { find . -mindepth 1 -name \#(partial) -prune -o ! -type f -printf '%y %P//%l\0' | sort -z; "#
    + #"find . -name \#(partial) -prune -o -type f -print0 | sort -z | xargs -0 -r sha256sum --zero --; } "#
    + #"| sha256sum >&3; } 2>&1); "#
    + #"[ -z "$said" ] || { printf '%s\n' "$said" | head -n 1 >&2; exit 45; }"#

  private static let partial = RsyncOptions.partialDirectory

  static func answer(in result: Program.Result, _ what: String) throws(PortError) -> WorkspaceDigest {
    let said = result.errors.first.map(ProgramFailure.printable) ?? ""
    switch result.exitCode {
    case 0: break
    case noDirectory: throw PortError(.notFound, "\(what): \(said)")
    case incomplete: throw PortError(.invalidAnswer, "\(what): \(said)")
    default: throw ProgramFailure.error(result, what)
    }
    let digest = result.output.first?.prefix { $0 != " " } ?? ""
    guard digest.utf8.count == 64, digest.utf8.allSatisfy(isLowercaseHex) else {
      throw PortError(
        .invalidAnswer, "\(what): not a SHA-256: \(ProgramFailure.printable(result.output.first ?? ""))")
    }
    return WorkspaceDigest(String(digest))
  }

  private static func isLowercaseHex(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
