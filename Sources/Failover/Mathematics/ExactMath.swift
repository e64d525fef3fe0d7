/// Elementary functions that give the same bits on every platform.
///
/// A C library's `log` or `exp` may differ in its last bit from one platform to the next, and one bit is
/// enough to make two simulations part. Here everything is built from operations IEEE 754 rounds exactly:
/// `+`, `-`, `*`, `/`, square root and the reading of bit patterns. Two rules keep it so:
/// - no `addingProduct` (Swift never fuses a product and a sum by itself);
/// - constants that are not exact are written in hexadecimal: a decimal literal passes through 80 bits on
///   x86-64 and not on arm64, and being rounded twice can change its last bit.
///
/// It lives in the domain because a failure detector decides by a quantile; the simulator draws with it too.
package enum ExactMath {
  /// The natural logarithm, within 1 ulp: not a number below zero, -∞ at zero.
  ///
  /// With x = 2ᵏ·(1 + f), f between √½ - 1 and √2 - 1, and s = f / (2 + f), log(1 + f) = 2 artanh(s) =
  /// 2s + s·R, R = 2s²/3 + 2s⁴/5 + ...; since 2s = f - f²/2 + s·f²/2, it is summed as
  /// f - (f²/2 - s·(f²/2 + R)), whose first term carries no error (the arrangement of Sun's fdlibm; the
  /// coefficients are the plain Taylor ones). The terms left out are below 2⁻⁶⁰ of the result.
  package static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var bits = x.bitPattern
    var exponent: Int64 = 0
    if x < 0x1p-1022 {
      bits = (x * 0x1p54).bitPattern
      exponent = -54
    }
    let rootOfHalf: UInt64 = 0x3fe6_a09e_667f_3bcd
    let k = Int64(bitPattern: bits &- rootOfHalf) &>> 52
    exponent &+= k
    let f = Double(bitPattern: bits &- UInt64(bitPattern: k &<< 52)) - 1
    let s = f / (2 + f)
    let z = s * s
    var r = 0x1.8618618618618p-4  // 2/21
    r = r * z + 0x1.af286bca1af28p-4  // 2/19
    r = r * z + 0x1.e1e1e1e1e1e1ep-4  // 2/17
    r = r * z + 0x1.1111111111111p-3  // 2/15
    r = r * z + 0x1.3b13b13b13b14p-3  // 2/13
    r = r * z + 0x1.745d1745d1746p-3  // 2/11
    r = r * z + 0x1.c71c71c71c71cp-3  // 2/9
    r = r * z + 0x1.2492492492492p-2  // 2/7
    r = r * z + 0x1.999999999999ap-2  // 2/5
    r = r * z + 0x1.5555555555555p-1  // 2/3
    r = r * z
    let halfSquare = 0.5 * f * f
    let n = Double(exponent)
    return n * log2High - ((halfSquare - (s * (halfSquare + r) + n * log2Low)) - f)
  }

  /// e to the power of x, within 1 ulp: ∞ above 709.78, 0 below -745.13.
  ///
  /// With x = k·log 2 + r, |r| at most half of log 2: the Taylor series of exp(r) to r¹³, then 2ᵏ times it.
  package static func exp(_ x: Double) -> Double {
    guard x < 0x1.62e42fefa39fp9 else { return x.isNaN ? x : .infinity }  // log(2¹⁰²⁴)
    guard x > -0x1.74910d52d3053p9 else { return 0 }  // log(2⁻¹⁰⁷⁵)
    let k = Int64(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5))  // x / log 2, to nearest
    let n = Double(k)
    let high = x - n * log2High
    let low = n * log2Low
    let r = high - low
    let lost = (high - r) - low
    var p = 0x1.6124613a86d09p-33  // 1/13!
    p = p * r + 0x1.1eed8eff8d898p-29  // 1/12!
    p = p * r + 0x1.ae64567f544e4p-26  // 1/11!
    p = p * r + 0x1.27e4fb7789f5cp-22  // 1/10!
    p = p * r + 0x1.71de3a556c734p-19  // 1/9!
    p = p * r + 0x1.a01a01a01a01ap-16  // 1/8!
    p = p * r + 0x1.a01a01a01a01ap-13  // 1/7!
    p = p * r + 0x1.6c16c16c16c17p-10  // 1/6!
    p = p * r + 0x1.1111111111111p-7  // 1/5!
    p = p * r + 0x1.5555555555555p-5  // 1/4!
    p = p * r + 0x1.5555555555555p-3  // 1/3!
    p = p * r + 0.5
    return scale(1 + (r + (p * r * r + lost)), by: k)
  }

  /// x to the power of y for x of at least zero, by exp(y·log x); exactly x for y = 1, and 1 for y = 0 or
  /// x = 1.
  ///
  /// The relative error grows with the result's exponent: at most about (|y·log x| + 2)·2⁻⁵², so 3·10⁻¹⁵
  /// within a factor of 10⁵ of one. Not a number for x below zero.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 1 { return x }
    if y == 0 || x == 1 { return 1 }
    return exp(y * log(x))
  }

  /// `y`·2ᵏ for y between ½ and 2 and k between -1100 and 1024, rounded once.
  @inline(__always)
  private static func scale(_ y: Double, by k: Int64) -> Double {
    // The exact factor 2⁻⁶⁴ or 2 keeps the exponent field in range; only a subnormal result is rounded.
    if k < -1021 { return y * powerOfTwo(k + 64) * 0x1p-64 }
    if k > 1023 { return y * 2 * powerOfTwo(k - 1) }
    return y * powerOfTwo(k)
  }

  @inline(__always)
  private static func powerOfTwo(_ k: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: (k &+ 1023) &<< 52))
  }

  /// The natural logarithm of 2 in two parts: the first has 20 zero bits at its end, so that its product with
  /// any exponent is exact.
  private static var log2High: Double { 0x1.62e42fefp-1 }
  private static var log2Low: Double { 0x1.473de6af278edp-34 }

  /// c0 + c1·x + c2·x² + ..., from the highest power down.
  @inline(__always)
  static func polynomial(
    _ x: Double, _ c0: Double, _ c1: Double, _ c2: Double, _ c3: Double, _ c4: Double, _ c5: Double = 0,
    _ c6: Double = 0, _ c7: Double = 0, _ c8: Double = 0
  ) -> Double {
    var sum = c8
    sum = sum * x + c7
    sum = sum * x + c6
    sum = sum * x + c5
    sum = sum * x + c4
    sum = sum * x + c3
    sum = sum * x + c2
    sum = sum * x + c1
    return sum * x + c0
  }
}
