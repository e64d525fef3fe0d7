/// An element of an object store's answer: its name without a prefix, its text, and what is in it.
///
/// The reader is one of our own because Foundation's `XMLParser` traps on some malformed documents, which any
/// server, or whoever answers in its place, could send. It reads what object stores write: elements, text, the
/// five named entities and numbered ones, CDATA, comments and processing instructions; attributes are passed
/// over, and a document type is refused, so nothing is ever loaded or expanded.
struct XMLElement: Sendable, Hashable {
  var name: String
  var text = ""
  var children: [XMLElement] = []

  /// The text of the first child of that name.
  subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

  /// All children of that name.
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The root of a document; `nil` when it is none, or is nested deeper than any answer is.
  init?(parsing document: [UInt8]) {
    var reader = Reader(rest: document[...])
    guard let root = reader.document() else { return nil }
    self = root
  }

  private init(named name: String) { self.name = name }

  /// Answers are at most four deep.
  private static let maximumDepth = 16

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func document() -> XMLElement? {
      if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
      var open: [XMLElement] = []
      var root: XMLElement?
      while !rest.isEmpty {
        if take("<?") {
          guard upTo("?>") != nil else { return nil }
        } else if take("<!--") {
          guard upTo("-->") != nil else { return nil }
        } else if take("<![CDATA[") {
          guard let text = upTo("]]>"), !open.isEmpty else { return nil }
          open[open.count - 1].text += String(decoding: text, as: UTF8.self)
        } else if take("</") {
          guard let end = upTo(">"), let element = open.popLast(), Self.name(in: end) == element.name else {
            return nil
          }
          if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        } else if take("<") {
          guard root == nil, open.count < XMLElement.maximumDepth, let (element, isEmpty) = start() else { return nil }
          if !isEmpty {
            open.append(element)
          } else if open.isEmpty {
            root = element
          } else {
            open[open.count - 1].children.append(element)
          }
        } else {
          let text = rest.prefix { $0 != UInt8(ascii: "<") }
          rest = rest[text.endIndex...]
          if open.isEmpty {
            guard text.allSatisfy(Self.isBlank) else { return nil }
          } else {
            guard let plain = Self.unescaped(text) else { return nil }
            open[open.count - 1].text += plain
          }
        }
      }
      return open.isEmpty ? root : nil
    }

    /// What stands between the angle brackets of a start tag.
    private mutating func start() -> (XMLElement, isEmpty: Bool)? {
      var quote: UInt8?
      guard let end = rest.firstIndex(where: { byte in
        if let open = quote {
          if byte == open { quote = nil }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == UInt8(ascii: ">") {
          return true
        }
        return false
      }) else { return nil }
      var tag = rest[..<end]
      rest = rest[(end + 1)...]
      let isEmpty = tag.last == UInt8(ascii: "/")
      if isEmpty { tag = tag.dropLast() }
      return Self.name(in: tag).map { (XMLElement(named: $0), isEmpty) }
    }

    private static func name(in tag: ArraySlice<UInt8>) -> String? {
      let word = tag.prefix { !isBlank($0) }
      let isPlain = word.allSatisfy { $0 >= 128 || $0 > 32 && !"<>&\"'=/!?".utf8.contains($0) }
      let local = word.split(separator: UInt8(ascii: ":")).last
      return isPlain ? local.map { String(decoding: $0, as: UTF8.self) } : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...10).contains(byte) || byte == 13 }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String? {
      guard text.contains(UInt8(ascii: "&")) else { return String(decoding: text, as: UTF8.self) }
      let parts = text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
      var plain = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
      for part in parts.dropFirst() {
        guard let end = part.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: part[..<end], as: UTF8.self)
        guard let character = entity(name) else { return nil }
        plain.append(character)
        plain += String(decoding: part[(end + 1)...], as: UTF8.self)
      }
      return plain
    }

    private static func entity(_ name: String) -> Character? {
      switch name {
      case "amp": return "&"
      case "lt": return "<"
      case "gt": return ">"
      case "quot": return "\""
      case "apos": return "'"
      default:
        guard name.first == "#" else { return nil }
        let isHexadecimal = name.dropFirst().first == "x"
        let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
        return number.flatMap(Unicode.Scalar.init).map(Character.init)
      }
    }

    private mutating func take(_ text: String) -> Bool {
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }

    /// What comes before `end`, which is passed over, too; `nil` when it never comes.
    private mutating func upTo(_ end: String) -> ArraySlice<UInt8>? {
      let bytes = Array(end.utf8)
      var index = rest.startIndex
      while rest.endIndex - index >= bytes.count {
        if rest[index] == bytes[0], rest[index...].starts(with: bytes) {
          defer { rest = rest[(index + bytes.count)...] }
          return rest[..<index]
        }
        index += 1
      }
      return nil
    }
  }
}

/// Text as it is written between tags.
func escapedForXML(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
