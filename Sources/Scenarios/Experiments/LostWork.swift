import Failover

/// The work that must be done again because GPUs were lost, read off the log.
///
/// - Interactive work is lost from the copy that was gone on with to the fault.
/// - A model that answers loses no work, only the requests in progress.
/// - Training goes on from the newest checkpoint that was whole on the disk when the copy was begun that the new GPU
///   was filled from, or at the fault where the volume survived. What had been trained since is lost, and counts again
///   each time it is lost again.
public struct LostWork: Sendable, Hashable {
  /// Lost while nobody was moved: the process of a GPU ended and began anew.
  public struct Restart: Sendable, Hashable {
    public var instance: InstanceID
    public var at: Duration
    public var work: Duration
  }

  /// In the order of the incidents; `nil` without a loss to speak of, and where it is not decided yet with what
  /// work goes on.
  public var incidents: [Duration?]
  public var restarts: [Restart] = []
  /// `nil` for anything but training.
  public var training: TrainingProgress?

  /// Over the incidents.
  public var summary: Summary { Summary(incidents.compactMap { $0 }) }

  public var total: Duration {
    incidents.reduce(.zero) { $0 + ($1 ?? .zero) } + restarts.reduce(.zero) { $0 + $1.work }
  }

  /// - Parameters:
  ///   - incidents: of the same log.
  ///   - end: of the log.
  ///   - charges: they know since when a GPU was rented: all of interactive work that was never copied is lost.
  public init(
    of events: [Event], _ incidents: [Incident], until end: Duration, workload: Workload, charges: Charges
  ) {
    switch workload {
    case .interactive:
      self.incidents = incidents.map { incident in
        incident.fault.map { incident.recoveryPoint ?? charges.age(of: incident.instance, at: $0) }
      }
    case .inference: self.incidents = incidents.map { incident in incident.fault.map { _ in .zero } }
    case .training(let schedule):
      var reader = TrainingReader(schedule, incidents)
      reader.read(ServiceSpan.all(in: events, until: end), TrainingStop.all(in: events))
      self.incidents = reader.lost
      restarts = reader.restarts
      training = reader.trainer.result
    }
  }

  /// That of several runs together.
  init(pooling runs: [LostWork]) {
    incidents = runs.flatMap(\.incidents)
    restarts = runs.flatMap(\.restarts)
    let progress = runs.compactMap(\.training)
    training = progress.isEmpty ? nil : progress.reduce(TrainingProgress(), +)
  }
}

/// Something that ends training on a GPU which is not lost.
private struct TrainingStop {
  var time: Duration
  var instance: InstanceID
  /// Training knew before, and wrote a checkpoint.
  var isPlanned: Bool

  static func all(in events: [Event]) -> [TrainingStop] {
    events.compactMap { event in
      switch event.kind {
      case .hibernated(let id): TrainingStop(time: event.time, instance: id, isPlanned: true)
      case .faultBegan("gpuProcessDead", _):
        event.lane.machine.map { TrainingStop(time: event.time, instance: $0, isPlanned: false) }
      default: nil
      }
    }
  }
}

/// Lays the times in which GPUs served beside the incidents between them.
private struct TrainingReader {
  var trainer: Trainer
  var lost: [Duration?] = []
  var restarts: [LostWork.Restart] = []
  private let incidents: [Incident]

  init(_ schedule: CheckpointSchedule, _ incidents: [Incident]) {
    trainer = Trainer(schedule)
    self.incidents = incidents
  }

  mutating func read(_ spans: [ServiceSpan], _ stops: [TrainingStop]) {
    var stops = stops[...]
    var last: ServiceSpan?
    for span in spans where span.level == .full {
      while lost.count < incidents.count, let served = incidents[lost.count].fullService, served <= span.start {
        end(incidents[lost.count])
        last = nil
      }
      // What ended training before this span, though the GPU went on to serve.
      while let stop = stops.first, stop.time <= span.start {
        stops.removeFirst()
        if let last, last.machine == stop.instance, stop.time >= last.end { take(stop, after: last) }
      }
      trainer.serve(from: span.start, to: span.end)
      last = span
    }
    while lost.count < incidents.count { end(incidents[lost.count]) }
  }

  private mutating func take(_ stop: TrainingStop, after span: ServiceSpan) {
    if stop.isPlanned { return trainer.stop() }
    // The disk is still there, and what was on it when the process ended.
    let work = trainer.restartFromDisk()
    restarts.append(LostWork.Restart(instance: stop.instance, at: span.end, work: work))
  }

  private mutating func end(_ incident: Incident) {
    if incident.keptVolume {
      lost.append(trainer.restartFromDisk())
    } else if incident.lastSync == nil, incident.fullService == nil, incident.restoreCompleted == nil {
      lost.append(nil)
    } else {
      lost.append(trainer.restart(from: incident.lastSync?.started))
    }
  }
}
