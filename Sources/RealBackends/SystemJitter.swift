import Failover

/// Jitter that differs from process to process, from the system's generator of random numbers.
public struct SystemJitter: JitterSource {
  private let seed: UInt64

  public init() { self.init(seed: .random(in: 0 ... .max)) }

  init(seed: UInt64) { self.seed = seed }

  /// The upper half of the `index`-th number of SplitMix64 (Steele, Lea and Flood 2014), whose numbers can be
  /// had in any order.
  public func fraction(_ index: UInt64) -> UInt32 {
    var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return UInt32((z ^ (z >> 31)) >> 32)
  }
}
