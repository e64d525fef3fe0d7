/// A value of the scenario that a sweep varies, and over what: `healthCheck.interval=2s..30s:n15`.
public struct Variation: Sendable, Hashable {
  enum Domain: Sendable, Hashable {
    case list([String])
    case range(QuantityRange)
  }

  /// Where the value is in the scenario, as it was written.
  public let path: String
  /// The same in one spelling, to tell whether two mean the same.
  let place: NodePath
  let domain: Domain
  let location: SourceLocation

  /// Parses `path=a,b,c` or `path=lo..hi[:step|:nN|:logN]`; items of a list may be ranges.
  ///
  /// - Parameters:
  ///   - text: what follows the option.
  ///   - number: its place among the options, from 1.
  /// - Throws: `InvalidFile`.
  public init(_ text: String, option: String = "--vary", number: Int = 1) throws(InvalidFile) {
    let location = SourceLocation.option("\(option) \(text)", number: number)
    func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: location)) }
    guard let equals = text.firstIndex(of: "=") else {
      throw problem("expected path=values, such as healthCheck.interval=5s,10s or sync.interval=10s..60s:n6")
    }
    path = String(text[..<equals]).trimmingSpaces
    place = try Override.path(path, at: location)
    self.location = location
    let items = Self.items(String(text[text.index(after: equals)...]))
    guard items.allSatisfy({ !$0.isEmpty }) else { throw problem("there is an empty value") }
    var values: [String] = []
    var continuum: QuantityRange?
    for item in items {
      do throws(QuantityRange.Failure) {
        guard let range = try QuantityRange(item) else {
          values.append(item)
          continue
        }
        if let inside = range.values { values += inside.map(\.text) } else { continuum = range }
      } catch {
        throw problem(error.message)
      }
    }
    if let continuum {
      guard items.count == 1 else {
        throw problem("the range \(continuum.low.text)..\(continuum.high.text) needs a spacing such as :n10 in a list")
      }
      domain = .range(continuum)
      return
    }
    guard values.count <= QuantityRange.maximumCount else { throw problem("more than \(QuantityRange.maximumCount) values") }
    if Set(values).count < values.count, let twice = Self.repeated(values) {
      throw problem("the value \(quoted(twice)) is there twice")
    }
    domain = .list(values)
  }

  private static func repeated(_ values: [String]) -> String? {
    var seen: Set<String> = []
    return values.first { !seen.insert($0).inserted }
  }

  /// Splits at commas that are in no brackets, braces or quotes.
  private static func items(_ text: String) -> [String] {
    var items = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if "[{(".contains(character) {
        depth += 1
      } else if "]})".contains(character) {
        depth -= 1
      } else if character == ",", depth <= 0 {
        items.append("")
        continue
      }
      items[items.count - 1].append(character)
    }
    return items.map(\.trimmingSpaces)
  }

  /// The values of a grid; `nil` for a range without a spacing.
  public var values: [String]? {
    if case .list(let values) = domain { values } else { nil }
  }

  /// The value at a part of the way from 0 to 1.
  func value(at part: Double) -> String {
    switch domain {
    case .list(let values): values[min(values.count - 1, Int(part * Double(values.count)))]
    case .range(let range): range.value(at: part).text
    }
  }

  /// Whether all values are quantities of one kind, so that they can be put in order.
  var isNumeric: Bool {
    switch domain {
    case .range: true
    case .list(let values):
      values.allSatisfy { Quantity($0) != nil } && Set(values.compactMap { Quantity($0)?.dimension }).count == 1
    }
  }
}
