import Failover

/// How long users had which service, from the moment protection began.
public struct Availability: Sendable, Hashable {
  public var full = Duration.zero
  public var degraded = Duration.zero
  public var down = Duration.zero

  public var total: Duration { full + degraded + down }

  /// Shares between 0 and 1; all zero when nothing was observed.
  public func share(_ part: KeyPath<Availability, Duration>) -> Double {
    total == .zero ? 0 : self[keyPath: part].inSeconds / total.inSeconds
  }

  public init() {}

  public static func + (a: Availability, b: Availability) -> Availability {
    var sum = a
    sum.full += b.full
    sum.degraded += b.degraded
    sum.down += b.down
    return sum
  }

  /// Reads the log from the first opening of the endpoint to `end`.
  public init(of events: [Event], until end: Duration) {
    self.init(of: ServiceSpan.all(in: events, until: end))
  }

  init(of spans: [ServiceSpan]) {
    for span in spans {
      switch span.level {
      case .full: full += span.duration
      case .degraded: degraded += span.duration
      case .down: down += span.duration
      case .asleep: break
      }
    }
  }
}
