import Failover

/// What an event means for the bill.
enum ChargeChange: Sendable, Hashable {
  case rented(InstanceID, MachineRole, HourlyPrice)
  /// Still ours, but off: the provider stopped it or we did.
  case stopped(InstanceID)
  case started(InstanceID)
  /// Taken away by the provider; a standby's disk stays.
  case lost(InstanceID)
  /// Given back, with its disk.
  case ended(InstanceID)
  case kept(CostItem, name: String, ByteCount)
  case discarded(CostItem, name: String)
  case downloaded(ByteCount)
  case sent(by: MachineRole, ByteCount)
}

extension EventKind {
  /// The table of the bill: what each kind of event starts, ends or moves. Everything else is free.
  ///
  /// Syncs of the routine are not here: they are counted rather than logged one by one, so `Charges` takes them from
  /// the counts.
  var chargeChanges: [ChargeChange] {
    switch self {
    case .primaryAdopted(let instance): [.rented(instance.id, .gpu, instance.price)]
    // From the answer to the order on, although some providers begin when it runs: rather too much than too little.
    case .instanceCreated(let id, let offer): [.rented(id, .gpu, offer.price)]
    case .standbyCreated(let instance, _): [.rented(instance.id, .standby, instance.price)]
    case .interrupted(let id, _, _): [.lost(id)]
    case .instanceDestroyed(let id): [.ended(id)]
    case .restoreCompleted(let report), .finalSyncCompleted(let report):
      [.sent(by: .standby, report.bytesSent)]
    default: []
    }
  }
}
