/// The least time between two calls of an endpoint.
struct RateLimiter: Sendable {
  /// By the endpoint's name.
  var spacing: [String: Duration]
  private var last: [String: ContinuousClock.Instant] = [:]

  init(spacing: [String: Duration]) { self.spacing = spacing }

  /// Whether a call is let through now. A refused call does not put off the next.
  mutating func admits(_ endpoint: String, at now: ContinuousClock.Instant = .now) -> Bool {
    guard let spacing = spacing[endpoint] else { return true }
    if let last = last[endpoint], now - last < spacing { return false }
    last[endpoint] = now
    return true
  }
}
