import Failover

/// A scale with round numbers along it.
struct Axis {
  let low: Double
  let high: Double
  let unit: MetricUnit
  /// Whether equal steps stand for equal factors.
  let isLogarithmic: Bool
  typealias Tick = (value: Double, label: String)
  let ticks: [Tick]

  /// A scale that holds all values, with room at its ends.
  ///
  /// - Parameters:
  ///   - fromZero: whether it begins at zero, as lengths of bars must.
  ///   - mayBeLogarithmic: by factors, where values are greater than zero and span more than a factor of 30.
  init(_ values: [Double], unit: MetricUnit, fromZero: Bool = false, mayBeLogarithmic: Bool = false, count: Int = 6) {
    let least = values.min() ?? 0
    let most = values.max() ?? 1
    self.unit = unit
    isLogarithmic = mayBeLogarithmic && least > 0 && most > 30 * least
    if isLogarithmic {
      low = least / 1.1
      high = most * 1.1
      ticks = Self.factors(from: low, to: high, unit, count: count)
    } else {
      var (bottom, top) = (fromZero ? min(0, least) : least, fromZero ? max(0, most) : most)
      if !(top > bottom) {
        // One value alone: as much room on either side as it is large.
        let room = max(abs(top), 1e-6)
        (bottom, top) = fromZero ? (bottom, bottom + room) : (bottom - room / 2, top + room / 2)
      }
      let span = top - bottom
      low = fromZero && bottom == 0 ? 0 : bottom - span * 0.05
      high = top + span * 0.05
      ticks = Self.steps(from: low, to: high, unit, count: count)
    }
  }

  /// From exactly one value to exactly another, as time runs.
  init(from low: Double, to high: Double, unit: MetricUnit, count: Int = 7, relativeTo origin: Double = 0) {
    self.low = low
    self.high = high > low ? high : low + 1e-6
    self.unit = unit
    isLogarithmic = false
    ticks = Self.steps(from: self.low - origin, to: self.high - origin, unit, count: count)
      .map { ($0.value + origin, $0.label) }
  }

  /// Where a value stands, 0 at the low end and 1 at the high one.
  func position(_ value: Double) -> Double {
    guard isLogarithmic else { return (value - low) / (high - low) }
    return (ExactMath.log(max(value, low)) - ExactMath.log(low)) / (ExactMath.log(high) - ExactMath.log(low))
  }

  // MARK: Round numbers

  private static let seconds: [Double] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 1_728_000, 4_320_000, 8_640_000, 31_536_000, 315_360_000,
    3_153_600_000,
  ]

  private static func steps(from low: Double, to high: Double, _ unit: MetricUnit, count: Int) -> [Tick] {
    let least = (high - low) / Double(count)
    let step = unit == .duration ? seconds.first { $0 >= least } ?? least : roundStep(least)
    guard step > 0, step.isFinite, abs(low / step) < 1e12, abs(high / step) < 1e12 else { return [] }
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    guard last >= first, last - first <= 4 * count else { return [] }
    return (first...last).map { (Double($0) * step, label(Double($0) * step, unit, step: step)) }
  }

  private static func factors(from low: Double, to high: Double, _ unit: MetricUnit, count: Int) -> [Tick] {
    var found: [Double] = []
    if unit == .duration {
      found = [0.001, 0.01, 0.1, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800, 36_000, 86_400, 259_200, 864_000, 8_640_000]
        .filter { $0 >= low && $0 <= high }
    } else {
      var value = 1e-9
      while value <= high, value < 1e18 {
        found += [1, 2, 5].map { value * $0 }.filter { $0 >= low && $0 <= high }
        value *= 10
      }
    }
    let every = max(1, (found.count + count) / (count + 1))
    return found.enumerated().filter { $0.offset % every == 0 }.map { ($1, label($1, unit, step: $1)) }
  }

  /// The next of 1, 2 and 5 times a power of ten.
  private static func roundStep(_ least: Double) -> Double {
    guard least > 0, least.isFinite else { return 1 }
    var power = 1.0
    while power * 10 <= least { power *= 10 }
    while power > least { power /= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? power
  }

  /// - Parameter step: how far apart labels are, which says how fine they must be.
  private static func label(_ value: Double, _ unit: MetricUnit, step: Double) -> String {
    func text(_ value: Double) -> String {
      guard let billionths = Int64(exactly: (value * 1e9).rounded()) else { return "\(Int64(clamping: Int128(value.rounded())))" }
      return Figures.trimmed(billionths, per: 1_000_000_000, decimals: step >= 10 ? 1 : 6)
    }
    switch unit {
    case .duration:
      if step < 60, abs(value) >= 120 { return Figures.human(.seconds(Int64(value.rounded()))) }
      let (size, name) = [(86_400.0, "d"), (3600, "h"), (60, "min")].first { step >= $0.0 } ?? (1, "s")
      return "\(text(value / size)) \(name)"
    case .money: return (value < 0 ? "-$" : "$") + text(abs(value))
    case .share: return text(value * 100) + " %"
    case .count: return text(value)
    case .bytes:
      let (size, name) = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")].first { step >= $0.0 } ?? (1, "B")
      return "\(text(value / size)) \(name)"
    }
  }
}
