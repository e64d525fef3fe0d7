import Failover

/// From one quantity to another: `2s..30s`.
struct QuantityRange: Sendable, Hashable {
  /// How a range becomes values.
  enum Spacing: Sendable, Hashable {
    /// Any value between the ends.
    case continuous(isLogarithmic: Bool)
    case step(Quantity)
    /// So many values, the same distance apart or the same factor.
    case count(Int, isLogarithmic: Bool)
  }

  let low: Quantity
  let high: Quantity
  let spacing: Spacing
  /// Whether both ends are written as whole numbers: then the values between are whole too where there is room.
  private let isWhole: Bool

  static let maximumCount = 10_000
  private static let whole: Int64 = 1_000_000_000

  /// From end to end, in steps.
  private var span: Int128 { Int128(high.steps) - Int128(low.steps) }

  /// Why a text is no range.
  struct Failure: Error { var message: String }

  /// Parses `lo..hi`, `lo..hi:step`, `lo..hi:nN`, `lo..hi:logN` or `lo..hi:log`.
  ///
  /// - Returns: `nil` when the text is something else altogether, such as a path.
  init?(_ text: String) throws(Failure) {
    guard let dots = text.firstRange(of: ".."), let low = Quantity(String(text[..<dots.lowerBound]).trimmingSpaces)
    else { return nil }
    let rest = text[dots.upperBound...].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let end = String(rest[0]).trimmingSpaces
    guard let high = Quantity(end), high.form == low.form else {
      throw Failure(message: "a range such as 2s..30s needs a quantity of the same kind as \(low.text) after the '..'")
    }
    guard low.steps < high.steps else { throw Failure(message: "the range ends at \(high.text), not above \(low.text)") }
    self.low = low
    self.high = high
    isWhole = low.form == .number && !text[..<dots.lowerBound].contains(".") && !end.contains(".")
    spacing = rest.count == 1 ? .continuous(isLogarithmic: false) : try Self.spacing(String(rest[1]).trimmingSpaces, low)
    if case .count(_, isLogarithmic: true) = spacing, low.steps <= 0 { throw Self.notAboveZero }
    if case .continuous(isLogarithmic: true) = spacing, low.steps <= 0 { throw Self.notAboveZero }
    if case .step(let step) = spacing {
      let count = span / Int128(step.steps)
      guard count < Int128(Self.maximumCount) else {
        throw Failure(message: "the range has more than \(Self.maximumCount) steps")
      }
    }
  }

  private static var notAboveZero: Failure { Failure(message: "a range spaced by a factor must begin above zero") }

  private static func spacing(_ text: String, _ low: Quantity) throws(Failure) -> Spacing {
    if text == "log" { return .continuous(isLogarithmic: true) }
    for (prefix, isLogarithmic) in [("log", true), ("n", false)] where text.hasPrefix(prefix) {
      guard let count = Int(text.dropFirst(prefix.count)), (2...maximumCount).contains(count) else {
        throw Failure(message: "\(quoted(text)): expected a number of values from 2 to \(maximumCount), such as \(prefix)10")
      }
      return .count(count, isLogarithmic: isLogarithmic)
    }
    guard let step = Quantity(text), step.form == low.form, step.steps > 0 else {
      throw Failure(
        message: "\(quoted(text)) is no spacing; expected a step of the same kind as \(low.text), n10 or log10")
    }
    return .step(step)
  }

  /// Every value, ascending and each once; `nil` when there is any value between the ends.
  var values: [Quantity]? {
    let count: Int
    let isLogarithmic: Bool
    switch spacing {
    case .continuous(isLogarithmic: false) where isWhole && span / Int128(Self.whole) < Int128(Self.maximumCount):
      return steps(by: Self.whole)
    case .continuous: return nil
    case .step(let step): return steps(by: step.steps)
    case .count(let number, let byFactor): (count, isLogarithmic) = (number, byFactor)
    }
    var values: [Quantity] = []
    for index in 0..<count {
      let value: Quantity
      if index == 0 {
        value = low
      } else if index == count - 1 {
        value = high
      } else if isLogarithmic {
        value = whole(atFactor: Double(index) / Double(count - 1), among: count).rounded(digits: 3)
      } else {
        let steps = Int64(clamping: Int128(low.steps) + span * Int128(index) / Int128(count - 1))
        value = whole(Quantity(steps: steps, form: low.form), among: count).rounded(digits: 6)
      }
      if value != values.last, value.steps <= high.steps { values.append(value) }
    }
    return values
  }

  private func steps(by step: Int64) -> [Quantity] {
    (0...(span / Int128(step))).map { index in
      Quantity(steps: Int64(clamping: Int128(low.steps) + index * Int128(step)), form: low.form)
    }
  }

  /// The value at a part of the way from 0 to 1, by distance or by factor, to four digits.
  func value(at part: Double) -> Quantity {
    let value: Quantity
    if case .continuous(isLogarithmic: true) = spacing {
      value = whole(atFactor: part, among: 2)
    } else {
      let steps = (Double(low.steps) + part * (Double(high.steps) - Double(low.steps))).rounded()
      value = whole(within(Int64(exactly: steps) ?? high.steps), among: 2)
    }
    return within(value.rounded(digits: 4).steps)
  }

  private func within(_ steps: Int64) -> Quantity {
    Quantity(steps: min(max(steps, low.steps), high.steps), form: low.form)
  }

  private func whole(atFactor part: Double, among count: Int) -> Quantity {
    let factor = ExactMath.exp(part * ExactMath.log(Double(high.steps) / Double(low.steps)))
    return whole(within(Int64(exactly: (Double(low.steps) * factor).rounded()) ?? high.steps), among: count)
  }

  private func whole(_ value: Quantity, among count: Int) -> Quantity {
    guard isWhole, span / Int128(Self.whole) >= Int128(count) - 1 else { return value }
    let half = Int128(value.steps < 0 ? -Self.whole / 2 : Self.whole / 2)
    let unit = Int128(Self.whole)
    return Quantity(steps: Int64(clamping: (Int128(value.steps) + half) / unit * unit), form: value.form)
  }
}
