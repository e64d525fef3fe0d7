import Failover

/// What is judged: a statistic of a figure, in whole steps.
///
/// A step is a millisecond, a millionth of a dollar, of a whole or of one thing: files hold no fractions, and what is
/// equal is equal to the last digit.
public struct Measure: Sendable {
  public let target: FigureStatistic

  public init(_ target: FigureStatistic) { self.target = target }

  /// `mttrFull.p95`
  public var name: String { target.name }
  public var figure: Figure { target.figure }

  /// Those that every baseline holds: of times the mean, the median and the 95th percentile, of the rest the mean.
  public static let judged: [Measure] = Figure.all.flatMap { figure in
    let statistics: [Statistic] = figure.sampling == .incident ? [.mean, .p50, .p95] : [.mean]
    return statistics.map { Measure(FigureStatistic(figure: figure, statistic: $0)) }
  }

  /// The measure of a name.
  ///
  /// - Throws: `InvalidFile` when there is none.
  public init(_ name: String, at location: SourceLocation) throws(InvalidFile) {
    self.init(try FigureStatistic(name, at: location))
  }
}

/// A whole number of steps of a unit.
struct Steps: Sendable {
  /// Steps in one second, dollar, whole or thing.
  static func perUnit(_ unit: MetricUnit) -> Int64 {
    switch unit {
    case .duration: 1_000
    case .money, .share, .count: 1_000_000
    case .bytes: 1
    }
  }

  /// What a step is called in files.
  static func name(_ unit: MetricUnit) -> String {
    switch unit {
    case .duration: "ms"
    case .money: "microdollars"
    case .share, .count: "millionths"
    case .bytes: "bytes"
    }
  }

  /// No figure is larger: thirty thousand years, or a billion dollars.
  static let largest: Int64 = 1_000_000_000_000_000

  /// The nearest number of steps.
  static func of(_ value: Double, _ unit: MetricUnit) -> Int64 {
    let steps = (value * Double(perUnit(unit))).rounded()
    return steps.isNaN ? 0 : Int64(max(-Double(largest), min(Double(largest), steps)))
  }

  static func value(_ steps: Int64, _ unit: MetricUnit) -> MetricValue {
    let steps = max(-largest, min(largest, steps))
    return switch unit {
    // 64 bits of nanoseconds hold 285 years.
    case .duration: .duration(.milliseconds(max(-9_000_000_000_000, min(9_000_000_000_000, steps))))
    case .money: .money(Money(nanodollars: steps * 1_000))
    case .share: .share(Ratio(steps, over: 1_000_000) ?? .zero)
    case .count: .count(Ratio(steps, over: 1_000_000) ?? .zero)
    case .bytes: .bytes(ByteCount(steps))
    }
  }

  /// As people read it: `12 min 49 s`.
  static func text(_ steps: Int64, _ unit: MetricUnit) -> String { value(steps, unit).description }

  /// With its sign: `+4.1 s`.
  static func change(_ steps: Int64, _ unit: MetricUnit) -> String {
    let isShort = unit == .duration && steps.magnitude < 1_000 && steps != 0
    let text = isShort ? "\(steps.magnitude) ms" : text(Int64(clamping: steps.magnitude), unit)
    return steps == 0 ? text : (steps > 0 ? "+" : "-") + text
  }

  /// An amount with its unit, not negative; `nil` for anything else.
  static func amount(_ text: String, _ unit: MetricUnit) -> Int64? {
    let value: Double? =
      switch unit {
      case .duration: (try? Units.parseDuration(text))?.inSeconds
      case .money: (try? Units.parseMoney(text)).map { Double($0.nanodollars) / 1e9 }
      case .share, .count, .bytes: (try? Units.parseRatio(text))?.value
      }
    guard let value, value >= 0, value * Double(perUnit(unit)) <= Double(largest) else { return nil }
    return of(value, unit)
  }

  /// How an amount of a unit is written, for messages.
  static func example(_ unit: MetricUnit) -> String {
    switch unit {
    case .duration: "2s"
    case .money: "$0.50"
    case .share: "99.5%"
    case .count, .bytes: "1"
    }
  }
}
