/// What is wrong with a trace file, and where.
public struct TraceError: Error, Hashable, CustomStringConvertible {
  /// The file as it was named by whoever asked for it.
  public let file: String
  /// Counted from 1; `nil` when the whole file is meant, as when it cannot be read.
  public let line: Int?
  /// Counted from 1 in Unicode scalars; `nil` when the whole file or line is meant.
  public let column: Int?
  /// What was expected and what was found, in one line.
  public let message: String

  init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: error: message`, the form that editors and terminals make clickable.
  public var description: String {
    let place = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
    return "\(file)\(place): error: \(message)"
  }
}

/// Text from a file as an error message shows it: in quotes, short, and without control characters, which
/// could play tricks on a terminal.
func traceQuote(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(40)
  let safe = String(
    String.UnicodeScalarView(shown.map { $0.properties.generalCategory.isPrintable ? $0 : "\u{FFFD}" }))
  return "\"\(safe)\(shown.endIndex == text.unicodeScalars.endIndex ? "" : "…")\""
}

extension Unicode.GeneralCategory {
  fileprivate var isPrintable: Bool {
    switch self {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
