import Subprocess
import SystemPackage

/// Short scripts for the system's own programs (`ip`, `tc`, `mount`), which are the plainest way to say what is
/// to be done.
enum Shell {
  /// In bytes, of standard output and of standard error: more than any answer that is read here.
  private static let outputKept = 1 << 20

  /// Runs a script of `/bin/sh` to its end, also when the calling task has been cancelled: half a script would
  /// leave something behind that nobody knows of.
  ///
  /// - Parameters:
  ///   - what: what is done, for the error.
  ///   - arguments: `$1` and so on.
  /// - Returns: its standard output, without line ends at its end.
  /// - Throws: `.failed` when it does not end with 0; the error has what it wrote to standard error.
  @discardableResult
  static func run(
    _ what: String, _ script: String, _ arguments: [String] = []
  ) async throws(LabError) -> String {
    let work = Task { () -> Result<String, LabError> in
      do {
        let ended = try await Subprocess.run(
          .path("/bin/sh"), arguments: Arguments(["-c", script, "sh"] + arguments),
          // A user's path need not have the administrator's programs.
          environment: .inherit.updating(["LC_ALL": "C", "PATH": searchPath.joined(separator: ":")]),
          output: .string(limit: outputKept), error: .string(limit: outputKept))
        let said = ended.standardError.trimmed
        guard ended.terminationStatus.isSuccess else {
          return .failure(.failed(what, said.isEmpty ? "\(ended.terminationStatus)" : said))
        }
        return .success(ended.standardOutput.trimmed)
      } catch {
        return .failure(.failed(what, "\(error)"))
      }
    }
    return try await work.value.get()
  }

  /// Where programs are looked for, first match first.
  static let searchPath = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]
}

extension String {
  /// Without line ends and blanks at either end.
  var trimmed: String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}
