import Failover

@testable import Scenarios

/// Strategies, incidents and evidence written down by hand.
enum Claimed {
  static let checks = HealthCheckPolicy(interval: .seconds(10), timeout: .seconds(5), failureThreshold: 3)

  /// A strategy with these protections; everything else is of no account to claims.
  static func strategy(
    warmPool: WarmPool? = nil, standby: CPUStandby.Mode? = nil, hasSnapshots: Bool = false
  ) -> Strategy {
    Strategy(
      workspacePath: "/workspace", healthCheck: checks, warmPool: warmPool,
      standby: standby.map { mode in
        CPUStandby(
          machine: StandbyMachine(machineType: "e2-medium", isSpot: true, price: HourlyPrice(perHour: .cents(1))),
          mode: mode,
          sync: SyncPolicy(
            interval: .seconds(30), timeout: .seconds(300), route: .direct, retry: .constant(.seconds(5)),
            failuresUntilNotice: 3),
          failover: FailoverPolicy(attempts: 3, retry: .constant(.seconds(1))))
      },
      snapshots: hasSnapshots
        ? SnapshotPolicy(
          interval: .seconds(30), fullEvery: 1, keep: 2, timeout: .seconds(600), restoreTimeout: .seconds(600),
          retry: .constant(.seconds(5))) : nil,
      recovery: RecoveryPolicy(
        query: OfferQuery(
          minimumMemory: .gigabytes(8), maximumPrice: HourlyPrice(perHour: .cents(50)), regions: []),
        retry: .constant(.seconds(5)), failuresUntilNotice: 3, offerCacheAge: .zero,
        provisionTimeout: .seconds(600), provisionPoll: .constant(.seconds(1)), sshTimeout: .seconds(300),
        sshPoll: .constant(.seconds(1)), restoreTimeout: .seconds(3600), restoreAttempts: 3),
      timeouts: CallTimeouts(
        api: .seconds(30), standbyCreation: .seconds(300), endpoint: .seconds(30), verification: .seconds(10),
        digest: .seconds(300), notification: .seconds(10)))
  }

  /// An incident that began at 1000 s; the other instants are seconds after the fault.
  static func incident(
    detected: Int? = 20, standby: Int? = nil, attempts: [Int] = [], restoreFrom sshReady: Int? = nil,
    to restored: Int? = nil, served: Int? = nil, copy age: Int? = nil, lost: Int64 = 0, isFalse: Bool = false
  ) -> Incident {
    func after(_ seconds: Int?) -> Duration? { seconds.map { .seconds(1000 + $0) } }
    var incident = Incident(fault: isFalse ? nil : .seconds(1000), instance: InstanceID("1"))
    incident.unsynced = isFalse ? nil : .megabytes(lost)
    incident.detected = after(detected)
    incident.lastSync = age.map { SyncPoint(started: .seconds(1000 - $0), completed: .seconds(1000 - $0)) }
    incident.failoverStarted = standby == nil ? nil : after(detected)
    incident.degradedService = after(standby)
    incident.failoverCompleted = after(standby)
    incident.attempts = attempts.map { .seconds(1000 + $0) }
    incident.sshReady = after(sshReady)
    incident.restoreCompleted = after(restored)
    incident.fullService = after(served)
    return incident
  }

  /// - Parameter causes: what held up each of the incidents; nothing, when there are fewer.
  static func evidence(
    _ incidents: [Incident] = [], causes: [[String]] = [], end: Duration = .seconds(100_000),
    strategy: Strategy = strategy(standby: .running), metrics: [MetricTable.Row] = [], saved: Int = 0,
    served: Duration = .zero
  ) -> ClaimEvidence {
    let observations = incidents.enumerated().map { index, incident in
      ClaimEvidence.Observation(incident: incident, end: end, causes: index < causes.count ? causes[index] : [])
    }
    return ClaimEvidence(
      scenario: "by hand", seeds: 1, strategy: strategy, metrics: MetricTable(metrics), observations: observations,
      snapshotsSaved: saved, timeServed: served)
  }

  static func verdict(_ rule: Claim.Rule, _ evidence: ClaimEvidence) -> ClaimVerdict {
    Claim(.executiveSummary, .standby, "something", rule).verdict(on: evidence)
  }
}
