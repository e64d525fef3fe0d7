import Failover
import FailoverSim

/// One failover from the fault to the moment when everything is as before, read off the log.
public struct Incident: Sendable, Hashable {
  /// When the GPU was lost; `nil` for a false failover, which had no fault.
  public var fault: Duration?
  public var instance: InstanceID
  public var cause: String?
  /// What had been written to the lost GPU and not been copied.
  public var unsynced: ByteCount?
  public var detected: Duration?
  /// The copy that was used, or is about to be: the standby's or a snapshot; `nil` when there was none.
  public var lastSync: SyncPoint?
  public var failoverStarted: Duration?
  /// When users reached the standby.
  public var degradedService: Duration?
  public var failoverCompleted: Duration?
  /// When a person was asked whether a GPU is to be fetched, and when the person agreed.
  public var approvalRequested: Duration?
  public var approvalGiven: Duration?
  /// The starts of all attempts to get a new GPU.
  public var attempts: [Duration] = []
  public var offerFound: Duration?
  public var instanceRunning: Duration?
  public var sshReady: Duration?
  public var restoreCompleted: Duration?
  /// The snapshot that the GPU, or a standby in its place, was filled from last, if one was.
  public var snapshot: SnapshotRestoreReport?
  /// When the model had answered.
  public var inferenceCompleted: Duration?
  public var inference: InferenceReport?
  /// Whether a model has failed to answer and none has answered since.
  public var inferenceFailed = false
  public var failbackStarted: Duration?
  /// When users reached a GPU again.
  public var fullService: Duration?

  /// Fault to detection.
  public var timeToDetect: Duration? { Self.span(fault, detected) }
  /// Fault to service by the standby.
  public var timeToDegradedService: Duration? { Self.span(fault, degradedService) }
  /// Fault to service by a GPU.
  public var timeToFullService: Duration? { Self.span(fault, fullService) }
  /// How old the data was at the fault with which users went on; `nil` without a fault, or when all was lost.
  public var recoveryPoint: Duration? { Self.span(lastSync?.started, fault) }
  public var isFalse: Bool { fault == nil }

  /// The parts of the time to full service, in order and without gaps; only those that are over.
  public var phases: [Phase] {
    let failoverEnd = failoverCompleted ?? approvalRequested ?? attempts.first
    let ready = approvalGiven ?? failoverEnd
    let hasPause = ready != attempts.first
    let bounds: [(start: Duration?, end: Duration?)] = [
      (fault, detected),
      (detected, failoverEnd),
      (approvalRequested, approvalGiven),
      (hasPause ? ready : nil, attempts.first),
      (attempts.first, attempts.last),
      (attempts.last, offerFound),
      (offerFound, instanceRunning),
      (instanceRunning, sshReady),
      (sshReady, restoreCompleted),
      (inferenceCompleted == nil ? nil : restoreCompleted, inferenceCompleted),
      (inferenceCompleted ?? restoreCompleted, fullService),
    ]
    return zip(Self.phaseNames, bounds).compactMap { name, bounds in
      guard let start = bounds.start, let end = bounds.end else { return nil }
      return Phase(name: name, start: start, end: end)
    }
  }

  /// The names of all phases there can be, in order.
  ///
  /// "pause" is the time a script lets pass before it begins the recovery; the orchestrator on its own never
  /// waits.
  public static let phaseNames = [
    "detection", "failover", "approval", "pause", "failed attempts", "search", "provision", "ssh wait", "restore",
    "inference", "failback",
  ]

  private static func span(_ start: Duration?, _ end: Duration?) -> Duration? {
    guard let start, let end else { return nil }
    return end - start
  }

  /// The incidents of a log, in order.
  public static func all(in events: [Event]) -> [Incident] {
    var reader = IncidentReader()
    for event in events { reader.read(event) }
    return reader.finish()
  }
}

/// Follows a log event by event and keeps the incident that is open.
private struct IncidentReader {
  private var closed: [Incident] = []
  private var open: Incident?
  private var primary: InstanceID?
  /// When a standby was last lost: nothing that was copied before is left of it.
  private var standbyLost: Duration?
  /// GPUs that were lost before they had become the primary: should one become it all the same, its incident
  /// began then.
  private var lostEarly: [InstanceID: Incident] = [:]
  /// The fault because of which users get nothing from the primary, though it is not lost.
  private var hanging: Incident?

  mutating func read(_ event: Event) {
    let time = event.time
    switch event.kind {
    case .primaryAdopted(let instance): primary = instance.id
    case .interrupted(let id, let cause, let unsynced):
      let incident = Incident(fault: time, instance: id, cause: cause, unsynced: unsynced)
      if id != primary { lostEarly[id] = incident } else if open == nil { open = incident }
    case .faultBegan(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      guard let id = event.lane.machine, id == primary, hanging == nil else { return }
      hanging = Incident(fault: time, instance: id, cause: name)
    case .faultEnded(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      if hanging?.cause == name { hanging = nil }
    case .faultDetected(let id, _, let lastSync):
      var incident = open ?? hanging ?? Incident(instance: id)
      hanging = nil
      incident.detected = time
      incident.lastSync = stillThere(lastSync)
      open = incident
    case .standbyLost(_, _, let unsynced):
      standbyLost = time
      // What users wrote to it after the fault is lost as well.
      if let before = open?.unsynced { open?.unsynced = before + unsynced }
    case .failoverStarted: open?.failoverStarted = time
    case .endpointSwitched(_, .standby):
      if open?.degradedService == nil { open?.degradedService = time }
    case .failoverCompleted: open?.failoverCompleted = time
    case .approvalRequested: open?.approvalRequested = time
    case .approvalGiven: open?.approvalGiven = time
    case .recoveryStarted: open?.begin(attemptAt: time)
    case .offersFound: open?.offerFound = time
    case .instanceRunning: open?.instanceRunning = time
    case .sshReady: open?.sshReady = time
    case .restoreCompleted: open?.restoreCompleted = time
    case .snapshotRestored(let report): restored(from: report, to: event.lane, at: time)
    case .restoreSkipped:
      open?.restoreCompleted = time
      open?.lastSync = nil
    case .inferencePassed(let report):
      open?.inferenceCompleted = time
      open?.inference = report
      open?.inferenceFailed = false
    case .inferenceFailed: open?.inferenceFailed = true
    case .failbackStarted: open?.failbackStarted = time
    case .endpointSwitched(_, .gpu): open?.fullService = time
    case .failbackCompleted(let id):
      primary = id
      if let open { closed.append(open) }
      open = lostEarly.removeValue(forKey: id)
    default: break
    }
  }

  /// A copy, unless it went with a standby before the orchestrator knew.
  private func stillThere(_ point: SyncPoint?) -> SyncPoint? {
    guard let point, let standbyLost, point.completed <= standbyLost else { return point }
    return nil
  }

  /// A GPU has been filled from a snapshot, or a standby has, with which users go on meanwhile.
  private mutating func restored(from report: SnapshotRestoreReport, to lane: Lane, at time: Duration) {
    open?.snapshot = report
    open?.lastSync = report.record?.point
    if case .gpu = lane { open?.restoreCompleted = time }
  }

  func finish() -> [Incident] { open.map { closed + [$0] } ?? closed }
}

extension Incident {
  /// A new attempt: what an earlier one had reached does not count.
  fileprivate mutating func begin(attemptAt time: Duration) {
    attempts.append(time)
    offerFound = nil
    instanceRunning = nil
    sshReady = nil
    restoreCompleted = nil
    inferenceCompleted = nil
    inference = nil
    failbackStarted = nil
    fullService = nil
  }
}
