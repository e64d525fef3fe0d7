/// Tells texts that would cost the YAML library far more time than their size suggests, before it sees them.
///
/// It hashes every key to find repeated ones, and a key may be a whole list (`? [a, b]`, `[a, b]: c`) or an
/// alias: keys within keys cost quadratic time, aliases within them exponential. No scenario has use for such
/// keys, but telling them for sure takes a YAML parser; so this counts what looks like one, in comments and
/// quoted text too, and refuses only what no honest file reaches.
struct HostileText {
  /// Keys that look like lists, mappings or aliases accepted in a text; and in one that uses aliases freely.
  private static let unusualKeyLimit = 50
  private static let harmlessAliases = 4
  /// Brackets left open at a time; what is deeper costs the library time in proportion to its depth with each
  /// further token. The exact limit, `NodeComposer.maximumDepth`, is applied to what it makes of the text.
  private static let openBracketLimit = 256

  private var openBrackets = 0
  private var firstTooDeep: SourceLocation?
  private var unusualKeys = 0
  private var aliases = 0
  private var firstUnusualKey: SourceLocation?

  /// What is wrong with the text, if it may not be parsed.
  static func problem(in text: String, locate: Locator) -> Problem? {
    var counts = HostileText()
    let lines = text.utf8.split(omittingEmptySubsequences: false, whereSeparator: endsLine)
    for (index, line) in lines.enumerated() {
      let bytes = Array(line)
      if bytes.first == UInt8(ascii: "%"), !bytes.starts(with: "%YAML".utf8) {
        return Problem("a line may not start with '%'; put the text in quotes", at: locate(index + 1, 1))
      }
      counts.add(bytes) { locate(index + 1, $0) }
      if let location = counts.firstTooDeep { return NodeComposer.tooDeep(at: location) }
    }
    let limit = counts.aliases > harmlessAliases ? 0 : unusualKeyLimit
    guard counts.unusualKeys > limit, let location = counts.firstUnusualKey else { return nil }
    return Problem(
      "keys that are lists, mappings or aliases are refused", at: location,
      expected: "A key is a plain word; where this is only text or a comment, leave out the '?' or the ':'")
  }

  private mutating func add(_ line: [UInt8], at column: (Int) -> SourceLocation) {
    for index in line.indices {
      let isUnusual: Bool
      switch line[index] {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        openBrackets += 1
        if openBrackets > Self.openBracketLimit, firstTooDeep == nil { firstTooDeep = column(index + 1) }
        continue
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        openBrackets = max(0, openBrackets - 1)
        continue
      case UInt8(ascii: "*"):
        if index + 1 < line.count, isNameCharacter(line[index + 1]) { aliases += 1 }
        continue
      case UInt8(ascii: "?"):
        isUnusual = index == 0 || " \t[{,:-?".utf8.contains(line[index - 1])
      case UInt8(ascii: ":"):
        isUnusual = endsCollectionOrAlias(line[..<index])
      default:
        continue
      }
      guard isUnusual else { continue }
      unusualKeys += 1
      if firstUnusualKey == nil { firstUnusualKey = column(index + 1) }
    }
  }

  private func endsCollectionOrAlias(_ before: ArraySlice<UInt8>) -> Bool {
    var rest = before
    while rest.last == UInt8(ascii: " ") || rest.last == UInt8(ascii: "\t") { rest.removeLast() }
    if rest.last == UInt8(ascii: "]") || rest.last == UInt8(ascii: "}") { return true }
    while let last = rest.last, isNameCharacter(last) { rest.removeLast() }
    return rest.last == UInt8(ascii: "*")
  }

  /// A character of the name of an alias.
  private func isNameCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
