import Failover
import FailoverSim

/// What survived the incidents of a run and what did not.
struct LossSection {
  let run: Run
  let style: Style

  var lines: [String] {
    let metrics = Metrics(run)
    guard !metrics.lostWork.incidents.isEmpty || !metrics.lostWork.restarts.isEmpty else { return [] }
    let rows = [
      ("files", files(metrics)), ("memory", memory(metrics)),
      ("connections", "cut \(Figures.times(metrics.connectionsCut)), each time a machine was lost or users were moved"),
      ("work", work(metrics)),
    ] + checkpoints(metrics.lostWork)
    let width = rows.map(\.0.count).max() ?? 0
    return ["", "  " + style("What is kept and what is lost", .heading)]
      + rows.map { name, text in
        "  " + style(name + String(repeating: " ", count: width - name.count), .faint) + "  " + text
      }
  }

  /// Environment and configuration are files like any other.
  private func files(_ metrics: Metrics) -> String {
    let incidents = Incident.all(in: run.events)
    let volumes = incidents.count { $0.keptVolume }
    let empty = incidents.count { !$0.keptVolume && $0.restoreCompleted != nil && $0.lastSync == nil }
    let ways = [
      volumes > 0 ? "the volume survived \(Figures.times(volumes))" : nil,
      empty > 0 ? "nothing was left \(Figures.times(empty))" : nil,
    ].compactMap { $0 }
    let base = "all in \(run.scenario.world.workspace.path) kept, but \(metrics.unsynced) that had not been copied"
    return ways.isEmpty ? base : "\(base); \(ways.joined(separator: ", "))"
  }

  private func memory(_ metrics: Metrics) -> String {
    switch run.scenario.workload {
    case .interactive: "lost each time: programs begin anew"
    case .inference: "lost each time: the model is loaded anew"
    case .training: "lost each time: training goes on from the last checkpoint that was copied or is on the volume"
    }
  }

  private func work(_ metrics: Metrics) -> String {
    let lost = metrics.lostWork
    if case .inference = run.scenario.workload { return "none lost but the requests in progress" }
    let summary = lost.summary
    guard let mean = summary.mean, let most = summary.maximum else { return "none lost" }
    return "\(Figures.human(lost.total)) lost in all: \(Figures.human(mean)) on average, \(Figures.human(most)) at most"
      + (lost.restarts.isEmpty ? "" : "; \(Figures.times(lost.restarts.count)) because the process alone had ended")
  }

  private func checkpoints(_ lost: LostWork) -> [(String, String)] {
    guard let training = lost.training else { return [] }
    func share(_ part: Duration) -> String { Figures.percent(part, of: training.served, decimals: 2) }
    return [
      (
        "training",
        "\(share(training.progress)) of \(Figures.human(training.served)) of GPU brought it on; "
          + "\(share(training.paused)) stood still for \(training.checkpoints) checkpoints, \(share(lost.total)) was lost"
      )
    ]
  }
}

extension Figures {
  /// `once`, `twice`, `3 times`.
  static func times(_ count: Int) -> String {
    switch count {
    case 0: "never"
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }
}
