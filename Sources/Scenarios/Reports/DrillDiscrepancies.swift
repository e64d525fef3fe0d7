import Failover
import FailoverSim

/// Where the report of 2025-12-19 disagrees with itself, each with the computed value.
struct DrillDiscrepancies {
  let query: LogQuery

  var all: [ReferenceTable.Discrepancy] {
    [total, detection, sshWait, recoveryTotal, recovery, dataLoss, score, boundaries, rsync]
  }

  private func discrepancy(_ says: String, _ computed: String) -> ReferenceTable.Discrepancy {
    ReferenceTable.Discrepancy(says: says, computed: computed)
  }

  private func seconds(_ duration: Duration?, decimals: Int = 2) -> String {
    duration.map { Figures.seconds($0, decimals: decimals) + " s" } ?? "–"
  }

  /// As one reads it off two timestamps that are rounded to hundredths.
  private func roundedSpan(_ start: Duration?, _ end: Duration?) -> String {
    guard let start, let end else { return "–" }
    func hundredths(_ time: Duration) -> Int64 { (time.wholeNanoseconds + 5_000_000) / 10_000_000 }
    return Figures.fixed(hundredths(end) - hundredths(start), per: 100, decimals: 2) + " s"
  }

  private var total: ReferenceTable.Discrepancy {
    let phases = query.scriptPhases
    let hundredths = phases.reduce(Int64(0)) {
      $0 + (($1.end - $1.start).wholeNanoseconds + 5_000_000) / 10_000_000
    }
    return discrepancy(
      "the seven phases, and a total of 18.63 s",
      "rounded one by one they add up to \(Figures.fixed(hundredths, per: 100, decimals: 2)) s; "
        + "unrounded they are \(seconds(query.activeTime, decimals: 3))")
  }

  private var detection: ReferenceTable.Discrepancy {
    let offline = query.first("interrupted")
    let first = query.first("checkFailed")
    let third = query.first("faultDetected")
    return discrepancy(
      "detection in \"~30 s\", \"2.1 s\" and \"< 2 s\"",
      "\(roundedSpan(offline, first)) from offline to the first failed check, "
        + "\(roundedSpan(offline, third)) to the third "
        + "(unrounded \(seconds(query.span("interrupted", "faultDetected"), decimals: 3)))")
  }

  private var sshWait: ReferenceTable.Discrepancy {
    discrepancy(
      "ssh wait 0.60 s and 1.51 s",
      "\(query.text("sshReady", "probing")) s of polling; "
        + "\(roundedSpan(query.first("instanceRunning"), query.first("sshReady"))) from provisioned to ready "
        + "(unrounded \(seconds(query.span("instanceRunning", "sshReady"), decimals: 3)))")
  }

  private var recoveryTotal: ReferenceTable.Discrepancy {
    let parts: [Duration?] = [
      query.span("recoveryStarted", "offersFound"), query.span("offersFound", "instanceCreated"),
      query.span("instanceRunning", "sshReady"), query.span("restoreStarted", "restoreCompleted"),
    ]
    let sum = parts.reduce(Duration.zero) { $0 + ($1 ?? .zero) }
    return discrepancy(
      "recovery total 3.81 s (0.50 + 0.30 + 1.51 + 0.50)",
      "its four terms add up to 2.81 s; simulated: \(seconds(sum, decimals: 3))")
  }

  private var recovery: ReferenceTable.Discrepancy {
    let phase = query.scriptPhases.first { $0.name == "Recovery" }
    return discrepancy(
      "recovery 5.21 s and 5.71 s",
      "\(seconds(query.span("recoveryStarted", "recoveryCompleted"))) from start to complete; "
        + "\(seconds(phase.map { $0.end - $0.start })) with the wait before it")
  }

  private var dataLoss: ReferenceTable.Discrepancy {
    let offline = query.first("interrupted")
    let sync = query.lastSync
    let risk = offline.flatMap { fault in sync.map { fault - $0.started } }
    let rate = query.run.scenario.world.workspace.dirtyRate
    return discrepancy(
      "last sync \"2 seconds before the failure, loss ZERO\"",
      "\(roundedSpan(sync?.completed, offline)) after it ended and \(seconds(risk)) after it began: "
        + "that much work is at risk; at the scenario's dirty rate of \(rate) "
        + "\(query.text("interrupted", "unsynced")) were not copied")
  }

  /// The categories are the report's own marks, not ours.
  private var score: ReferenceTable.Discrepancy {
    let card = PublishedCard.standbyReport
    let marks = card.marks.map { $0.score.text(decimals: 0) }.joined(separator: ", ")
    return discrepancy(
      "overall score \(card.stated)", "its six categories (\(marks)) average \(card.mean)")
  }

  private var boundaries: ReferenceTable.Discrepancy {
    var active = Duration.zero
    let script = query.scriptPhases.map { Figures.seconds($0.end, decimals: 1) }
    let activeTimes = query.scriptPhases.map { phase in
      active += phase.end - phase.start
      return Figures.seconds(active, decimals: 1)
    }
    return discrepancy(
      "timeline boundaries 2.0, 5.5, 6.6, 8.4, 10.9, 16.6, 18.6 as \"T=\"",
      "active time \(activeTimes.joined(separator: ", ")); in script time the phases end at "
        + script.joined(separator: ", "))
  }

  private var rsync: ReferenceTable.Discrepancy {
    let rate = DataRate.megabytesPerSecond(6)
    let workspace = ByteCount.megabytes(1_200)
    let interval = Duration.seconds(30)
    return discrepancy(
      "rsync at 6 MB/s, 1.2 GB every 30 s",
      "\(workspace) at \(rate) takes \(rate.duration(for: workspace).map(Figures.human) ?? "–"); "
        + "only a delta of \(rate.amount(in: interval)) fits into \(Figures.human(interval))")
  }
}
