/// How often a single health check says the wrong thing, each independently of the others.
public struct CheckNoise: Sendable, Hashable {
  /// The probability that a check of a healthy machine fails, from 0 to 1.
  public var falseFailure: Ratio
  /// The probability that a check of a dead machine passes, from 0 to 1.
  public var falsePass: Ratio

  public init(falseFailure: Ratio = .zero, falsePass: Ratio = .zero) {
    self.falseFailure = falseFailure
    self.falsePass = falsePass
  }

  public static let none = CheckNoise()
}
