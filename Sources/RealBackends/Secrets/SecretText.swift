/// A text that nobody may read by accident: printed, described or dumped it is three dots.
public struct SecretText: Sendable, Hashable {
  /// The text itself, for the one place that needs it.
  public let revealed: String

  public init(_ text: String) { revealed = text }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "…" }
  public var debugDescription: String { "…" }
  /// Without it, `dump` and a failing test would show what is inside.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
