/// How a word is written so that the reader of a command line takes it for one word and for nothing else.
package enum Quoting {
  /// For a POSIX shell.
  package static func forShell(_ word: String) -> String {
    "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// For the `-e` of rsync, which knows single and double quotes, and a doubled quote for the quote itself.
  static func forRemoteShellOption(_ word: String) -> String {
    "'" + word.replacing("'", with: "''") + "'"
  }

  /// For the value of an ssh option that names a file: quotes keep blanks together, and per cent begins a
  /// token.
  static func forSSHFile(_ path: String) -> String {
    let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
    return "\"\(escaped)\""
  }
}
