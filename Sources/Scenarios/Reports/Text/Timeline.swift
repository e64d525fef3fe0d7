import Failover
import Foundation

/// The log as a story: absolute time, time since the phase or the fault began, who, what.
struct Timeline {
  let style: Style
  /// Whether times are seconds with two decimals (a drill) or days and hours (a long run).
  let isDrill: Bool

  /// The events of a drill, under the headings of its phases.
  func drill(_ events: [Event]) -> [String] {
    var lines: [String] = []
    var phaseStart = Duration.zero
    for (index, event) in events.enumerated() {
      switch event.kind {
      case .scriptPhaseStarted(let name):
        phaseStart = event.time
        let end = events[index...].first { $0.kind == .scriptPhaseEnded(name) }?.time ?? event.time
        lines.append("")
        lines.append(
          "  \(style(name, .heading)) \(style("(\(Figures.seconds(end - phaseStart)) s)", .faint))")
      case .scriptPhaseEnded: continue
      default: lines.append(line(event, since: phaseStart))
      }
    }
    return lines
  }

  /// The events from `start` to `end`, timed from `origin`.
  func excerpt(_ events: [Event], from start: Duration, to end: Duration, origin: Duration) -> [String] {
    events.filter { $0.time >= start && $0.time <= end && !$0.kind.isPhaseChange }
      .map { line($0, since: origin) }
  }

  private func line(_ event: Event, since origin: Duration) -> String {
    let time = isDrill ? Figures.seconds(event.time) + " s" : Figures.clock(event.time)
    let relative = "+" + Figures.seconds(event.time - origin, decimals: isDrill ? 2 : 1) + " s"
    let sentence = event.kind.sentence
    return "  " + pad(time, isDrill ? 9 : 14) + style(pad(relative, isDrill ? 9 : 12), .faint) + "  "
      + style(padRight(event.lane.description, 17), .faint) + " "
      + (event.kind.tone.map { style(sentence, $0) } ?? sentence)
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func padRight(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension Event {
  /// For somebody who looks on while it happens: the time, who, what.
  package var line: String {
    let time = Figures.seconds(time) + " s"
    return String(repeating: " ", count: max(0, 9 - time.count)) + time + "  "
      + lane.description.padding(toLength: max(17, lane.description.count), withPad: " ", startingAt: 0) + " "
      + kind.sentence
  }
}

extension EventKind {
  /// In a long story the sentences around it say the same.
  fileprivate var isPhaseChange: Bool {
    if case .phaseChanged = self { true } else { false }
  }
}
