import FailoverSim

/// What a sample says about the distribution it came from.
struct SampleStatistics {
  let count: Double
  let mean: Double
  let variance: Double

  init(_ sample: [Double]) {
    var sum = 0.0
    for value in sample { sum += value }
    count = Double(sample.count)
    mean = sum / count
    var squares = 0.0
    for value in sample { squares += (value - mean) * (value - mean) }
    variance = squares / (count - 1)
  }
}

/// The largest distance between a sample's step function and a cumulative distribution function.
func kolmogorovSmirnov(_ sample: [Double], _ cumulative: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let count = Double(sorted.count)
  var largest = 0.0
  for (index, value) in sorted.enumerated() {
    let expected = cumulative(value)
    largest = max(largest, Double(index + 1) / count - expected, expected - Double(index) / count)
  }
  return largest
}

/// The distance that a sample of a continuous distribution exceeds once in 1000: √(-ln(0.001 / 2) / 2) / √n
/// (N. Smirnov's limit; it is on the safe side for a finite n).
func kolmogorovSmirnovLimit(_ count: Int) -> Double {
  1.949474 / Double(count).squareRoot()
}

/// Pearson's correlation coefficient.
func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let (first, second) = (SampleStatistics(a), SampleStatistics(b))
  var product = 0.0
  for (x, y) in zip(a, b) { product += (x - first.mean) * (y - second.mean) }
  return product / (first.count - 1) / (first.variance * second.variance).squareRoot()
}

extension RandomStream {
  /// The first units of the first draws.
  func units(_ count: Int) -> [Double] {
    var units: [Double] = []
    for index in 0..<UInt64(count) {
      var draw = draw(index)
      units.append(draw.nextUnit())
    }
    return units
  }
}

extension Distribution {
  /// The values of the first draws of a stream.
  func sample(_ stream: RandomStream, count: Int) -> [Double] {
    (0..<UInt64(count)).map { sample(stream, at: $0) }
  }
}
