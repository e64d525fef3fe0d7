/// What a thing has cost: a sum that grows at a rate, which may change.
struct Meter: Sendable {
  /// Dollars an hour.
  private(set) var rate: Double
  private var sum = 0.0
  private var since: ContinuousClock.Instant

  init(rate: Double, at now: ContinuousClock.Instant = .now) {
    self.rate = rate
    since = now
  }

  /// Dollars until `now`.
  func total(at now: ContinuousClock.Instant = .now) -> Double {
    sum + rate * ((now - since) / .seconds(3600))
  }

  mutating func setRate(_ new: Double, at now: ContinuousClock.Instant = .now) {
    sum = total(at: now)
    since = now
    rate = new
  }
}
