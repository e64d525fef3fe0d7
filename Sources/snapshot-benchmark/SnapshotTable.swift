import Failover
import Foundation
import RealBackends

/// The outcome in words.
enum SnapshotTable {
  static func text(_ outcome: SnapshotBenchmark.Outcome) -> String {
    """
    \(outcome.save.whole.content) of content, \(outcome.stored) stored; medians; each stage alone, then all together
                      time        rate     processors  of it ours   memory
    \(block(outcome.save))

    \(block(outcome.restore))

      peak memory of this process: \(outcome.peakMemory.map { "\($0)" } ?? "unknown")
    """
  }

  private static func block(_ part: SnapshotBenchmark.Part) -> String {
    var lines = part.stages.map(line) + [line(part.whole)]
    lines.append(String(format: "  %.2f of the slowest stage alone", part.shareOfSlowest))
    let count = ProcessorTime.processors
    if let least = part.whole.leastDuration(processors: count), let machine = part.whole.processors.machine {
      let busy = least.inSeconds / max(part.whole.duration.inSeconds, 1e-9)
      lines.append(
        String(
          format: "  %d processors cannot do these %.2f s of work in less than %.2f s: they were busy for %.0f %% of the time",
          count, machine.inSeconds, least.inSeconds, busy * 100))
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ row: SnapshotBenchmark.Row) -> String {
    String(
      format: "  %@ %7.2f s %7.0f MB/s %@ %9.2f s %@",
      row.name.padding(toLength: 12, withPad: " ", startingAt: 0), row.duration.inSeconds, row.megabytesPerSecond,
      padded(row.processors.machine.map { String(format: "%.2f s", $0.inSeconds) } ?? "-", 11),
      row.processors.own.inSeconds, padded(row.peakMemory.map { "\($0)" } ?? "-", 10))
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
