/// An exact fraction, for answers that owe nothing to the code under test.
struct Rational: Comparable, Hashable {
  let numerator: Int128
  let denominator: Int128

  init(_ numerator: Int128, over denominator: Int128 = 1) {
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = max(1, Int128(a))
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  init(_ whole: Int64) { self.init(Int128(whole)) }

  static let zero = Rational(Int128(0))

  var roundedUp: Int64 { Int64((numerator + denominator - 1) / denominator) }

  static func + (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator + b.numerator * a.denominator, over: a.denominator * b.denominator)
  }
  static func - (a: Rational, b: Rational) -> Rational { a + Rational(-b.numerator, over: b.denominator) }
  static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, over: a.denominator * b.denominator)
  }
  /// - Parameter b: greater than zero.
  static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, over: a.denominator * b.numerator)
  }
  static func < (a: Rational, b: Rational) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }
}

/// Max-min fairness by its definition in small steps: all rates grow by the same amount until something is full. Slow,
/// exact, and written apart from the code under test.
///
/// - Parameters:
///   - paths: the links that each flow crosses, each at most once.
///   - limits: bytes per second; `nil` for none, where the flow must cross a link.
func fairRatesBySmallSteps(paths: [[Int]], limits: [Int64?], capacities: [Int64]) -> [Rational] {
  var rates = paths.map { _ in Rational.zero }
  var growing = Set(paths.indices)
  while !growing.isEmpty {
    var steps: [Rational] = []
    for (link, capacity) in capacities.enumerated() {
      let users = growing.filter { paths[$0].contains(link) }.count
      let used = zip(paths, rates).filter { $0.0.contains(link) }.reduce(Rational.zero) { $0 + $1.1 }
      if users > 0 { steps.append((Rational(capacity) - used) / Rational(Int128(users))) }
    }
    for flow in growing { if let limit = limits[flow] { steps.append(Rational(limit) - rates[flow]) } }
    guard let step = steps.min() else { return rates }
    for flow in growing { rates[flow] = rates[flow] + step }
    for (link, capacity) in capacities.enumerated() {
      let used = zip(paths, rates).filter { $0.0.contains(link) }.reduce(Rational.zero) { $0 + $1.1 }
      if used == Rational(capacity) { growing = growing.filter { !paths[$0].contains(link) } }
    }
    growing = growing.filter { flow in limits[flow].map { rates[flow] < Rational($0) } ?? true }
  }
  return rates
}
