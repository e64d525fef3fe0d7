import Failover

/// What claims are held against: the incidents and figures of one scenario, over all its seeds.
struct ClaimEvidence: Sendable {
  /// An incident, and what else is known of it.
  struct Observation: Sendable {
    var incident: Incident
    /// When the run ended: what had not come by then may still have been under way.
    var end: Duration
    /// What held it up, each cause once.
    var causes: [String]
  }

  var scenario: String
  var seeds: Int
  var strategy: Strategy
  var metrics: MetricTable
  var observations: [Observation]
  var snapshotsSaved: Int
  /// How long a GPU served, over all seeds.
  var timeServed: Duration
}

extension ClaimEvidence {
  init(_ replications: Replications) {
    self.init(
      replications.scenario, replications.metrics, of: replications.runs, causes: replications.causes)
  }

  init(_ run: Run) {
    let inputs = MetricInputs(run)
    let causes = inputs.incidents.map { Hindrance.all(of: $0, in: run.events).map(\.cause) }
    self.init(run.scenario, MetricTable(inputs), of: [inputs], causes: causes)
  }

  /// - Parameter causes: what held up each incident, in the order of all runs' incidents.
  private init(_ scenario: Scenario, _ metrics: MetricTable, of runs: [MetricInputs], causes: [[String]]) {
    let incidents = runs.flatMap { run in run.incidents.map { (incident: $0, end: run.length) } }
    self.init(
      scenario: scenario.name, seeds: runs.count, strategy: scenario.strategy, metrics: metrics,
      observations: zip(incidents, causes).map { Observation(incident: $0.incident, end: $0.end, causes: $1) },
      snapshotsSaved: runs.reduce(0) { $0 + $1.routine.snapshots.saved },
      timeServed: runs.reduce(.zero) { $0 + $1.metrics.availability.full })
  }
}
