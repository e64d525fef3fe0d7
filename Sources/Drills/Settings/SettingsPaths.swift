import Foundation

/// What paths in a settings file mean: absolute ones what they say, `~/…` a file in the home directory, and any other
/// one a file beside the settings file, so that it does not matter from where a command is called.
public struct SettingsPaths: Sendable, Hashable {
  /// The folder of the settings file; absolute.
  public var folder: String
  /// `nil` leaves `~/` as it is.
  public var home: String?

  public init(folder: String, home: String?) {
    self.folder = folder
    self.home = home
  }

  /// - Parameter file: the settings file as it was given, which may be relative to the current directory.
  init(of file: String, environment: [String: String]) {
    let url = URL(fileURLWithPath: file).standardizedFileURL
    self.init(folder: url.deletingLastPathComponent().path, home: environment["HOME"])
  }

  func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if path.hasPrefix("~/"), let home { return home + path.dropFirst() }
    return URL(fileURLWithPath: folder).appendingPathComponent(path).standardizedFileURL.path
  }
}
