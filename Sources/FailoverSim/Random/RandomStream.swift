/// An endless sequence of draws that belongs to one seed and one name.
///
/// Each component of a simulation owns the stream of its name. The numbers of a stream depend on the seed and
/// the name alone, so adding a component, or drawing more often from one, never shifts another's. That lets
/// two strategies or two parameter values be compared on the same luck (common random numbers).
///
/// Any draw can be had directly by its number, without those before it:
/// ```swift
/// let boots = RandomStream(seed: 7, name: "standby/boot")
/// var draw = boots.draw(41)     // the 42nd, whatever was drawn before
/// let unit = draw.nextUnit()
/// ```
/// Names count by their UTF-8 bytes: `"é"` composed and decomposed are two streams.
public struct RandomStream: Sendable, Hashable {
  @usableFromInline let key: UInt64
  /// All ones in an antithetic stream, else zero: exclusive-or with it mirrors every word.
  @usableFromInline let mirror: UInt64

  /// The number of the draw `next()` gives; set it to skip or to repeat draws.
  public var position: UInt64 = 0

  /// - Parameters:
  ///   - seed: the seed of the whole simulation; every value is as good as any other.
  ///   - name: the component's name, unique within the simulation.
  ///   - antithetic: whether to mirror every number: where the plain stream of that seed and name has the
  ///     unit u, this one has exactly 1 - u. The average over such a pair of replications varies less than
  ///     that over two independent ones.
  public init(seed: UInt64, name: String, antithetic: Bool = false) {
    self.key = StableHash.streamKey(seed: seed, name: name)
    self.mirror = antithetic ? .max : 0
  }

  /// The draw with a given number, counted from zero; it neither uses nor moves `position`.
  @inlinable
  public func draw(_ index: UInt64) -> Draw {
    Draw(key: key, mirror: mirror, index: index)
  }

  /// The draw at `position`, which moves on by one.
  @inlinable
  public mutating func next() -> Draw {
    defer { position &+= 1 }
    return draw(position)
  }
}

/// One draw of a stream: as many random words as its user needs, without touching the draws beside it.
///
/// It offers its own integers and chances and is not a `RandomNumberGenerator` on purpose: how the standard
/// library turns words into a range or a shuffle may change between releases of Swift, and then so would
/// every result.
public struct Draw: Sendable {
  /// The number of this draw in its stream, counted from zero.
  public let index: UInt64
  @usableFromInline let key: UInt64
  @usableFromInline let mirror: UInt64
  @usableFromInline var block: UInt64 = 0
  /// The second word of the block last made; it waits there when `hasSpare` is true.
  @usableFromInline var spare: UInt64 = 0
  @usableFromInline var hasSpare = false

  @inlinable
  init(key: UInt64, mirror: UInt64, index: UInt64) {
    self.key = key
    self.mirror = mirror
    self.index = index
  }

  /// The next 64 random bits.
  @inlinable
  public mutating func nextWord() -> UInt64 {
    if hasSpare {
      hasSpare = false
      return spare
    }
    let (low, high) = Philox4x32.block(counterLow: index, counterHigh: block, key: key)
    block &+= 1
    spare = high ^ mirror
    hasSpare = true
    return low ^ mirror
  }

  /// A number strictly between 0 and 1: one of the 2⁵² odd multiples of 2⁻⁵³, all equally likely.
  ///
  /// Odd multiples are symmetric about one half and leave out both ends, so that 1 - u is exact and a unit
  /// too, and no logarithm or quantile ever meets 0 or 1.
  @inlinable
  public mutating func nextUnit() -> Double {
    Draw.unit(nextWord())
  }

  @inlinable
  static func unit(_ word: UInt64) -> Double {
    // The upper 52 bits k as the fraction of a number in 1..<2, less 1 and plus half a step: (2k + 1) / 2⁵³.
    // Both sums are exact.
    Double(bitPattern: 0x3ff0_0000_0000_0000 | (word &>> 12)) - 1 + 0x1p-53
  }

  /// A whole number from 0 up to, not including, `bound`, all equally likely.
  ///
  /// - Parameter bound: how many numbers there are to choose from; 0 counts as 1, so the result is then 0.
  ///
  /// Source: D. Lemire, "Fast Random Integer Generation in an Interval", ACM Transactions on Modeling and
  /// Computer Simulation 29 (2019). It throws a word away with a probability of less than `bound` / 2⁶⁴.
  @inlinable
  public mutating func nextInteger(below bound: UInt64) -> UInt64 {
    if bound <= 1 { return 0 }
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = nextWord().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }

  /// True with a probability of exactly `numerator` / `denominator`.
  ///
  /// - Parameters:
  ///   - numerator: the favourable cases; 0 is never, `denominator` or more is always.
  ///   - denominator: all cases; 0 counts as 1.
  @inlinable
  public mutating func nextChance(numerator: UInt64, over denominator: UInt64) -> Bool {
    nextInteger(below: denominator) < numerator
  }
}
