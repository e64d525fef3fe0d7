/// Hashing that gives the same value in every process, on every platform and in every release.
///
/// Swift's own `Hasher` is seeded anew in each process, so nothing that decides a random number may use it.
package enum StableHash {
  /// FNV-1a with 64 bits (G. Fowler, L. C. Noll, K.-P. Vo; draft-eastlake-fnv).
  package static func fnv1a64(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return hash
  }

  /// The finaliser of SplitMix64: a bijection in which each bit of the argument changes about half the bits
  /// of the result. FNV-1a needs it, for its last bytes hardly reach the high bits.
  ///
  /// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
  /// 2014, with the constants of S. Vigna's splitmix64.c (D. Stafford's "Mix13").
  package static func finalise(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z &>> 31)
  }

  /// The key of the stream `name` under `seed`: 64 well mixed bits.
  static func streamKey(seed: UInt64, name: String) -> UInt64 {
    // The seed takes one step of SplitMix64, whose increment is 2⁶⁴ over the golden ratio: without it the
    // seed 0 would stay 0. The outer finaliser keeps two streams' keys from differing by the same bits
    // under every seed.
    let mixedSeed = finalise(seed &+ 0x9e37_79b9_7f4a_7c15)
    return finalise(mixedSeed ^ finalise(fnv1a64(name.utf8)))
  }
}
