import Failover

/// What the machines of a run cost, each by the second from its creation to its end.
public struct Cost: Sendable, Hashable {
  public var gpu = Money.zero
  public var standby = Money.zero

  public var total: Money { gpu + standby }

  /// Reads the log. A GPU that was interrupted or given back is no longer charged; whatever is left is charged to `end`.
  ///
  /// A GPU is charged from the answer to its order on, although some providers begin when it runs: rather too much
  /// than too little.
  public init(of events: [Event], until end: Duration) {
    var open: [(id: InstanceID, since: Duration, price: HourlyPrice, isStandby: Bool)] = []
    func close(_ id: InstanceID, at time: Duration, _ cost: inout Cost) {
      guard let index = open.firstIndex(where: { $0.id == id }) else { return }
      let machine = open.remove(at: index)
      cost.charge(machine.price.cost(of: time - machine.since), isStandby: machine.isStandby)
    }
    for event in events {
      switch event.kind {
      case .primaryAdopted(let instance):
        open.append((instance.id, event.time, instance.price, false))
      case .standbyCreated(let instance, _):
        open.append((instance.id, event.time, instance.price, true))
      case .instanceCreated(let id, let offer): open.append((id, event.time, offer.price, false))
      case .interrupted(let id, _, _), .instanceDestroyed(let id): close(id, at: event.time, &self)
      default: break
      }
    }
    for machine in open {
      charge(machine.price.cost(of: end - machine.since), isStandby: machine.isStandby)
    }
  }

  private mutating func charge(_ amount: Money, isStandby: Bool) {
    if isStandby { standby += amount } else { gpu += amount }
  }
}
