import Failover

/// What a metric is measured in.
public enum MetricUnit: String, Sendable, Hashable, CaseIterable {
  case duration
  /// US dollars.
  case money
  /// A part of a whole; 1 is all of it.
  case share
  /// A number of things, or of things in a month, which need not be whole.
  case count
  case bytes
}

/// A figure with its unit, exactly as it was computed.
public enum MetricValue: Sendable, Hashable {
  case duration(Duration)
  case money(Money)
  case share(Ratio)
  case count(Ratio)
  case bytes(ByteCount)

  /// So many whole things.
  public static func count(_ number: Int) -> MetricValue { .count(Ratio(Int64(number), over: 1) ?? .zero) }

  public var unit: MetricUnit {
    switch self {
    case .duration: .duration
    case .money: .money
    case .share: .share
    case .count: .count
    case .bytes: .bytes
    }
  }

  /// Whether this is more than `other`; figures of different units are never more than each other.
  public func exceeds(_ other: MetricValue) -> Bool {
    switch (self, other) {
    case (.duration(let a), .duration(let b)): a > b
    case (.money(let a), .money(let b)): a > b
    case (.share(let a), .share(let b)), (.count(let a), .count(let b)): a > b
    case (.bytes(let a), .bytes(let b)): a > b
    default: false
    }
  }

  /// The figure in the smallest steps that a file can name: nanoseconds, billionths of a dollar, of a whole or of one
  /// thing, bytes. A fraction, as a share rarely falls on a step; its denominator is greater than zero.
  var steps: (numerator: Int128, denominator: Int128) {
    switch self {
    case .duration(let duration): (Int128(duration.wholeNanoseconds), 1)
    case .money(let money): (Int128(money.nanodollars), 1)
    case .share(let ratio), .count(let ratio):
      (Int128(ratio.numerator) * 1_000_000_000, Int128(ratio.denominator))
    case .bytes(let bytes): (Int128(bytes.bytes), 1)
    }
  }

  /// The figure in whole steps; `nil` when it is finer than a step.
  var wholeSteps: Int64? {
    let (numerator, denominator) = steps
    return numerator % denominator == 0 ? Int64(exactly: numerator / denominator) : nil
  }

  /// The nearest number of whole steps, half a step rounded away from zero.
  private var nearestSteps: Int64 {
    let (numerator, denominator) = steps
    let half = numerator < 0 ? -denominator : denominator
    return Int64(clamping: (numerator * 2 + half) / (denominator * 2))
  }
}

extension MetricValue: CustomStringConvertible {
  /// As people read it: `12 min 49 s`, `$7.20`, `99.555 %`, `1.5`, `385.65 MB`.
  public var description: String {
    switch self {
    case .duration(let duration): Figures.human(duration)
    case .money(let money):
      // Whole cents are enough for a bill, and a drill's bill is less than one.
      money < .cents(10) && money > .cents(-10)
        ? money.description
        : (money < .zero ? "-$" : "$")
          + Figures.fixed(Int64(clamping: money.nanodollars.magnitude), per: 1_000_000_000, decimals: 2)
    case .share: Figures.trimmed(nearestSteps, per: 10_000_000, decimals: 3) + " %"
    case .count: Figures.trimmed(nearestSteps, per: 1_000_000_000, decimals: 2)
    case .bytes(let bytes): bytes.description
    }
  }

  /// As it would be written in a file: `20min`, `$7.20`, `99.9%`, `1`, `40MB`.
  var written: String {
    switch self {
    case .duration(let duration): Units.format(duration)
    case .money(let money): Units.format(money)
    case .share(let ratio): percentText(ratio)
    case .count(let ratio): Units.format(ratio)
    case .bytes(let bytes): Units.format(bytes)
    }
  }

  /// The same number as in JSON.
  var plainNumber: String {
    switch self {
    case .duration(let duration): duration.secondsText
    case .money(let money): money.dollarsText
    case .share, .count: exactText(nearestSteps, decimals: 9)
    case .bytes(let bytes): "\(bytes.bytes)"
    }
  }

  /// A number in seconds, US dollars, shares of 1, things or bytes; what is not a decimal is rounded to nine places.
  var json: JSONValue {
    switch self {
    case .duration(let duration): .seconds(duration)
    case .money(let money): .literal(money.dollarsText)
    case .share, .count: .literal(exactText(nearestSteps, decimals: 9))
    case .bytes(let bytes): .number(bytes.bytes)
    }
  }
}

/// Exactly, where a decimal can be exact: `99.9%`, otherwise a fraction such as `1/3`.
func percentText(_ ratio: Ratio) -> String {
  let hundredths = Ratio(reducing: Int128(ratio.numerator) * 100, over: Int128(ratio.denominator))
  guard let text = hundredths.map(Units.format), !text.contains("/") else { return Units.format(ratio) }
  return text + "%"
}

extension Figures {
  /// A quotient with at most so many decimals, without the zeros that end them.
  static func trimmed(_ value: Int64, per scale: Int64, decimals: Int) -> String {
    var text = fixed(value, per: scale, decimals: decimals)
    guard decimals > 0 else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
