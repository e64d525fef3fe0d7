import Failover

/// The bill of a run: in all, by the month, and for each incident.
public struct Bill: Sendable, Hashable {
  /// What the whole run cost.
  public var whole: Cost
  /// What a month of it costs: the same spending, scaled to 30 days.
  public var month: Cost
  /// In the order of the incidents.
  public var incidents: [IncidentCost]

  /// What all incidents cost.
  public var allIncidents: IncidentCost {
    incidents.reduce(IncidentCost(spent: Cost(), lostWork: .zero)) {
      IncidentCost(spent: $0.spent + $1.spent, lostWork: $0.lostWork + $1.lostWork)
    }
  }

  /// The work that was lost outside incidents, at the price of its GPU.
  public var restarts: Money

  /// All work that must be done again.
  public var lostWork: Money { allIncidents.lostWork + restarts }

  public init(of run: Run) { self = Metrics(run).bill }

  /// - Parameter lost: the work that was lost, incident by incident.
  public init(_ charges: Charges, _ incidents: [Incident], _ lost: LostWork) {
    whole = charges.cost
    month = whole.perMonth(after: charges.end)
    self.incidents = zip(incidents, lost.incidents).map { IncidentCost($0, lost: $1 ?? .zero, in: charges) }
    restarts = lost.restarts.reduce(.zero) { sum, restart in
      sum + (charges.gpuPrice(of: restart.instance, at: restart.at)?.cost(of: restart.work) ?? .zero)
    }
  }

  /// The bills of several runs together.
  ///
  /// - Parameter length: of all runs together.
  init(pooling bills: [Bill], length: Duration) {
    whole = bills.reduce(Cost()) { $0 + $1.whole }
    month = whole.perMonth(after: length)
    incidents = bills.flatMap(\.incidents)
    restarts = bills.reduce(.zero) { $0 + $1.restarts }
  }
}

/// What one incident cost.
public struct IncidentCost: Sendable, Hashable {
  /// What was paid from the fault (or, without one, the detection) until a GPU served again or the run ended: the
  /// standby, and new GPUs while they were prepared.
  public var spent: Cost
  /// The work that must be done again, at the price of the GPU that did it.
  public var lostWork: Money

  public init(spent: Cost, lostWork: Money) {
    self.spent = spent
    self.lostWork = lostWork
  }

  /// - Parameter lost: the work that must be done again.
  public init(_ incident: Incident, lost: Duration, in charges: Charges) {
    let start = incident.start ?? charges.end
    spent = charges.cost(from: start, to: incident.fullService ?? charges.end)
    lostWork = .zero
    if let price = charges.gpuPrice(of: incident.instance, at: incident.fault ?? start) {
      lostWork = price.cost(of: lost)
    }
  }
}

extension Charges {
  /// How long a GPU had been paid for: what is lost when nothing was ever copied.
  func age(of id: InstanceID, at time: Duration) -> Duration {
    let starts = all.filter { $0.item == .gpu && $0.subject == id.rawValue && $0.start <= time }.map(\.start)
    return starts.min().map { time - $0 } ?? .zero
  }
}
