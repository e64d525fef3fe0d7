/// The counter-based generator Philox4x32-10: a keyed bijection of a 128-bit counter, ten rounds of multiply
/// and exclusive-or. It has no state, so the n-th block costs the same whatever n is.
///
/// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC11 (2011), doi:10.1145/2063384.2063405. It passes all of TestU01's BigCrush. It is not a cipher: never
/// use it for secrets.
public enum Philox4x32 {
  /// The 128 pseudo-random bits that belong to one counter under one key.
  ///
  /// The paper's 32-bit words are packed two by two, the first in the low half: `low` holds words 0 and 1,
  /// `high` holds words 2 and 3, for the counter and for the result alike; the key holds its two words so.
  @inlinable
  public static func block(
    counterLow: UInt64, counterHigh: UInt64, key: UInt64
  ) -> (low: UInt64, high: UInt64) {
    // 32-bit words are kept in 64-bit variables: a full product is then one plain multiplication, and a debug
    // build makes no call for a conversion.
    let mask: UInt64 = 0xffff_ffff
    var word0 = counterLow & mask
    var word1 = counterLow &>> 32
    var word2 = counterHigh & mask
    var word3 = counterHigh &>> 32
    var key0 = key & mask
    var key1 = key &>> 32
    var round = 0
    while round < 10 {
      let product0 = word0 &* 0xd251_1f53
      let product1 = word2 &* 0xcd9e_8d57
      word0 = (product1 &>> 32) ^ word1 ^ key0
      word1 = product1 & mask
      word2 = (product0 &>> 32) ^ word3 ^ key1
      word3 = product0 & mask
      // The Weyl sequence of the key: the golden ratio and the square root of three less one, times 2³².
      key0 = (key0 &+ 0x9e37_79b9) & mask
      key1 = (key1 &+ 0xbb67_ae85) & mask
      round &+= 1
    }
    return (word0 | word1 &<< 32, word2 | word3 &<< 32)
  }
}
