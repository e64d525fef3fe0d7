import Failover

/// The record of one failover as the documents' snapshot system keeps it: what was restored, how long each part took,
/// and whether the model answered.
struct FailoverRecord: Sendable, Hashable {
  /// Scenario, seed and number of the incident in its run: the same for the same run.
  var failover: String
  /// The GPU that was lost.
  var instance: InstanceID
  /// `nil` when no snapshot was used.
  var snapshot: SnapshotRestoreReport?
  var inference: InferenceReport?
  /// The model that had to answer, if one had to.
  var model: String?
  /// `nil` while no model has been asked, or none had to be.
  var inferenceSucceeded: Bool?
  /// Fault to full service; `nil` when that was not reached, or there was no fault.
  var total: Duration?
  /// Whether a GPU served again.
  var succeeded: Bool

  init(_ incident: Incident, number: Int, in run: Run) {
    failover = "\(run.scenario.name)-\(run.seed)-\(number)"
    instance = incident.instance
    snapshot = incident.snapshot
    inference = incident.inference
    model = run.scenario.strategy.inferenceModel
    inferenceSucceeded = incident.inference != nil ? true : incident.inferenceFailed ? false : nil
    total = incident.timeToFullService
    succeeded = incident.fullService != nil
  }

  /// One for each incident, in order; empty for a strategy without snapshots and without a model.
  static func all(of run: Run) -> [FailoverRecord] {
    let strategy = run.scenario.strategy
    guard strategy.snapshots != nil || strategy.inferenceModel != nil else { return [] }
    return Incident.all(in: run.events).enumerated().map { index, incident in
      FailoverRecord(incident, number: index + 1, in: run)
    }
  }

  /// From starting the server to the first answer.
  var ready: Duration? { inference.map { $0.load + $0.answer } }

  /// By the names of the documents' table; times in whole milliseconds, rounded, as there. What the run does not know
  /// is `null`.
  var json: JSONValue {
    let report = snapshot?.record?.report
    return .line([
      "failover_id": .text(failover),
      "gpu_instance_id": .text(instance.rawValue),
      "snapshot_id": text(snapshot?.id.rawValue),
      "snapshot_size_bytes": .optional(report.map { "\($0.stored.bytes)" }),
      "snapshot_creation_time_ms": milliseconds(report?.duration),
      "snapshot_compression": text(report?.compression),
      "snapshot_storage": text(report?.storage),
      "restore_time_ms": milliseconds(snapshot?.duration),
      "restore_download_time_ms": milliseconds(snapshot?.download),
      "restore_decompress_time_ms": milliseconds(snapshot?.decompress),
      "inference_model": text(model),
      "inference_ready_time_ms": milliseconds(ready),
      "inference_success": .optional(inferenceSucceeded.map { "\($0)" }),
      "total_time_ms": milliseconds(total),
      "success": .literal("\(succeeded)"),
    ])
  }

  private func text(_ text: String?) -> JSONValue { text.map(JSONValue.text) ?? .null }

  private func milliseconds(_ duration: Duration?) -> JSONValue {
    .optional(duration.map { Figures.fixed($0.wholeNanoseconds, per: 1_000_000, decimals: 0) })
  }
}
