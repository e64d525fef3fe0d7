import Failover
import FailoverSim

/// What snapshots and the inference check came to: the routine in one line, then one row for each failover.
struct SnapshotReportSection {
  let run: Run
  let style: Style
  /// No more than so many failovers are told.
  var limit = 10

  var lines: [String] {
    let strategy = run.scenario.strategy
    guard strategy.snapshots != nil || strategy.inferenceModel != nil else { return [] }
    return ["", "  " + style("Snapshot and inference", .heading)] + (strategy.snapshots == nil ? [] : routine) + table
  }

  private var routine: [String] {
    let counts = run.counts.snapshots
    let failed = run.events.count { $0.kind.name == "snapshotFailed" }
    let model = run.scenario.world.snapshots
    var saved = "\(counts.saved) saved, \(counts.whole) of them whole; \(failed) failed"
    if let mean = counts.meanSave, let longest = counts.longestSave {
      saved += "; saving took \(Figures.human(mean)) on average, \(Figures.human(longest)) at most"
    }
    return [
      "  \(saved)",
      "  \(counts.content) read, \(counts.stored) sent to \(model.storage) (\(model.compression.name)); "
        + "\(counts.meanKept(until: run.length)) kept there on average",
    ]
  }

  private var table: [String] {
    let records = FailoverRecord.all(of: run)
    guard !records.isEmpty else { return [] }
    var table = TextTable([
      ("#", .right), ("GPU", .left), ("snapshot", .left), ("stored", .right), ("created in", .right),
      ("restore", .right), ("download", .right), ("decompress", .right), ("unpack", .right),
      ("model ready", .right), ("total", .right), ("", .left),
    ])
    for (index, record) in records.prefix(limit).enumerated() {
      let (snapshot, report) = (record.snapshot, record.snapshot?.record?.report)
      table.add(
        [
          "\(index + 1)", record.instance.rawValue, snapshot?.id.rawValue ?? "–",
          report?.stored.description ?? "–", text(report?.duration), text(snapshot?.duration),
          text(snapshot?.download), text(snapshot?.decompress), text(snapshot?.unpack),
          record.inferenceSucceeded == false ? "no answer" : text(record.ready), text(record.total),
          record.succeeded ? "success" : "failed",
        ], tone: record.succeeded ? .good : .bad, in: 11)
    }
    let more = records.count > limit ? ["  … and \(records.count - limit) more"] : []
    let model = run.scenario.strategy.inferenceModel.map { ["  model: \($0)"] } ?? []
    return model + [""] + table.lines(style) + more
  }

  private func text(_ duration: Duration?) -> String { duration.map(Figures.human) ?? "–" }
}
