import Scenarios

/// Where a secret is to be found. The secret itself does not belong in a settings file, which is copied, shown and kept
/// in version control.
public enum SecretSource: Sendable, Hashable {
  /// A file that holds nothing else; see `SettingsPaths` for paths that are not absolute.
  case file(String)
  /// An environment variable.
  case environment(String)
}

extension Kind<SecretSource> {
  static var secret: Kind {
    oneOf(
      "a secret's whereabouts",
      .keyed("file", .text, help: "a file that holds the secret and nothing else") { .file($0) },
      .keyed("environment", .environmentName, help: "an environment variable that holds it") { .environment($0) }
    ).refusingText("a secret must not stand in this file; write {file: PATH} or {environment: NAME}")
  }
}
