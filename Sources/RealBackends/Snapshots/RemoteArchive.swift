import Failover

/// What runs on a host to pack a workspace and to unpack it, and what its answers mean.
///
/// Needs sh, GNU findutils, coreutils and tar 1.28 or later, and for workspaces that are mounted `mountpoint`
/// of util-linux. Each script is one line, for login shells that take no more, and gets its words as arguments.
enum RemoteArchive {
  static let noDirectory: Int32 = 44

  private static let enter =
    #"export LC_ALL=C; cd -- "$1" 2>/dev/null || { echo "no such directory: $1" >&2; exit 44; }; "#

  /// Lists everything but sockets, sorted, each entry as `ListingRecord` wants it. Directories that a copy in
  /// progress has left are no part of the workspace.
  static func list(_ path: String) -> [String] {
    let skip =
      #"\( -name \#(RsyncOptions.partialDirectory) -o -path './.restoring-*' -o -path './.replaced-*' \) -prune"#
    let find = #"find . -mindepth 1 \#(skip) -o ! -type s -printf '%P//%y %s %T@ %C@ %m %U:%G %l\0'"#
    return ["sh", "-c", enter + #"{ \#(find); printf '//%s\0' "$?"; } | sort -z"#, "list", path]
  }

  /// Packs the entries whose names come in on standard input, each ended by NUL. Names come after they have
  /// been looked at, so a file that changes in between is newer in the archive than in the listing, and is
  /// packed again the next time.
  static func pack(_ path: String) -> [String] {
    let tar =
      "exec tar -c -f - --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --sparse "
      + "--no-recursion --null --files-from=- --blocking-factor=512"
    return ["sh", "-c", enter + tar, "pack", path]
  }

  /// Makes a fresh directory beside the workspace and says its name; within it when the workspace is a mounted
  /// file system, since nothing can be renamed from one to another. What earlier attempts left is removed.
  static func prepare(_ path: String, token: String) -> [String] {
    let script =
      #"export LC_ALL=C; path=$(realpath -m -- "$1") && mkdir -p -- "$(dirname -- "$path")" || exit; "#
      + #"if mountpoint -q -- "$path" 2>/dev/null; then fresh=$path/.restoring-; "#
      + #"else fresh=$path.restoring-; fi; rm -rf -- "$fresh"*; "#
      + #"mkdir -m 700 -- "$fresh$2" && printf '%s\n' "$fresh$2""#
    return ["sh", "-c", script, "prepare", path, token]
  }

  /// Unpacks an archive that comes in on standard input, over what is there. When that does not end well, the
  /// directory is removed.
  static func unpack(into fresh: String) -> [String] {
    let tar =
      "tar -x -f - -p --numeric-owner --delay-directory-restore --warning=no-timestamp --blocking-factor=512"
    return undoing(#"\#(tar) -C "$1""#, "unpack", fresh)
  }

  /// Removes what standard input names, each ended by NUL. When that does not end well, the directory is
  /// removed.
  static func remove(from fresh: String) -> [String] {
    undoing(#"{ cd -- "$1" && xargs -0 -r rm -rf --; }"#, "remove", fresh)
  }

  /// tar takes an archive that ends between two files for a whole one, so whoever sent it has to know; and it
  /// must not go on while the directory is being removed. Where there is no flock(1) that is left to luck.
  private static func undoing(_ command: String, _ name: String, _ fresh: String) -> [String] {
    let script =
      #"export LC_ALL=C; trap 'cd /; rm -rf -- "$1"' EXIT; trap 'exit 143' TERM HUP INT; "#
      + #"exec 9<"$1" || exit; flock -n 9 2>/dev/null; "#
      + #"\#(command) || exit; trap - EXIT"#
    return ["sh", "-c", script, name, fresh]
  }

  /// Removes a directory that nothing is going to be unpacked into, once what did so has ended.
  static func discard(_ fresh: String) -> [String] {
    ["sh", "-c", #"flock -w 4 "$1" true 2>/dev/null; rm -rf -- "$1""#, "discard", fresh]
  }

  /// Puts the fresh directory in the workspace's place, and removes what was there. Of a mounted workspace the
  /// entries are moved, one after the other.
  static func commit(_ fresh: String, as path: String) -> [String] {
    let inside =
      #"old=$path/.replaced-$$; date=$(stat -c %y -- "$fresh") && mkdir -- "$old" && "#
      + #"find "$path" -mindepth 1 -maxdepth 1 ! -path "$fresh" ! -path "$old" ! -name lost+found "#
      + #"-exec mv -t "$old" -- {} + && "#
      + #"find "$fresh" -mindepth 1 -maxdepth 1 -exec mv -t "$path" -- {} + && "#
      + #"chmod --reference="$fresh" -- "$path" && rmdir -- "$fresh" && rm -rf -- "$old" && "#
      + #"touch -d "$date" -- "$path""#
    let beside =
      #"old=$path.replaced-$$; if [ -e "$path" ]; then mv -T -- "$path" "$old" || exit; fi; "#
      + #"mv -T -- "$fresh" "$path" || { [ ! -e "$old" ] || mv -T -- "$old" "$path"; exit 1; }; rm -rf -- "$old""#
    let script =
      #"export LC_ALL=C; path=$(realpath -m -- "$1") && fresh=$2 || exit; "#
      + #"case $fresh in "$path"/*) \#(inside);; *) \#(beside);; esac"#
    return ["sh", "-c", script, "commit", path, fresh]
  }

  // MARK: Answers

  /// Judges how the listing ended.
  static func checkListing(
    _ result: Program.Result, exitCode: Int, _ what: String
  ) throws(PortError) {
    try check(result, what)
    // Files come and go while a workspace is at work; find says so and goes on.
    let grave = result.errors.filter { !$0.contains("No such file or directory") }
    if let line = grave.first {
      throw PortError(.refused, "\(what): \(ProgramFailure.printable(line))")
    }
    guard exitCode <= 1 else { throw PortError(.refused, "\(what): find ended with exit code \(exitCode)") }
  }

  /// Judges how packing ended: a file that changed or vanished meanwhile is none of the archive's faults.
  static func checkPacking(_ result: Program.Result, _ what: String) throws(PortError) {
    if result.exitCode <= 1, result.exitCode >= 0 { return }
    let length = result.errors.reduce(0) { $0 + $1.utf8.count + 1 }
    let harmless = [
      "Cannot stat: No such file or directory", "File removed before we read it", "file changed as we read it",
      "socket ignored", "Exiting with failure status due to previous errors", "Cannot open: No such file or directory",
    ]
    let isHarmless = result.errors.allSatisfy { line in harmless.contains { line.hasSuffix($0) } }
    // What was said beyond the length that is kept may be worse.
    guard result.exitCode == 2, isHarmless, !result.errors.isEmpty, length < Program.outputKept - 512 else {
      throw failure(result, what)
    }
  }

  static func check(_ result: Program.Result, _ what: String) throws(PortError) {
    guard result.exitCode == 0 else { throw failure(result, what) }
  }

  /// A program that a host lacks is nothing that a snapshot lacks.
  static func failure(_ result: Program.Result, _ what: String) -> PortError {
    if result.exitCode == noDirectory {
      return PortError(.notFound, "\(what): \(ProgramFailure.printable(result.errors.first ?? ""))")
    }
    // tar's words for a disk that is full before a file's last block.
    if let line = result.errors.first(where: { $0.contains("Wrote only") }) {
      return PortError(.diskFull, "\(what): \(ProgramFailure.printable(line))")
    }
    var error = ProgramFailure.error(result, what)
    // Of tar and find, small codes do not say what they say of rsync.
    if result.exitCode < 64, error.reason != .diskFull, error.reason != .timedOut {
      let line = result.errors.first.map { ": " + ProgramFailure.printable($0) } ?? ""
      error = PortError(.refused, "\(what): exit code \(result.exitCode)\(line)")
    }
    if error.reason == .notFound || error.reason == .invalidAnswer { error.reason = .refused }
    return error
  }
}
