/// Reads a JSON document (RFC 8259) into a `JSONValue`, which keeps the order of keys and the digits of numbers as they
/// were written: what a page shows is what the document says, to the last digit.
///
/// Strict: no comments, no trailing commas, no key twice, no nesting deeper than `deepestNesting`.
struct JSONReader {
  /// Deeper than any result; a document of brackets alone must not use up the stack.
  static let deepestNesting = 64

  private let file: FileText
  private let bytes: [UInt8]
  private var position = 0

  /// - Throws: `InvalidFile` with the one place where the text stops being JSON.
  static func value(of file: FileText) throws(InvalidFile) -> JSONValue {
    var reader = JSONReader(file)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else {
      throw reader.problem("there is more text after the end of the document")
    }
    return value
  }

  private init(_ file: FileText) {
    self.file = file
    bytes = Array(file.text.utf8)
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(InvalidFile) -> JSONValue {
    guard depth <= Self.deepestNesting else {
      throw problem("nested more than \(Self.deepestNesting) levels deep")
    }
    skipSpace()
    guard let first = next else { throw problem("the document ends too soon") }
    switch first {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .literal("true"))
    case UInt8(ascii: "f"): return try word("false", .literal("false"))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .literal(try number())
    default: throw problem("expected a JSON value")
    }
  }

  private mutating func object(_ depth: Int) throws(InvalidFile) -> JSONValue {
    position += 1
    var members: [(key: String, value: JSONValue)] = []
    var seen: Set<String> = []
    if takes(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("expected a key in double quotes") }
      let place = position
      let key = try string()
      guard seen.insert(key).inserted else {
        throw problem("the key '\(shortened(key, to: 80))' stands here twice", at: place)
      }
      guard takes(UInt8(ascii: ":")) else { throw problem("expected ':' after the key") }
      members.append((key, try value(depth: depth + 1)))
    } while takes(UInt8(ascii: ","))
    guard takes(UInt8(ascii: "}")) else { throw problem("expected ',' or '}'") }
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(InvalidFile) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    if takes(UInt8(ascii: "]")) { return .array([]) }
    repeat { elements.append(try value(depth: depth + 1)) } while takes(UInt8(ascii: ","))
    guard takes(UInt8(ascii: "]")) else { throw problem("expected ',' or ']'") }
    return .array(elements)
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(InvalidFile) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw problem("expected a JSON value") }
    position += word.utf8.count
    return value
  }

  // MARK: Numbers

  /// As it is written.
  private mutating func number() throws(InvalidFile) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let firstDigit = next
    guard digits() > 0 else { throw problem("expected a digit") }
    if firstDigit == UInt8(ascii: "0"), position - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      throw problem("a number does not begin with 0", at: start)
    }
    if next == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw problem("expected a digit after the point") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw problem("expected a digit of the exponent") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, isDigit(byte) { position += 1 }
    return position - start
  }

  // MARK: Text

  private mutating func string() throws(InvalidFile) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content += try escape()
      case 0..<0x20: throw problem("a control character must be written as an escape")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw problem("this text does not end", at: start)
  }

  /// What an escape stands for, in UTF-8.
  private mutating func escape() throws(InvalidFile) -> [UInt8] {
    let start = position
    position += 1
    guard let letter = next else { throw problem("this escape does not end", at: start) }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal(start)
      if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try hexadecimal(start)
        // Two halves of one character beyond U+FFFF, as UTF-16 writes it.
        if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
      }
      guard let scalar = Unicode.Scalar(code) else { throw problem("this escape is half a character", at: start) }
      return Array(String(Character(scalar)).utf8)
    default: throw problem("unknown escape", at: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(InvalidFile) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("expected four hexadecimal digits", at: start) }
    position += 4
    return code
  }

  // MARK: Walking

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  /// Takes this byte, if it is the next one that is no space.
  private mutating func takes(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private func problem(_ message: String, at place: Int? = nil) -> InvalidFile {
    let before = bytes[..<(place ?? position)]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
    return InvalidFile(
      Problem("this is not JSON: \(message)", at: .position(file: file.name, line: line, column: column)))
  }
}
