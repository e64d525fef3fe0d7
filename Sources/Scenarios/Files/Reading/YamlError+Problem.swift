import Yams

extension YamlError {
  /// The error in the words of somebody who edits the file, at the place to edit.
  func problem(in scalars: [Unicode.Scalar], file: SourceLocation, locate: Locator) -> Problem {
    switch self {
    case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _),
      .composer(let context, let text, let mark, _):
      return Self.problem(text, context: context, mark: mark, in: scalars, locate: locate)
    case .duplicatedKeysInMapping(let keys, let context):
      let key = quoted(keys.first ?? "")
      return Problem(
        "key \(key) is given twice in one mapping", at: locate(context.mark.line, context.mark.column))
    case .reader(let text, _, _, _):
      return Problem("this is not YAML: \(text)", at: file)
    default:
      return Problem("this is not YAML: \(shortened(description, to: 200))", at: file)
    }
  }

  private static func problem(
    _ text: String, context: Context?, mark: Mark, in scalars: [Unicode.Scalar], locate: Locator
  ) -> Problem {
    if let column = tabInIndentation(ofLine: mark.line, in: scalars) {
      return Problem(
        "the line is indented with a tab; YAML takes only spaces there", at: locate(mark.line, column))
    }
    guard let known = explanations.first(where: { text.contains($0.library) }) else {
      let detail = context.map { "\($0.text): \(text)" } ?? text
      return Problem("this is not YAML: \(detail)", at: locate(mark.line, mark.column))
    }
    let place = known.atContext ? context?.mark ?? mark : mark
    var message = known.message
    // An option has no lines to speak of.
    if let start = context?.mark, start.line != mark.line, let line = locate(start.line, start.column).line {
      message = message.replacing("{start}", with: " that starts in line \(line)")
    }
    message = message.replacing("{start}", with: "")
    if let index = index(ofLine: mark.line, column: mark.column, in: scalars) {
      message = message.replacing("{character}", with: quoted(String(scalars[index])))
    }
    return Problem(message.replacing("{character}", with: "this"), at: locate(place.line, place.column))
  }

  private static func tabInIndentation(ofLine line: Int, in scalars: [Unicode.Scalar]) -> Int? {
    guard let start = index(ofLine: line, column: 1, in: scalars) else { return nil }
    let indent = scalars[start...].prefix { $0 == " " || $0 == "\t" }
    return indent.firstIndex(of: "\t").map { $0 - start + 1 }
  }

  /// What the library says, what we say, and whether the place to edit is where the construct began (its
  /// context) and not where the library gave up.
  private static let explanations: [(library: String, message: String, atContext: Bool)] = [
    (
      "mapping values are not allowed",
      "a ': ' is not allowed here; check the line's indentation, or put text that holds a ': ' in quotes",
      false
    ),
    ("could not find expected ':'", "expected 'key: value', but no ': ' follows", true),
    (
      "did not find expected key",
      "expected a key of the mapping{start}; check the line's indentation and its quotes", false
    ),
    (
      "did not find expected '-' indicator",
      "expected another '- ' item of the list{start}; check the line's indentation", false
    ),
    (
      "block sequence entries are not allowed",
      "a '- ' item cannot start here; begin it on a line of its own", false
    ),
    ("mapping keys are not allowed", "a '? ' is not allowed here; put the text in quotes", false),
    ("did not find expected ',' or ']'", "expected ',' or ']' in the list{start}", false),
    ("did not find expected ',' or '}'", "expected ',' or '}' in the mapping{start}", false),
    ("did not find expected node content", "expected a value here, found {character}", false),
    ("cannot start any token", "text cannot start with {character}; put it in quotes", false),
    ("found unexpected end of stream", "the quoted text that starts here has no closing quote", true),
    ("found unexpected document indicator", "the quoted text that starts here has no closing quote", true),
    (
      "found unknown escape character", "unknown escape in double quotes; write '\\\\' for a backslash", false
    ),
    ("hexdecimal number", "an escape such as \\x41 in double quotes needs hexadecimal digits", false),
    ("invalid Unicode character escape", "an escape in double quotes names no Unicode character", false),
    ("Maximum nesting level reached", "lists and mappings are nested more than \(NodeComposer.maximumDepth) deep", false),
    ("found another document", "a second document starts here; a file holds one", false),
    ("found undefined alias", "this alias (*name) refers to no earlier anchor (&name)", false),
    ("alphabetic or numeric character", "text that starts with '*' or '&' must be in quotes", true),
    ("expected comment or line break", "only a comment may follow here", false),
    ("found undefined tag handle", "tags (words that start with '!') are not supported", false),
  ]
}
