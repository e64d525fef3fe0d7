import Failover

/// What an event means for the bill.
enum ChargeChange: Sendable, Hashable {
  case rented(InstanceID, MachineRole, HourlyPrice)
  /// Still ours, but off: the provider stopped it or we did.
  case stopped(InstanceID)
  case started(InstanceID)
  /// Taken away by the provider.
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
  /// the counts. It does the same with snapshots where there are counts of them.
  var chargeChanges: [ChargeChange] {
    switch self {
    // Machines. A GPU is charged from the answer to its order on, although some providers begin when it runs: rather
    // too much than too little.
    case .primaryAdopted(let instance): [.rented(instance.id, .gpu, instance.price)]
    case .instanceCreated(let id, let offer): [.rented(id, .gpu, offer.price)]
    case .standbyCreated(let instance, _), .standbyActivated(let instance):
      [.rented(instance.id, .standby, instance.price)]
    case .instanceStarted(let id): [.started(id)]
    case .instanceStopped(let id), .hibernated(let id): [.stopped(id)]
    case .warmStandbyReady(let instance): [.stopped(instance.id)]
    case .interrupted(let id, _, _): [.lost(id)]
    case .instanceDestroyed(let id), .standbyDeactivated(let id), .standbyLost(let id, _, _): [.ended(id)]
    case .standbyMissing(let id, let error) where error.reason == .notFound: [.ended(id)]

    // Data.
    case .volumeCreated(let volume): [.kept(.volume, name: volume.id.rawValue, volume.size)]
    case .volumeDeleted(let id), .volumeLost(let id): [.discarded(.volume, name: id.rawValue)]
    case .snapshotSaved(let report):
      [.kept(.objectStorage, name: report.id.rawValue, report.stored), .sent(by: .gpu, report.stored)]
    case .snapshotDeleted(let id): [.discarded(.objectStorage, name: id.rawValue)]
    case .snapshotRestored(let report): [.downloaded(report.downloaded)]
    case .restoreCompleted(let report), .finalSyncCompleted(let report):
      [.sent(by: .standby, report.bytesSent)]
    default: []
    }
  }

  /// Whether it is in the counts of snapshots, too.
  var isSnapshotRoutine: Bool {
    switch self {
    case .snapshotSaved, .snapshotDeleted: true
    default: false
    }
  }
}
