import Failover
import Foundation
import Testing

@testable import FailoverSim

/// How many doubles lie between two of the same sign.
private func ulps(_ a: Double, _ b: Double) -> UInt64 {
  let (x, y) = (a.bitPattern, b.bitPattern)
  return x > y ? x - y : y - x
}

private func relative(_ value: Double, _ expected: Double) -> Double {
  abs(value - expected) / abs(expected)
}

/// Fixed test points: uniform in a range.
private func points(_ range: ClosedRange<Double>, _ count: Int = 4000) -> [Double] {
  RandomStream(seed: 2011, name: "points").units(count).map {
    range.lowerBound + (range.upperBound - range.lowerBound) * $0
  }
}

@Suite struct ExactMathTests {
  @Test func `log is within 2 ulp of the C library's over all positive numbers`() {
    let stream = RandomStream(seed: 2011, name: "bits")
    for index in 0..<4000 as Range<UInt64> {
      var draw = stream.draw(index)
      let x = Double(bitPattern: draw.nextInteger(below: 0x7ff0_0000_0000_0000))
      #expect(ulps(ExactMath.log(x), Foundation.log(x)) <= 2, "log(\(x))")
    }
    for x in points(0.5...2) + points(0.999...1.001) + points(0...100) {
      #expect(ulps(ExactMath.log(x), Foundation.log(x)) <= 2, "log(\(x))")
    }
  }

  @Test func `exp is within 2 ulp of the C library's`() {
    for x in points(-1...1) + points(-700...709.7) + points(-745...(-700)) + points(-1e-5...1e-5) {
      #expect(ulps(ExactMath.exp(x), Foundation.exp(x)) <= 2, "exp(\(x))")
    }
  }

  @Test func `pow is as near to the C library's as its comment says`() {
    for (x, y) in zip(points(0.01...1000), points(-20...20).reversed()) {
      let bound = (abs(y * Foundation.log(x)) + 2) * 0x1p-52
      #expect(relative(ExactMath.pow(x, y), Foundation.pow(x, y)) < bound, "pow(\(x), \(y))")
    }
    #expect(ExactMath.pow(0.3, 1) == 0.3)
    #expect(ExactMath.pow(0.3, 0) == 1)
    #expect(ExactMath.pow(1, .infinity) == 1)
    #expect(ExactMath.pow(0, 0.5) == 0)
    #expect(ExactMath.pow(0, -0.5) == .infinity)
    #expect(ExactMath.pow(.infinity, 2) == .infinity)
    #expect(ExactMath.pow(-1, 0.5).isNaN)
  }

  @Test func `special values of log and exp follow the C library's`() {
    #expect(ExactMath.log(0) == -.infinity)
    #expect(ExactMath.log(-1).isNaN)
    #expect(ExactMath.log(.nan).isNaN)
    #expect(ExactMath.log(.infinity) == .infinity)
    #expect(ExactMath.log(1).bitPattern == 0)
    #expect(ulps(ExactMath.log(.leastNonzeroMagnitude), Foundation.log(.leastNonzeroMagnitude)) <= 1)
    #expect(ExactMath.exp(0) == 1)
    #expect(ExactMath.exp(-.infinity) == 0)
    #expect(ExactMath.exp(.infinity) == .infinity)
    #expect(ExactMath.exp(.nan).isNaN)
    let edges = [
      709.782712893384, 709.7827128933841, 709.783, 1e300, -744.44, -745.1332191019411,
      -745.1332191019412, -745.2, -1e300, -708.3964185322641, 1e-300, -1e-300,
    ]
    for x in edges { #expect(ulps(ExactMath.exp(x), Foundation.exp(x)) <= 1, "exp(\(x))") }
  }

  /// The quantile inverts the C library's error function; a relative error e of z is one of about e·z² of the
  /// tail probability.
  @Test func `the normal quantile inverts the complementary error function`() {
    let tails = points(0...1).map { Foundation.exp(-36.7 * $0) }
    for p in points(0...1) + tails {
      let z = ExactMath.normalQuantile(p)
      let recovered = 0.5 * Foundation.erfc(-z / 2.0.squareRoot())
      #expect(relative(recovered, p) < 1e-15 * (2 + z * z), "p = \(p)")
    }
  }

  /// Computed with mpmath 1.3.0 in 40 digits as √2·erfinv(2p - 1) for the double nearest to p.
  @Test(arguments: [
    (0.001, -3.0902323061678136), (0.025, -1.9599639845400543), (0.25, -0.6744897501960817),
    (0.4, -0.2533471031357997), (0.6, 0.2533471031357997), (0.975, 1.9599639845400538),
    (0.999999, 4.753424308817087), (1e-10, -6.361340902404057), (0x1p-53, -8.209536151601387),
  ])
  func `the normal quantile has 15 digits`(p: Double, z: Double) {
    #expect(relative(ExactMath.normalQuantile(p), z) < 1e-15)
  }

  @Test func `the normal quantile is odd about one half, and infinite at the ends`() {
    for unit in RandomStream(seed: 2011, name: "points").units(4000) {
      #expect(ExactMath.normalQuantile(unit) == -ExactMath.normalQuantile(1 - unit))
    }
    #expect(ExactMath.normalQuantile(0.5) == 0)
    #expect(ExactMath.normalQuantile(0) == -.infinity)
    #expect(ExactMath.normalQuantile(1) == .infinity)
    for p in [-0.1, 1.1, .nan] { #expect(ExactMath.normalQuantile(p).isNaN) }
  }

  /// Computed with mpmath 1.3.0 in 40 digits.
  @Test(arguments: [
    (-37, 5.725571222524577e-300), (-20, 2.7536241186062337e-89), (-8, 6.220960574271784e-16),
    (-5.5, 1.8989562465887718e-08), (-3, 0.0013498980316300946), (-1, 0.15865525393145705),
    (-0.5, 0.3085375387259869), (0, 0.5), (0.3, 0.6179114221889527), (0.7, 0.758036347776927),
    (2, 0.9772498680518208), (6, 0.9999999990134123),
  ])
  func `the normal distribution function has 15 digits`(z: Double, p: Double) {
    #expect(relative(ExactMath.normalCumulative(z), p) < 1e-15)
  }

  @Test func `the normal distribution function agrees with the complementary error function`() {
    for z in points(-37...8) + points(-1...1) {
      let expected = 0.5 * Foundation.erfc(-z / 2.0.squareRoot())
      #expect(relative(ExactMath.normalCumulative(z), expected) < 1e-15 * (1 + z * z), "z = \(z)")
    }
    #expect(ExactMath.normalCumulative(-.infinity) == 0)
    #expect(ExactMath.normalCumulative(.infinity) == 1)
    #expect(ExactMath.normalCumulative(.nan).isNaN)
  }

  @Test func `the gamma function's logarithm agrees with the C library's`() {
    for x in points(0...20) + points(0...1e6) {
      let expected: Double = Foundation.lgamma(x)
      #expect(abs(ExactMath.logGamma(x) - expected) < 2e-15 * max(10, abs(expected)), "x = \(x)")
    }
    #expect(ExactMath.logGamma(0).isNaN)
    #expect(ExactMath.logGamma(.infinity) == .infinity)
  }

  /// Computed with mpmath 1.3.0 in 40 digits.
  @Test(arguments: [
    (0.01, 0.001, 0.938570652526129), (0.5, 0.1, 0.345279153981423),
    (0.5, 3, 0.9856941215645704), (1, 2, 0.8646647167633873), (2.5, 2.5, 0.5841198130044921),
    (2.5, 12, 0.9997828870565473), (30, 25, 0.18210391597745512), (30, 45, 0.9926628007022035),
    (100, 100, 0.5132987982791487), (1000, 950, 0.05505468623073803),
    (1e6, 1e6, 0.5001329807608725), (1e6, 1_001_000, 0.8413447863683403),
    (1e6, 998_000, 0.022696114006736802),
  ])
  func `the incomplete gamma function has 13 digits, or 9 for a huge shape`(
    shape: Double, x: Double, p: Double
  ) {
    #expect(relative(ExactMath.incompleteGamma(shape, x), p) < (shape <= 100 ? 1e-13 : 1e-9))
  }

  @Test func `the incomplete gamma function is total`() {
    #expect(ExactMath.incompleteGamma(2, -1) == 0)
    #expect(ExactMath.incompleteGamma(2, 0) == 0)
    #expect(ExactMath.incompleteGamma(2, .infinity) == 1)
    for (shape, x) in [(0.0, 1.0), (-1, 1), (.nan, 1), (2, .nan), (.infinity, 1)] {
      #expect(ExactMath.incompleteGamma(shape, x).isNaN)
    }
    // Beyond its domain the work is bounded and the result only rough.
    #expect((0...1).contains(ExactMath.incompleteGamma(1e12, 1e12)))
  }
}
