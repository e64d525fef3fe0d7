import Histogram

/// The values of a figure, in memory that does not grow with their number: counts of values that are equal to within a
/// part in a thousand, kept by HdrHistogram.
struct QuantileHistogram: Sendable {
  /// How values become whole numbers.
  struct Scale: Sendable, Hashable {
    /// Whole steps in one second, dollar, whole or thing.
    var steps: Double
    /// Keep 1 - v instead of v, so that 99.95 % and 99.96 % stay apart.
    var isMirrored = false
    /// Up to how many steps there is room from the beginning; more is made when a value needs it. Making room costs
    /// eight million instructions each time, so where there are many histograms few should have to. At least 2.
    var room: UInt64 = 2
  }

  let scale: Scale
  private var histogram: Histogram<UInt32>

  init(_ scale: Scale) {
    self.scale = scale
    histogram = Histogram(highestTrackableValue: scale.room, numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
  }

  var count: Int { Int(clamping: histogram.totalCount) }

  /// Negative values count as zero; what is above 2⁵³ steps as that.
  mutating func record(_ value: Double) {
    let steps = ((scale.isMirrored ? 1 - value : value) * scale.steps).rounded()
    histogram.record(steps > 0 ? UInt64(min(steps, 0x1p53)) : 0)
  }

  /// Adds what another of the same scale has seen.
  mutating func merge(_ other: QuantileHistogram) { histogram.add(other.histogram) }

  /// How many of what was recorded is at most `value`, or equal to it as far as this can tell; not for mirrored scales.
  func count(atMost value: Double) -> Int {
    guard histogram.totalCount > 0, value >= 0 else { return 0 }
    return Int(clamping: histogram.count(within: 0...UInt64(min((value * scale.steps).rounded(), 0x1p53))))
  }

  /// The values in ascending order, to be found by their rank.
  var ranked: RankedValues {
    let (smallest, largest) = (histogram.min, histogram.maxRecorded)
    var values: [(value: Double, count: Int)] = []
    for item in histogram.recordedValues() where item.count > 0 {
      let range = histogram.equivalentRangeForValue(item.value)
      let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
      let steps = Double(min(max(middle, smallest), largest)) / scale.steps
      values.append((scale.isMirrored ? 1 - steps : steps, Int(item.count)))
    }
    return RankedValues(scale.isMirrored ? values.reversed() : values)
  }
}

/// Sorted values, each with how often it occurs.
struct RankedValues: Sendable {
  private var values: [Double] = []
  /// How many values there are up to each of them.
  private var ranks: [Int] = []

  /// - Parameter values: in ascending order.
  init(_ values: [(value: Double, count: Int)]) {
    for item in values {
      self.values.append(item.value)
      ranks.append((ranks.last ?? 0) + item.count)
    }
  }

  var count: Int { ranks.last ?? 0 }

  /// The value of a rank from 1 on; ranks beyond either end count as the end. `nil` when there is none.
  func value(atRank rank: Int) -> Double? {
    guard !values.isEmpty else { return nil }
    var (low, high) = (0, ranks.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ranks[middle] >= rank { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }

  /// By the nearest-rank method; `nil` when there is no value.
  func quantile(_ p: Double) -> Double? {
    value(atRank: max(1, Int((p * Double(count) - 1e-9).rounded(.up))))
  }
}
