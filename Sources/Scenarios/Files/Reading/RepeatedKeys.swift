import Yams

/// Composes texts in which a mapping has a key twice.
///
/// The YAML library stops at the first such key and names only where it stood first. So that both places can
/// be named, and everything else that is wrong with the file as well, the first character of the key's first
/// occurrence is replaced by a private one and the text composed again; the converter puts the character
/// back.
enum RepeatedKeys {
  /// The characters put back, by the line and column of the key they begin.
  typealias Masks = [Position: Unicode.Scalar]

  struct Position: Hashable, Sendable {
    var line: Int
    var column: Int
  }

  /// Each repeated key costs a pass over the text; this many bytes are gone through, and in 8 passes at most.
  private static let budget = 500_000
  private static let passes = 8

  static func compose(
    _ text: String, file: SourceLocation, locate: @escaping Locator
  ) throws(InvalidFile) -> (root: Yams.Node?, masks: Masks) {
    var text = text
    var masks: Masks = [:]
    while true {
      do {
        return (try Yams.compose(yaml: text, .basic, .default, .utf8), masks)
      } catch let error as YamlError {
        var scalars = Array(text.unicodeScalars)
        guard
          case .duplicatedKeysInMapping(let keys, let context) = error, masks.count < passes, masks.count * text.utf8.count < budget,
          let (position, index, original) = place(of: keys.first, at: context.mark, in: scalars),
          let mask = Unicode.Scalar(UInt32(0xF0000 + masks.count))
        else { throw InvalidFile(error.problem(in: scalars, file: file, locate: locate)) }
        scalars[index] = mask
        masks[position] = original
        var masked = String.UnicodeScalarView()
        masked.append(contentsOf: scalars)
        text = String(masked)
      } catch {
        throw InvalidFile(Problem("this cannot be parsed: \(error)", at: file))
      }
    }
  }

  /// Where the first character of a key stands, if the key is written plainly or in quotes at `mark`.
  private static func place(
    of key: String?, at mark: Mark, in scalars: [Unicode.Scalar]
  ) -> (Position, index: Int, original: Unicode.Scalar)? {
    guard let first = key?.unicodeScalars.first, first != "\\",
      var index = index(ofLine: mark.line, column: mark.column, in: scalars)
    else { return nil }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard scalars.indices.contains(index), scalars[index] == first else { return nil }
    return (Position(line: mark.line, column: mark.column), index, first)
  }
}

/// The index of the character at a line and a column, both from 1.
func index(ofLine line: Int, column: Int, in scalars: [Unicode.Scalar]) -> Int? {
  var (current, start) = (1, 0)
  while current < line {
    guard let end = scalars[start...].firstIndex(where: { $0 == "\n" || $0 == "\r" }) else { return nil }
    let isPair = scalars[end] == "\r" && end + 1 < scalars.count && scalars[end + 1] == "\n"
    start = end + (isPair ? 2 : 1)
    current += 1
  }
  let index = start + column - 1
  return scalars.indices.contains(index) ? index : nil
}
