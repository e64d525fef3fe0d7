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

  /// Reads the log from the first opening of the endpoint to `end`.
  public init(of events: [Event], until end: Duration) {
    var current: WritableKeyPath<Availability, Duration>?
    var since = Duration.zero
    var primary: InstanceID?
    for event in events {
      let next: WritableKeyPath<Availability, Duration>?
      switch event.kind {
      case .primaryAdopted(let instance), .instanceRunning(let instance):
        primary = instance.id
        continue
      case .endpointSwitched(_, .gpu): next = \.full
      case .endpointSwitched(_, .standby): next = \.degraded
      case .endpointHeld: next = \.down
      case .interrupted(let id, _, _) where id == primary && current == \.full: next = \.down
      default: continue
      }
      if let current { self[keyPath: current] += event.time - since }
      current = next
      since = event.time
    }
    if let current { self[keyPath: current] += end - since }
  }
}
