import CommandSupport
import Failover
import Foundation
import Scenarios
import Synchronization

/// What a person is told while cells are played. On a terminal that is one line; otherwise it is a line for every tenth of
/// a sweep's cells, or for every round of a tuning. A cell that cannot be played is told of at once.
final class CellProgress: Sendable {
  private struct State {
    var replications = 0
    /// Cells of a sweep that were played now and not taken from a record.
    var played = 0
    var failed = 0
    /// Of a tuning, with the cells that are still in.
    var round = 0
    var cellsOfRound = 0
    var lastLine: ContinuousClock.Instant?
    var milestone = 0
  }

  private let sweep: Sweep
  private let recorded: Int
  private let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let line: ProgressLine
  private let started = ContinuousClock.now
  private let state = Mutex(State())

  /// - Parameter recorded: cells that an earlier run has finished.
  init(_ sweep: Sweep, recorded: Int = 0, isQuiet: Bool) {
    self.sweep = sweep
    self.recorded = recorded
    self.isQuiet = isQuiet
    line = ProgressLine(isOn: !isQuiet)
    if recorded > 0, !isQuiet { Exit.say("\(recorded) of \(sweep.cells.count) cells were finished before") }
  }

  func finish() { line.clear() }

  func tell(_ event: SweepEvent) {
    state.withLock { state in
      switch event {
      case .replication: state.replications += 1
      case .finished(_, isRecorded: true): return
      case .finished(let cell, _):
        state.played += 1
        if let failure = cell.failure {
          state.failed += 1
          sayFailed(cell.number, failure)
        }
      }
      guard let now = momentToSpeak() else { return }
      let done = state.played + recorded
      if isTerminal {
        show(text(state, done, now), &state, now)
      } else if done * 10 / sweep.cells.count > state.milestone {
        state.milestone = done * 10 / sweep.cells.count
        if done < sweep.cells.count { Exit.say(text(state, done, now)) }
      }
    }
  }

  func tell(_ event: TuningEvent) {
    state.withLock { state in
      let now = momentToSpeak()
      switch event {
      case .round(let cells, let replications):
        state.round += 1
        state.cellsOfRound = cells
        if now != nil, !isTerminal {
          Exit.say("round \(state.round): \(cells) cells, up to \(replications) replications each")
        }
      case .replication: state.replications += 1
      case .failed(let cell, let message): sayFailed(cell, message)
      }
      guard isTerminal, let now else { return }
      show("round \(state.round): \(state.cellsOfRound) cells, \(state.replications) replications so far", &state, now)
    }
  }

  private func sayFailed(_ cell: Int, _ message: String) {
    line.clear()
    for text in message.split(separator: "\n") { Exit.say("cell \(cell): \(text)") }
  }

  /// The time, or `nil` while nobody need be told: whoever waits less than a second.
  private func momentToSpeak() -> ContinuousClock.Instant? {
    let now = ContinuousClock.now
    return !isQuiet && now - started > .seconds(1) ? now : nil
  }

  private func show(_ text: String, _ state: inout State, _ now: ContinuousClock.Instant) {
    guard state.lastLine.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    state.lastLine = now
    line.show(text)
  }

  private func text(_ state: State, _ done: Int, _ now: ContinuousClock.Instant) -> String {
    "\(done) of \(sweep.cells.count) cells, \(state.replications) replications"
      + (left(state, now).map { ", about \(Self.rounded($0)) left" } ?? "")
  }

  /// By what has been played: the replications where their number is known, otherwise the cells.
  private func left(_ state: State, _ now: ContinuousClock.Instant) -> Duration? {
    let cells = sweep.cells.count - recorded
    let (done, all) = sweep.rule.precision == nil
      ? (state.replications, (cells - state.failed) * sweep.rule.limit) : (state.played, cells)
    guard done > 0, all >= done else { return nil }
    return (now - started) / done * (all - done)
  }

  private static func rounded(_ time: Duration) -> String {
    let seconds = time.components.seconds
    return switch seconds {
    case ..<90: "\(seconds) s"
    case ..<5_400: "\((seconds + 30) / 60) min"
    default: "\((seconds + 1_800) / 3_600) h"
    }
  }
}
