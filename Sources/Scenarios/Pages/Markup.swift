/// Text that is safe to stand in a page: a piece of HTML or SVG that we wrote, or somebody's text, escaped.
///
/// Escaped by Unicode scalars: a quotation mark with a combining accent on it is one character to people, and still ends an
/// attribute.
struct Markup: Sendable, Hashable {
  private(set) var text: String

  /// Nothing.
  static let empty = Markup(safe: "")

  /// What we wrote ourselves.
  init(safe text: String) { self.text = text }

  /// Anybody's text. What must not stand in a document at all, such as most control characters, becomes U+FFFD.
  init(_ text: String) {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && !Self.special.contains($0) }
    self.text = isPlain ? text : Self.escaped(text)
  }

  private static let special = Array("<>&\"'".utf8)

  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;".unicodeScalars
      case ">": result += "&gt;".unicodeScalars
      case "&": result += "&amp;".unicodeScalars
      case "\"": result += "&quot;".unicodeScalars
      case "'": result += "&#39;".unicodeScalars
      // What XML 1.0 allows, less the C1 controls, and less the marks that turn the direction of all that follows.
      case "\u{9}", "\u{A}", "\u{D}", " "..."~", "\u{A0}"..."\u{2029}", "\u{202F}"..."\u{2065}", "\u{206A}"..."\u{D7FF}",
        "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        result.append(scalar)
      default: result.append("\u{FFFD}")
      }
    }
    return String(result)
  }

  static func + (a: Markup, b: Markup) -> Markup { Markup(safe: a.text + b.text) }
  static func += (a: inout Markup, b: Markup) { a.text += b.text }

  /// `<name attribute="value">content</name>`; without content, `<name attribute="value"/>`.
  ///
  /// - Parameter attributes: names, which are ours, and values, which may be anybody's.
  static func element(
    _ name: String, _ attributes: [(name: String, value: String)] = [], _ content: Markup? = nil
  ) -> Markup {
    var text = "<\(name)"
    for attribute in attributes { text += " \(attribute.name)=\"\(Markup(attribute.value).text)\"" }
    text += content.map { ">\($0.text)</\(name)>" } ?? "/>"
    return Markup(safe: text)
  }
}

extension Sequence<Markup> {
  /// One after the other, a line each.
  func joined() -> Markup { Markup(safe: map(\.text).joined(separator: "\n")) }
}
