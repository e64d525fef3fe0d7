import Failover

extension Claim {
  /// A time that every incident has, if it came so far.
  enum Measure: Sendable, Hashable {
    /// Fault to detection.
    case detection
    /// Detection to the beginning of the failover; a standby that is off has been created by then.
    case failoverStart
    /// Beginning of the failover to service by the standby; a standby that was off is filled in this time.
    case transition
    /// Fault to service by the standby.
    case standbyService
    /// Fault to service by a GPU.
    case gpuService
    /// The same, where the machine was lost with all its GPUs.
    case gpuServiceWithoutMachine
    /// Beginning of the first attempt to get a GPU to service by it.
    case recovery
    /// A phase of the incident, by its name.
    case phase(String)
    /// Fault to the end of that phase, where the stopped GPU took over and none had to be fetched.
    case warm(through: String)
    /// How old the newest copy was at the fault.
    case dataAge
  }
}

extension Claim.Measure {
  /// What an incident says of a measure.
  enum Reading: Equatable {
    case took(Duration)
    /// It had not come after so long, when the incident or the run ended.
    case notWithin(Duration)
    /// It is longer than any time: it never came at all.
    case never
    /// The incident says nothing of it.
    case nothing
  }

  func reading(of observation: ClaimEvidence.Observation) -> Reading {
    let incident = observation.incident
    if self == .dataAge {
      if let age = incident.recoveryPoint { return .took(age) }
      // Whether there was a copy is written down when the fault is found.
      return incident.isFalse || incident.detected == nil ? .nothing : .never
    }
    if self == .gpuServiceWithoutMachine, !observation.causes.contains(Hindrance.machineLost) { return .nothing }
    let (from, to) = span(of: incident)
    guard let from else { return .nothing }
    if let to { return .took(to - from) }
    return mustCome ? .notWithin((incident.fullService ?? observation.end) - from) : .nothing
  }

  /// From when to when it is, as far as the incident has come.
  func span(of incident: Incident) -> (from: Duration?, to: Duration?) {
    switch self {
    case .detection: (incident.fault, incident.detected)
    case .failoverStart: (incident.detected, incident.failoverStarted)
    case .transition: (incident.failoverStarted, incident.degradedService)
    case .standbyService: (incident.fault, incident.degradedService)
    case .gpuService, .gpuServiceWithoutMachine: (incident.fault, incident.fullService)
    case .recovery: (incident.attempts.first, incident.fullService)
    case .phase(let name): bounds(of: incident.phase(name))
    case .warm(let name):
      incident.isWarm ? (incident.fault, incident.phase(name)?.end) : (nil, nil)
    case .dataAge: (incident.lastSync?.started, incident.fault)
    }
  }

  private func bounds(of phase: Phase?) -> (from: Duration?, to: Duration?) { (phase?.start, phase?.end) }

  /// Whether it ought to come in every incident, so that its absence counts once it is late. A step that an incident
  /// did not reach says nothing of how long the step takes.
  private var mustCome: Bool {
    switch self {
    case .detection, .standbyService, .gpuService, .gpuServiceWithoutMachine, .recovery: true
    case .failoverStart, .transition, .phase, .warm, .dataAge: false
    }
  }

  /// The longest of the incident's phases within this measure; `nil` when the measure is a single phase, or none.
  func largestPart(of incident: Incident) -> (name: String, duration: Duration)? {
    let (from, to) = span(of: incident)
    guard let from, let to else { return nil }
    let parts = incident.phases.map { phase in
      (name: phase.name, duration: min(phase.end, to) - max(phase.start, from))
    }
    guard let largest = parts.max(by: { $0.duration < $1.duration }), largest.duration > .zero,
      largest.duration < to - from
    else { return nil }
    return largest
  }
}

extension Incident {
  fileprivate func phase(_ name: String) -> Phase? { phases.first { $0.name == name } }

  /// Whether a stopped GPU took over: it was started, and none had to be fetched.
  fileprivate var isWarm: Bool { attempts.isEmpty && fullService != nil && phase("warm start") != nil }
}
