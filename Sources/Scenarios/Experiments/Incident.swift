import Failover

/// One failover from the fault to the moment when everything is as before, read off the log.
public struct Incident: Sendable, Hashable {
  /// When the GPU was lost; `nil` for a false failover, which had no fault.
  public var fault: Duration?
  public var instance: InstanceID
  public var cause: String?
  /// What had been written to the lost GPU and not been copied, unless its volume survived.
  public var unsynced: ByteCount?
  public var detected: Duration?
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
  /// The starts of all attempts to get a new GPU.
  public var attempts: [Duration] = []
  public var offerFound: Duration?
  public var instanceRunning: Duration?
  public var sshReady: Duration?
  public var restoreCompleted: Duration?
  public var failbackStarted: Duration?
  /// When users reached a GPU again.
  public var fullService: Duration?

  /// Fault to detection.
  public var timeToDetect: Duration? { Self.span(fault, detected) }
  /// Fault to service by the standby.
  public var timeToDegradedService: Duration? { Self.span(fault, degradedService) }
  /// Fault to service by a GPU.
  public var timeToFullService: Duration? { Self.span(fault, fullService) }
  /// How old the newest durable data was at the fault: zero when its volume survived; `nil` without a fault or without
  /// any completed sync.
  public var recoveryPoint: Duration? { keptVolume ? fault.map { _ in .zero } : Self.span(lastSync?.started, fault) }
  public var isFalse: Bool { fault == nil }

  /// The parts of the time to full service, in order and without gaps; only those that are over.
  public var phases: [Phase] {
    let failoverEnd = failoverCompleted ?? attempts.first
    let hasPause = failoverEnd != attempts.first
    // The stopped GPU served at once, or it was tried in vain before anything else was done.
    let isWarm = warmFailoverStarted != nil && warmFailoverFailed == nil
    let warmEnd = isWarm ? instanceRunning : warmFailoverFailed
    let bounds: [(start: Duration?, end: Duration?)] = [
      (fault, detected),
      (warmFailoverStarted.flatMap { _ in detected }, warmEnd),
      (warmFailoverFailed ?? detected, isWarm ? nil : failoverEnd),
      (hasPause ? failoverEnd : nil, attempts.first),
      (attempts.first, attempts.last),
      (attempts.last, offerFound),
      (offerFound, instanceRunning),
      (instanceRunning, sshReady),
      (isWarm ? sshReady : nil, fullService),
      (sshReady, restoreCompleted),
      (restoreCompleted, fullService),
    ]
    return zip(Self.phaseNames, bounds).compactMap { name, bounds in
      guard let start = bounds.start, let end = bounds.end else { return nil }
      return Phase(name: name, start: start, end: end)
    }
  }

  /// The names of all phases there can be, in order.
  ///
  /// "pause" is the time a script lets pass before it begins the recovery; the orchestrator on its own never
  /// waits. "warm start" is the start of the stopped GPU, up to the moment when it runs or is given up; "switch" moves
  /// users there.
  public static let phaseNames = [
    "detection", "warm start", "failover", "pause", "failed attempts", "search", "provision", "ssh wait", "switch",
    "restore", "failback",
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
  /// GPUs that were lost before they had become the primary: should one become it all the same, its incident
  /// began then.
  private var lostEarly: [InstanceID: Incident] = [:]

  mutating func read(_ event: Event) {
    let time = event.time
    switch event.kind {
    case .primaryAdopted(let instance): primary = instance.id
    case .interrupted(let id, let cause, let unsynced):
      let incident = Incident(fault: time, instance: id, cause: cause, unsynced: unsynced)
      if id != primary { lostEarly[id] = incident } else if open == nil { open = incident }
    case .faultDetected(let id, _, let lastSync):
      var incident = open ?? Incident(instance: id)
      incident.detected = time
      incident.lastSync = lastSync
      open = incident
    case .warmFailoverStarted: open?.warmFailoverStarted = time
    case .warmFailoverFailed: open?.giveUpWarmFailover(at: time)
    case .warmFailoverCompleted(let id, _):
      open?.keepVolume()
      close(next: id)
    case .failoverStarted: open?.failoverStarted = time
    case .endpointSwitched(_, .standby):
      if open?.degradedService == nil { open?.degradedService = time }
    case .failoverCompleted: open?.failoverCompleted = time
    case .recoveryStarted: open?.begin(attemptAt: time)
    case .offersFound: open?.offerFound = time
    case .instanceRunning: open?.instanceRunning = time
    case .sshReady: open?.sshReady = time
    case .restoreCompleted, .restoreSkipped: open?.restoreCompleted = time
    case .volumeReused:
      open?.restoreCompleted = time
      open?.keepVolume()
    case .failbackStarted: open?.failbackStarted = time
    case .endpointSwitched(_, .gpu): open?.fullService = time
    case .failbackCompleted(let id): close(next: id)
    default: break
    }
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
    failbackStarted = nil
    fullService = nil
  }
}
