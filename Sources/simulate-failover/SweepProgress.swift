import CommandSupport
import Failover
import Foundation
import Scenarios
import Synchronization

/// What a person is told while a sweep goes on: on a terminal one line with the time left, otherwise a line for every tenth
/// of the cells. A cell that cannot be played is told of at once.
final class SweepProgress: Sendable {
  private struct State {
    var replications = 0
    /// Those that were played now and not taken from a record.
    var played = 0
    var failed = 0
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

  init(_ sweep: Sweep, recorded: Int, isQuiet: Bool) {
    self.sweep = sweep
    self.recorded = recorded
    self.isQuiet = isQuiet
    line = ProgressLine(isOn: !isQuiet)
    if recorded > 0, !isQuiet { Exit.say("\(recorded) of \(sweep.cells.count) cells were finished before") }
  }

  func tell(_ event: SweepEvent) {
    state.withLock { state in
      switch event {
      case .replication: state.replications += 1
      case .finished(_, isRecorded: true): return
      case .finished(let cell, _):
        state.played += 1
        if let failure = cell.failure {
          state.failed += 1
          line.clear()
          for text in failure.split(separator: "\n") { Exit.say("cell \(cell.number): \(text)") }
        }
      }
      show(&state)
    }
  }

  func finish() { line.clear() }

  private func show(_ state: inout State) {
    let now = ContinuousClock.now
    guard !isQuiet, now - started > .seconds(1) else { return }
    let done = state.played + recorded
    if isTerminal {
      guard state.lastLine.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
      state.lastLine = now
      line.show(text(state, done, now))
    } else if done * 10 / sweep.cells.count > state.milestone {
      state.milestone = done * 10 / sweep.cells.count
      if done < sweep.cells.count { Exit.say(text(state, done, now)) }
    }
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
