import Failover

/// The simulation report of 2025-12-19 ("18.63 s"): every figure it gives, beside the one computed from a run's log.
///
/// What the report says is written down here; what is simulated is read off the log, and nothing else.
struct Drill1863 {
  let query: LogQuery

  init(_ run: Run) { query = LogQuery(run: run) }

  var table: ReferenceTable {
    ReferenceTable(
      rows: phases + timestamps + details + counts, discrepancies: DrillDiscrepancies(query: query).all)
  }

  private func row(_ section: String, _ what: String, _ says: String, _ simulated: String)
    -> ReferenceTable.Row
  {
    ReferenceTable.Row(section: section, what: what, says: says, simulated: simulated)
  }

  private func seconds(_ duration: Duration?, decimals: Int = 2) -> String {
    duration.map { Figures.seconds($0, decimals: decimals) + " s" } ?? "–"
  }

  // MARK: Phases

  private static let phaseFigures = [
    ("Setup", "2.00 s"), ("Normal operation", "3.51 s"), ("GPU failure", "1.10 s"),
    ("Detection", "1.80 s"), ("Failover", "2.50 s"), ("Recovery", "5.71 s"), ("Recovered", "2.00 s"),
  ]

  private var phases: [ReferenceTable.Row] {
    let played = query.scriptPhases
    let rows = Self.phaseFigures.enumerated().map { index, figure in
      let phase = played.first { $0.name == figure.0 }
      return row(
        "phase", "\(index + 1) \(figure.0)", figure.1, seconds(phase.map { $0.end - $0.start }))
    }
    return rows + [row("phase", "total (active time)", "18.63 s", seconds(query.activeTime))]
  }

  // MARK: Timestamps

  private var timestamps: [ReferenceTable.Row] {
    let failed = query.times("checkFailed")
    func check(_ index: Int) -> Duration? { index < failed.count ? failed[index] : nil }
    let figures: [(String, String, Duration?)] = [
      ("last successful sync", "6.31 s", query.lastSync?.completed),
      ("GPU offline", "8.31 s", query.first("interrupted")),
      ("health check 1 fails (1/3)", "10.41 s", check(0)),
      ("health check 2 fails (2/3)", "10.91 s", check(1)),
      ("health check 3 fails (3/3), failover triggered", "11.42 s", query.first("faultDetected")),
      ("failover in effect", "13.02 s", query.first("failoverStarted")),
      ("recovery starts", "17.02 s", query.first("recoveryStarted")),
      ("GPU offer found", "17.52 s", query.first("offersFound")),
      ("GPU provisioned", "18.72 s", query.first("instanceRunning")),
      ("ssh ready", "20.23 s", query.first("sshReady")),
      ("restore starts", "20.53 s", query.first("restoreStarted")),
      ("restore complete", "21.03 s", query.first("restoreCompleted")),
      ("recovery 100 % complete", "22.23 s", query.first("recoveryCompleted")),
      ("last access, end", "25.23 s", query.run.length),
    ]
    return figures.map { row("time", $0.0, $0.1, seconds($0.2)) }
  }

  // MARK: Details

  private var details: [ReferenceTable.Row] {
    let counts = query.run.counts
    let mean = counts.syncsCompleted == 0 ? nil : counts.syncTime / counts.syncsCompleted
    let setup = query.scriptPhases.first
    return [
      row("detail", "setup: GPU", "0.30 s", seconds(query.span("scriptPhaseStarted", "primaryAdopted"))),
      row("detail", "setup: CPU standby", "0.30 s", seconds(query.span("primaryAdopted", "standbyCreated"))),
      row(
        "detail", "setup: initialisation", "0.40 s", seconds(query.span("standbyCreated", "protectionStarted"))),
      row("detail", "events in setup", "13", "\(query.events(in: setup))"),
      row("detail", "sync, shortest", "0.200 s", seconds(counts.shortestSync, decimals: 3)),
      row("detail", "sync, longest", "0.200 s", seconds(counts.longestSync, decimals: 3)),
      row("detail", "sync, mean", "0.200 s", seconds(mean, decimals: 3)),
      row("detail", "endpoint before", "gpu.vastai.com:12345", query.text("failoverStarted", "from")),
      row("detail", "endpoint after", "35.204.123.45:22", query.text("failoverStarted", "to")),
      row("detail", "search", "0.50 s", seconds(query.span("recoveryStarted", "offersFound"))),
      row("detail", "GPU offered", "RTX 4090", query.text("offersFound", "gpu")),
      row("detail", "price", "$0.45/h", query.text("offersFound", "price")),
      row("detail", "region", "TH", query.text("offersFound", "region")),
      row("detail", "offer", "9999", query.text("offersFound", "offer")),
      row("detail", "provision: the order", "0.30 s", seconds(query.span("offersFound", "instanceCreated"))),
      row("detail", "new instance", "888888", query.text("instanceRunning", "instance")),
      row("detail", "new address", "gpu-new.vastai.com:54321", query.text("instanceRunning", "address")),
      row("detail", "ssh wait: polling", "0.60 s", query.text("sshReady", "probing") + " s"),
      row("detail", "restore", "0.50 s", seconds(query.span("restoreStarted", "restoreCompleted"))),
      row("detail", "restored", "1.2 GB", query.restoredSize),
      row("detail", "files", "3", query.text("restoreCompleted", "files")),
    ]
  }

  // MARK: Counts

  private var counts: [ReferenceTable.Row] {
    let counts = query.run.counts
    let failedSyncs = query.count("syncFailed")
    let failedChecks = query.count("checkFailed")
    let checks = counts.checksPassed + failedChecks
    return [
      row("count", "syncs", "5", "\(counts.syncsCompleted + failedSyncs)"),
      row(
        "count", "syncs that succeeded", "100 %",
        Figures.percent(Int64(counts.syncsCompleted), of: Int64(counts.syncsCompleted + failedSyncs), decimals: 0)),
      row("count", "health checks", "8", "\(checks)"),
      row("count", "health checks passed", "5", "\(counts.checksPassed)"),
      row("count", "health checks failed", "3", "\(failedChecks)"),
      row(
        "count", "health checks passed, share", "62.5 %",
        Figures.percent(Int64(counts.checksPassed), of: Int64(checks), decimals: 1)),
      row("count", "detections", "1", "\(query.count("faultDetected"))"),
      row("count", "failovers", "1", "\(query.count("failoverCompleted"))"),
      row("count", "recoveries", "1", "\(query.count("recoveryCompleted"))"),
      row("count", "restores", "1", "\(query.count("restoreCompleted"))"),
      row("count", "data lost", "0 B", query.text("interrupted", "unsynced")),
    ]
  }
}

extension LogQuery {
  /// The sum of the script's phases, without the pauses between them.
  var activeTime: Duration? {
    let phases = scriptPhases
    return phases.isEmpty ? nil : phases.reduce(.zero) { $0 + ($1.end - $1.start) }
  }

  /// The newest sync when the fault was detected.
  var lastSync: SyncPoint? {
    for event in run.events {
      if case .faultDetected(_, _, let lastSync) = event.kind { return lastSync }
    }
    return nil
  }

  /// How many events were logged from the start of a phase to its end, both included.
  func events(in phase: Phase?) -> Int {
    guard let phase,
      let first = run.events.firstIndex(where: { $0.kind == .scriptPhaseStarted(phase.name) }),
      let last = run.events.firstIndex(where: { $0.kind == .scriptPhaseEnded(phase.name) })
    else { return 0 }
    return last - first + 1
  }

  /// What the restore sent, to two digits as the report rounds it.
  var restoredSize: String {
    guard case .bytes(let bytes) = field("restoreCompleted", "bytesSent") else { return "–" }
    return Figures.fixed(bytes.bytes, per: 1_000_000_000, decimals: 1) + " GB"
  }
}
