import Foundation

/// A key, a password or a token: usable, but never shown.
///
/// However it is printed, interpolated, dumped or reflected, it reads `(secret)`.
public struct Secret: Sendable, Hashable {
  private let value: String

  public init(_ value: String) { self.value = value }

  /// The value itself, for a request's header or body and nothing else.
  func reveal() -> String { value }

  /// Whether it can stand in a header: not empty, and nothing but visible ASCII.
  var isPlain: Bool { !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7e).contains($0) } }

  /// `text` with every occurrence of the value replaced: a server may repeat what it was sent.
  ///
  /// Also finds the value as JSON and URLs write it.
  func redacted(from text: String) -> String {
    guard !value.isEmpty else { return text }
    let spellings = [value, value.replacing("/", with: "\\/"), FormEncoding.escaped(value)]
    return spellings.reduce(text) { $0.replacing($1, with: description) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
