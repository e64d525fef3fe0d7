/// A setting with which nothing can be begun: it is missing, or cannot be right.
public struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which one, as the user knows it: a key of the file, a path.
  public var setting: String
  /// What is wrong with it and what was expected, in one line; never a secret.
  public var problem: String

  public init(_ setting: String, _ problem: String) {
    self.setting = setting
    self.problem = problem
  }

  public var description: String { "\(setting): \(problem)" }

  /// Refuses a base URL that is none.
  ///
  /// - Returns: without slashes at the end.
  static func checkedBaseURL(_ url: String) throws(SettingsError) -> String {
    var base = url
    while base.hasSuffix("/") { base.removeLast() }
    let hosts = ["https://", "http://"].compactMap { base.hasPrefix($0) ? base.dropFirst($0.count) : nil }
    let isPlain = base.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "?") }
    guard let host = hosts.first, isPlain, let first = host.first, first.isLetter || first.isNumber || first == "["
    else { throw SettingsError("base URL", "not an http or https address: \(ProgramFailure.printable(url))") }
    return base
  }
}
