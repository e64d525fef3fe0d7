/// Walks the lines of a comma-separated trace, telling every one's place for messages.
///
/// Blank lines at the end of the file are left out; lines may end in LF or CR LF; blanks around a field do
/// not count.
struct TraceLines {
  /// No known trace format comes near; a longer line is some other kind of file.
  static let maximumLineLength = 4096

  let file: String
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var number = 0

  /// - Parameter bytes: UTF-8, checked.
  init(file: String, bytes: [UInt8]) {
    self.file = file
    let last = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    self.bytes = bytes[...(last ?? -1)]
    position = 0
  }

  /// The next line, or `nil` after the last one.
  mutating func next() throws(TraceError) -> TraceLine? {
    guard position < bytes.endIndex else { return nil }
    number += 1
    let rest = bytes[position...]
    // Looking no further than a line may be long keeps a file without line ends quick to refuse.
    let window = rest.prefix(Self.maximumLineLength + 1)
    let newline = window.firstIndex(of: UInt8(ascii: "\n"))
    guard newline != nil || window.count <= Self.maximumLineLength else {
      throw TraceError(
        file: file, line: number, column: 1,
        message: "expected a line of at most \(Self.maximumLineLength) bytes, found a longer one")
    }
    let end = newline ?? rest.endIndex
    position = end + 1
    var line = bytes[rest.startIndex..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return TraceLine(file: file, number: number, bytes: line)
  }
}

/// One line of a comma-separated trace.
struct TraceLine {
  struct Field {
    let text: String
    let column: Int
  }

  let file: String
  let number: Int
  let fields: [Field]

  fileprivate init(file: String, number: Int, bytes: ArraySlice<UInt8>) {
    self.file = file
    self.number = number
    var column = 1
    fields = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
      let blanks = part.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
      var text = part.dropFirst(blanks)
      while text.last == UInt8(ascii: " ") || text.last == UInt8(ascii: "\t") { text.removeLast() }
      let field = Field(text: String(decoding: text, as: UTF8.self), column: column + blanks)
      // Continuation bytes of UTF-8 begin with the bits 10 and are no columns of their own.
      column += part.count { $0 & 0xC0 != 0x80 } + 1
      return field
    }
  }

  func error(column: Int = 1, _ message: String) -> TraceError {
    TraceError(file: file, line: number, column: column, message: message)
  }

  func error(_ field: Field, expected: String) -> TraceError {
    error(column: field.column, "expected \(expected), found \(traceQuote(field.text))")
  }

  /// Checks the number of fields before any of them is looked at.
  func expectFields(_ count: Int, form: String) throws(TraceError) {
    guard fields.count == count else {
      let found = fields.count == 1 && fields[0].text.isEmpty ? "an empty line" : "\(fields.count)"
      throw error("expected \(count) fields (\(form)), found \(found)")
    }
  }

  /// The whole number in a field.
  func wholeNumber(_ field: Field, upTo maximum: Int64, _ meaning: String) throws(TraceError) -> Int64 {
    guard let value = traceDigits(field.text.utf8), value <= maximum else {
      throw error(field, expected: "\(meaning), a whole number from 0 to \(maximum)")
    }
    return value
  }

  /// The seconds in a field, written with at most nine decimals, as exact nanoseconds.
  func seconds(_ field: Field, _ meaning: String) throws(TraceError) -> Duration {
    let parts = field.text.utf8.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : "0"
    let padded = decimals + String(repeating: "0", count: max(0, 9 - decimals.utf8.count))
    guard let whole = parts.first.flatMap({ traceDigits($0) }), whole <= TraceFile.maximumSeconds,
      !decimals.isEmpty, padded.utf8.count == 9, let nanoseconds = traceDigits(padded.utf8)
    else {
      throw error(
        field, expected: "\(meaning), seconds from 0 to \(TraceFile.maximumSeconds) with at most 9 decimals")
    }
    return .nanoseconds(whole * 1_000_000_000 + nanoseconds)
  }
}

/// The value of one or more decimal digits and nothing else; `nil` when there is anything else, or too much.
func traceDigits(_ text: some Collection<UInt8>) -> Int64? {
  guard !text.isEmpty else { return nil }
  var value: Int64 = 0
  for byte in text {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, overflowed) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
    if overflow || overflowed { return nil }
    value = sum
  }
  return value
}
