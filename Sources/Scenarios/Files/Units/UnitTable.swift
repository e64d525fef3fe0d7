/// How a quantity is written: its units, and words for messages.
struct UnitTable: Sendable {
  struct Unit: Sendable {
    let name: String
    /// How many of the table's smallest steps the unit is.
    let scale: Int128
    /// Other spellings that are accepted.
    var aliases: [String] = []
  }

  /// `duration`
  let noun: String
  /// `a duration such as 30s or 5min`
  let phrase: String
  /// The units offered to somebody who wrote none.
  let common: [String]
  /// The smallest amount told apart, such as `a nanosecond`, and the largest.
  let smallest: String
  let largest: String
  /// Steps in one of what is stored: rates are stored in bytes and have units in bits.
  var stepsPerStored: Int128 = 1
  /// True when amounts may be strung together, the larger unit first: `1h30min`.
  var isCompound = false
  let units: [Unit]
  /// Units that are written by mistake or are ambiguous, with what is most likely meant.
  var mistakes: [String: String] = [:]

  func unit(named name: some StringProtocol) -> Unit? {
    units.first { $0.name == name || $0.aliases.contains(where: { $0 == name }) }
  }

  /// A regular expression that accepts what `parse` does, except for the limits of size and fineness.
  var pattern: String {
    let names = units.flatMap { [$0.name] + $0.aliases }.joined(separator: "|")
    let amount = "[0-9]+(\\.[0-9]+)? *(\(names))"
    return "^ *-?(0+(\\.0+)?|" + (isCompound ? "(\(amount) *)+" : amount) + ") *$"
  }
}

extension UnitTable {
  /// Parses an amount such as `1.5h`; zero needs no unit.
  func parse(_ text: String) throws(UnitError) -> Int64 {
    var rest = text.utf8.drop { $0 == UInt8(ascii: " ") }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    var steps: Int128 = 0
    var previous: (unit: Unit, isWhole: Bool)?
    repeat {
      let (number, unit) = try nextAmount(of: &rest, in: text)
      let scale = unit?.scale ?? 0
      // `30min1h`, `1.5h30min` and `1h0` are slips, not sums.
      if let previous, !previous.isWhole || scale >= previous.unit.scale || scale == 0 {
        throw malformed(text)
      }
      let (sum, overflow) = steps.addingReportingOverflow(try scaled(number, by: scale, in: text))
      if overflow { throw tooLarge(text) }
      steps = sum
      previous = unit.map { ($0, number.isWhole) }
    } while isCompound && !rest.isEmpty
    guard steps % stepsPerStored == 0 else { throw tooFine(text) }
    guard let stored = Int64(exactly: (isNegative ? -steps : steps) / stepsPerStored) else {
      throw tooLarge(text)
    }
    return stored
  }

  /// Takes a number and its unit off the front of `rest`; only a zero that stands alone has no unit.
  private func nextAmount(
    of rest: inout Substring.UTF8View.SubSequence, in text: String
  ) throws(UnitError) -> (ExactDecimal, Unit?) {
    let digits = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    let number: ExactDecimal
    do {
      number = try ExactDecimal(Substring(digits))
    } catch .malformed {
      throw malformed(text)
    } catch .tooLarge {
      throw tooLarge(text)
    } catch {
      throw tooFine(text)
    }
    rest = rest[digits.endIndex...].drop { $0 == UInt8(ascii: " ") }
    let unitEnd = isCompound ? rest.firstIndex { isDigit($0) || $0 == UInt8(ascii: " ") } : nil
    let written = String(Substring(rest[..<(unitEnd ?? rest.endIndex)]))
    let name = String(written.reversed().drop { $0 == " " }.reversed())
    rest = (unitEnd.map { rest[$0...] } ?? rest[rest.endIndex...]).drop { $0 == UInt8(ascii: " ") }
    if name.isEmpty {
      if number.isZero && rest.isEmpty { return (number, nil) }
      guard text.utf8.allSatisfy({ isDigit($0) || " .-".utf8.contains($0) }) else { throw malformed(text) }
      throw UnitError.noUnit(number: text.trimmingSpaces, suggestions: common, phrase: phrase)
    }
    guard let unit = unit(named: name) else { throw unknown(name, in: text) }
    return (number, unit)
  }

  private func scaled(_ number: ExactDecimal, by scale: Int128, in text: String) throws(UnitError) -> Int128 {
    do {
      return try number.scaled(by: scale)
    } catch .tooLarge {
      throw tooLarge(text)
    } catch {
      throw tooFine(text)
    }
  }

  private func unknown(_ name: String, in text: String) -> UnitError {
    if let other = Units.tables.first(where: { $0.noun != noun && $0.unit(named: name) != nil }) {
      return .otherQuantity(unit: name, isUnitOf: other.noun, phrase: phrase)
    }
    let isWord = name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "/" }
    guard isWord else { return malformed(text) }
    let near = mistakes[name] ?? nearest(to: name, among: units.flatMap { [$0.name] + $0.aliases })
    return .unknownUnit(name, suggestion: near, known: units.map(\.name), phrase: phrase)
  }

  private func malformed(_ text: String) -> UnitError { .malformed(text, phrase: phrase) }
  private func tooLarge(_ text: String) -> UnitError { .tooLarge(text, largest: largest) }
  private func tooFine(_ text: String) -> UnitError { .tooFine(text, smallest: smallest) }

  /// The shortest exact way to write an amount; a point counts as two characters, so that it is `100GB` and
  /// not `0.1TB`, but `1.2GB` and not `1200MB`.
  func format(_ stored: Int64) -> String {
    let sign = stored < 0 ? "-" : ""
    if stored == 0 { return "0" + (units.first?.name ?? "") }
    let candidates = units.reversed().compactMap { unit in
      exactQuotient(Int128(stored.magnitude) * stepsPerStored, per: unit.scale).map { $0 + unit.name }
    }
    let shortest = candidates.min { length(of: $0) < length(of: $1) }
    return sign + (shortest ?? "\(stored.magnitude)")
  }

  private func length(of text: String) -> Int { text.utf8.count + (text.contains(".") ? 1 : 0) }
}

extension String {
  /// Without the spaces at both ends.
  var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
