/// 1 + q + q² + ... over so many terms, with what is needed beside it, by doubling: exact to rounding for every ratio
/// from 0 to 1, where (1 - qⁿ) / (1 - q) loses its digits near 1, and quick for any number of terms.
struct GeometricSum {
  /// qⁿ.
  private(set) var power = 1.0
  /// The sum of qⁱ for i from 0 to n - 1.
  private(set) var sum = 0.0
  /// The sum of i qⁱ for i from 0 to n - 1.
  private(set) var weightedSum = 0.0

  /// - Parameters:
  ///   - ratio: q, from 0 to 1.
  ///   - terms: n; less than zero counts as zero.
  init(ratio: Double, terms: Int64) {
    guard terms > 0 else { return }
    var count = 0.0
    for bit in stride(from: 63 - terms.leadingZeroBitCount, through: 0, by: -1) {
      // From n to 2n terms: the second half is the first times qⁿ, its indices n higher.
      weightedSum += power * (weightedSum + count * sum)
      sum += power * sum
      power *= power
      count *= 2
      if terms >> Int64(bit) & 1 == 1 {
        weightedSum += count * power
        sum += power
        power *= ratio
        count += 1
      }
    }
  }
}
