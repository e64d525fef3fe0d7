import CommandSupport
import Foundation
import Scenarios
import Synchronization

/// What a person is told while a tuning goes on: on a terminal one line, otherwise a line for every round. A cell
/// that cannot be played is told of at once.
final class TuneProgress: Sendable {
  private struct State {
    var round = 0
    var cells = 0
    var replications = 0
    var lastLine: ContinuousClock.Instant?
  }

  private let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let line: ProgressLine
  private let started = ContinuousClock.now
  private let state = Mutex(State())

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    line = ProgressLine(isOn: !isQuiet)
  }

  func finish() { line.clear() }

  func tell(_ event: TuningEvent) {
    state.withLock { state in
      switch event {
      case .round(let cells, let replications):
        state.round += 1
        state.cells = cells
        if !isQuiet, !isTerminal, ContinuousClock.now - started > .seconds(1) {
          Exit.say("round \(state.round): \(cells) cells, up to \(replications) replications each")
        }
      case .replication: state.replications += 1
      case .failed(let cell, let message):
        line.clear()
        for text in message.split(separator: "\n") { Exit.say("cell \(cell): \(text)") }
      }
      let now = ContinuousClock.now
      guard isTerminal, !isQuiet, now - started > .seconds(1),
        state.lastLine.map({ now - $0 > .milliseconds(100) }) ?? true
      else { return }
      state.lastLine = now
      line.show("round \(state.round): \(state.cells) cells, \(state.replications) replications so far")
    }
  }
}
