import Failover

/// How probable it is that an instance lives longer than a given time, estimated from lifetimes of which
/// some were cut short by their owner (right-censored): the product-limit estimate of Kaplan and Meier (J.
/// Amer. Statist. Assoc. 53, 1958, 457-481).
///
/// Computed from whole nanoseconds and with multiplication and division only, so that every machine gets
/// the same numbers.
public struct SurvivalCurve: Sendable, Hashable {
  /// How long one instance was seen alive.
  public struct Lifetime: Sendable, Hashable {
    public var duration: Duration
    /// Whether the market took the instance at that age; otherwise its owner stopped it or the watching
    /// ended, and it would have lived on.
    public var wasInterrupted: Bool

    public init(_ duration: Duration, wasInterrupted: Bool) {
      self.duration = duration
      self.wasInterrupted = wasInterrupted
    }
  }

  /// An age at which at least one instance was interrupted.
  public struct Step: Sendable, Hashable {
    public let age: Duration
    /// How many instances were interrupted at that age.
    public let interruptions: Int
    /// How many had been seen alive up to that age, those interrupted or stopped at it included.
    public let atRisk: Int
    /// The probability to live longer than `age`.
    public let survival: Double
  }

  /// The steps by which survival falls from 1, by rising age.
  public let steps: [Step]
  /// The number of lifetimes the curve was made from.
  public let count: Int
  /// The longest age seen, interrupted or not: nothing is known beyond it.
  public let longest: Duration
  /// Where the lifetimes come from, for reports.
  public let source: String

  /// - Parameter lifetimes: in any order. An instance stopped at the very age at which another was
  ///   interrupted counts as having been at risk there, as is usual.
  /// - Throws: `TraceValueError` when there are none, or one is negative or longer than 292 years.
  public init(_ lifetimes: [Lifetime], source: String) throws(TraceValueError) {
    guard !lifetimes.isEmpty else { throw TraceValueError("a survival curve needs at least one lifetime") }
    for lifetime in lifetimes where lifetime.duration < .zero || lifetime.duration > .nanoseconds(Int64.max) {
      throw TraceValueError("a lifetime must be from 0 to 2^63 ns (292 years), not \(lifetime.duration)")
    }
    let sorted = lifetimes.sorted { $0.duration < $1.duration }
    var steps: [Step] = []
    var survival = 1.0
    var first = 0
    while first < sorted.count {
      let age = sorted[first].duration
      let same = sorted[first...].prefix { $0.duration == age }
      let interruptions = same.count { $0.wasInterrupted }
      if interruptions > 0 {
        let atRisk = sorted.count - first
        survival = survival * Double(atRisk - interruptions) / Double(atRisk)
        steps.append(Step(age: age, interruptions: interruptions, atRisk: atRisk, survival: survival))
      }
      first += same.count
    }
    self.steps = steps
    self.count = sorted.count
    self.longest = sorted[sorted.count - 1].duration
    self.source = source
  }

  /// The probability to live longer than `age`, from 0 to 1. Beyond the longest age seen it stays where it
  /// was, which is an upper bound and not an estimate.
  public func survival(at age: Duration) -> Double {
    let below = steps.partitionIndex { $0.age > age }
    return below == 0 ? 1 : steps[below - 1].survival
  }

  /// The lifetime that the given share of instances does not exceed.
  ///
  /// With a uniformly random probability this draws a lifetime. `nil` when the share is more than was seen
  /// interrupted: no interruption up to `longest`, and nothing known after it.
  ///
  /// - Parameter probability: from 0 (included) to 1 (excluded).
  public func lifetime(atProbability probability: Double) -> Duration? {
    let index = steps.partitionIndex { 1 - $0.survival > probability }
    return index < steps.count ? steps[index].age : nil
  }

  /// The curve as a table for an empirical distribution.
  public var quantiles: QuantileTable {
    let remaining = steps.last?.survival ?? 1
    return QuantileTable(
      points: steps.map { .init(probability: 1 - $0.survival, seconds: $0.age.inSeconds) },
      tail: remaining > 0 ? .init(probability: remaining, seconds: longest.inSeconds) : nil)
  }
}

/// Lifetimes by the share of instances that do not exceed them.
public struct QuantileTable: Sendable, Hashable {
  /// A step of the distribution: `probability` is the share of instances that live at most `seconds`.
  public struct Point: Sendable, Hashable {
    public var probability: Double
    public var seconds: Double

    public init(probability: Double, seconds: Double) {
      self.probability = probability
      self.seconds = seconds
    }
  }

  /// What no interruption was seen for: the share `probability` of the instances lives longer than
  /// `seconds`, and how much longer is unknown. A sampler that draws from this share has drawn "no
  /// interruption before `seconds`", not a lifetime.
  public struct Tail: Sendable, Hashable {
    public var probability: Double
    public var seconds: Double

    public init(probability: Double, seconds: Double) {
      self.probability = probability
      self.seconds = seconds
    }
  }

  /// By rising probability and rising lifetime; the last probability and the tail's add up to 1.
  public var points: [Point]
  /// `nil` when the longest lifetime seen ended in an interruption.
  public var tail: Tail?

  public init(points: [Point], tail: Tail?) {
    self.points = points
    self.tail = tail
  }
}

extension Array {
  /// The first index whose element satisfies `isAfter`, in an array where all that satisfy it come last.
  fileprivate func partitionIndex(where isAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
