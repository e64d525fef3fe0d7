import Failover
import FailoverSim

/// One failover from the fault to the moment when everything is as before, read off the log.
public struct Incident: Sendable, Hashable {
  /// When the GPU was lost; `nil` for a false failover, which had no fault.
  public var fault: Duration?
  public var instance: InstanceID
  public var cause: String?
  /// What had been written to the lost GPU and not been copied, unless its volume survived.
  public var unsynced: ByteCount?
  /// When it was noticed. With an interruption notice that is when the notice was read, which may be before the fault.
  public var detected: Duration?
  /// Whether it was a notice that began the failover.
  public var isForewarned = false
  /// Whether that notice was wrong: nobody was going to take the GPU away.
  public var isFalseAlarm = false
  /// The copy that was used, or is about to be: the standby's or a snapshot; `nil` when there was none.
  public var lastSync: SyncPoint?
  public var failoverStarted: Duration?
  /// When the stopped GPU beside it was told to start, and when that turned out to be in vain.
  public var warmFailoverStarted: Duration?
  public var warmFailoverFailed: Duration?
  /// Whether the GPU that took over has the volume which the lost one wrote to: then nothing is lost.
  public var keptVolume = false
  /// What `unsynced` would be, had the volume not survived.
  var survivingBytes: ByteCount?
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

  /// Fault to detection; zero where a notice came before.
  public var timeToDetect: Duration? { Self.wait(fault, detected) }
  /// Fault to service by the standby; zero where users had been moved before.
  public var timeToDegradedService: Duration? { Self.wait(fault, degradedService) }
  /// Fault to service by a GPU; zero where users had been moved before.
  public var timeToFullService: Duration? { Self.wait(fault, fullService) }
  /// How old the data was at the fault with which users went on, or, where they had been moved before, when they were;
  /// zero when its volume survived; `nil` without a fault, or when all was lost.
  public var recoveryPoint: Duration? {
    if keptVolume { return fault.map { _ in .zero } }
    guard let fault, let lastSync else { return nil }
    return min(fault, degradedService ?? fault, fullService ?? fault) - lastSync.started
  }
  /// Whether there was no reason for it. A GPU that was given back in time, as a true notice advised, had one.
  public var isFalse: Bool { fault == nil && (!isForewarned || isFalseAlarm) }
  /// When it began: with the fault, or with the notice if that came first.
  public var start: Duration? { fault.map { min($0, detected ?? $0) } ?? detected }

  /// The parts of the time from `start` to full service, in order and without gaps; only those that are over. There is no
  /// detection where a notice came before the fault.
  public var phases: [Phase] {
    let failoverEnd = failoverCompleted ?? approvalRequested ?? attempts.first
    let ready = approvalGiven ?? failoverEnd
    let hasPause = ready != attempts.first
    // The stopped GPU served at once, or it was tried in vain before anything else was done.
    let isWarm = warmFailoverStarted != nil && warmFailoverFailed == nil
    let warmEnd = isWarm ? instanceRunning : warmFailoverFailed
    let filled = restoreCompleted ?? (isWarm ? sshReady : nil)
    let bounds: [(start: Duration?, end: Duration?)] = [
      (fault, detected),
      (warmFailoverStarted.flatMap { _ in detected }, warmEnd),
      (warmFailoverFailed ?? detected, isWarm ? nil : failoverEnd),
      (approvalRequested, approvalGiven),
      (hasPause ? ready : nil, attempts.first),
      (attempts.first, attempts.last),
      (attempts.last, offerFound),
      (offerFound, instanceRunning),
      (instanceRunning, sshReady),
      (sshReady, restoreCompleted),
      (inferenceCompleted == nil ? nil : filled, inferenceCompleted),
      (isWarm ? inferenceCompleted ?? filled : nil, fullService),
      (isWarm ? nil : inferenceCompleted ?? filled, fullService),
    ]
    return zip(Self.phaseNames, bounds).compactMap { name, bounds in
      guard let start = bounds.start, let end = bounds.end, start <= end else { return nil }
      return Phase(name: name, start: start, end: end)
    }
  }

  /// The names of all phases there can be, in order.
  ///
  /// "pause" is the time a script lets pass before it begins the recovery; the orchestrator on its own never
  /// waits. "warm start" is the start of the stopped GPU, up to the moment when it runs or is given up; "switch" moves
  /// users there.
  public static let phaseNames = [
    "detection", "warm start", "failover", "approval", "pause", "failed attempts", "search", "provision", "ssh wait",
    "restore", "inference", "switch", "failback",
  ]

  private static func wait(_ start: Duration?, _ end: Duration?) -> Duration? {
    guard let start, let end else { return nil }
    return max(.zero, end - start)
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
  /// When the notice of a GPU was read, and whether it was wrong.
  private var noticeRead: [InstanceID: Duration] = [:]
  private var isFalseAlarm: [InstanceID: Bool] = [:]
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
      if open?.instance == id, open?.isForewarned == true, open?.fault == nil {
        open?.foretold(cause, unsynced, at: time)
        return
      }
      let incident = Incident(fault: time, instance: id, cause: cause, unsynced: unsynced)
      if id != primary { lostEarly[id] = incident } else if open == nil { open = incident }
    case .warned(let id, _, let isFalse): isFalseAlarm[id] = isFalse
    case .noticeReceived(let notice): noticeRead[notice.instance] = time
    case .leftBehind(_, let unsynced):
      let before = open?.unsynced ?? .zero
      open?.unsynced = before + unsynced
    case .faultBegan(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      guard let id = event.lane.machine, id == primary, hanging == nil else { return }
      hanging = Incident(fault: time, instance: id, cause: name)
    case .faultEnded(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      if hanging?.cause == name { hanging = nil }
    case .faultDetected(let id, let detection, let lastSync):
      var incident = open ?? hanging ?? Incident(instance: id)
      hanging = nil
      incident.detected = time
      if detection == .notice {
        incident.detected = noticeRead[id] ?? time
        incident.isForewarned = true
        incident.isFalseAlarm = isFalseAlarm[id] ?? false
      }
      incident.lastSync = stillThere(lastSync)
      open = incident
    case .standbyLost(_, _, let unsynced):
      standbyLost = time
      // What users wrote to it after the fault is lost as well.
      if let before = open?.unsynced { open?.unsynced = before + unsynced }
    case .warmFailoverStarted: open?.warmFailoverStarted = time
    case .warmFailoverFailed: open?.giveUpWarmFailover(at: time)
    case .warmFailoverCompleted(let id, _):
      open?.keepVolume()
      close(next: id)
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
    case .volumeReused:
      open?.restoreCompleted = time
      open?.keepVolume()
    case .failbackStarted: open?.failbackStarted = time
    case .endpointSwitched(_, .gpu): open?.fullService = time
    case .failbackCompleted(let id): close(next: id)
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

  private mutating func close(next id: InstanceID) {
    primary = id
    if let open { closed.append(open) }
    open = lostEarly.removeValue(forKey: id)
  }

  func finish() -> [Incident] { open.map { closed + [$0] } ?? closed }
}

extension Incident {
  /// What the stopped GPU had reached does not count.
  fileprivate mutating func giveUpWarmFailover(at time: Duration) {
    warmFailoverFailed = time
    instanceRunning = nil
    sshReady = nil
    fullService = nil
  }

  /// All that had been written is there: whatever was on no other disk is not lost.
  fileprivate mutating func keepVolume() {
    keptVolume = true
    survivingBytes = unsynced
    if unsynced != nil { unsynced = .zero }
  }

  /// The fault that a notice spoke of has come.
  fileprivate mutating func foretold(_ cause: String, _ unsynced: ByteCount, at time: Duration) {
    fault = time
    self.cause = cause
    self.unsynced = (self.unsynced ?? .zero) + unsynced
  }

  /// A new attempt: what an earlier one had reached does not count.
  fileprivate mutating func begin(attemptAt time: Duration) {
    attempts.append(time)
    if let survivingBytes { unsynced = survivingBytes }
    survivingBytes = nil
    keptVolume = false
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
