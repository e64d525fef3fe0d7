import Foundation

/// A key, a password, a token, or an address that whoever knows it may use: usable, but never shown.
///
/// However it is printed, interpolated, dumped or reflected, it reads `(secret)`.
public struct Secret: Sendable, Hashable {
  /// The text itself, for the one request that needs it and nothing else.
  package let revealed: String

  public init(_ text: String) { revealed = text }

  /// Whether it can stand in a header: not empty, and nothing but visible ASCII.
  var isPlain: Bool { !revealed.isEmpty && revealed.utf8.allSatisfy { (0x21...0x7e).contains($0) } }

  /// `text` with every occurrence of the secret replaced: a server may repeat what it was sent.
  ///
  /// Also finds the secret as JSON and URLs write it.
  func redacted(from text: String) -> String {
    guard !revealed.isEmpty else { return text }
    let spellings = [revealed, revealed.replacing("/", with: "\\/"), FormEncoding.escaped(revealed)]
    return spellings.reduce(text) { $0.replacing($1, with: description) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  /// Without it, `dump` and a failing test would show what is inside.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
