import CommandSupport
import Drills
import Foundation
import Scenarios

/// Keeps how a drill went in the history.
struct DrillKeeper: Sendable {
  let scenario: Scenario
  let place: DrillRecord.Place
  /// The history's file; `nil` keeps nothing.
  let path: String?

  init(_ scenario: Scenario, _ place: DrillRecord.Place, _ path: String?) {
    self.scenario = scenario
    self.place = place
    self.path = path
  }

  /// Plays a drill, and adds it to the history however it ends; one that is stopped on purpose is no failure and is not
  /// kept.
  func keeping(_ play: () async throws -> DrillResult?) async throws -> DrillResult? {
    do {
      let result = try await play()
      if let result { keep(DrillRecord(result, of: scenario, at: place, endedAt: Self.now)) }
      return result
    } catch {
      if !(error is CancellationError), !Task.isCancelled {
        keep(DrillRecord(failure: "\(error)", of: scenario, at: place, endedAt: Self.now))
      }
      throw error
    }
  }

  private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

  /// A history that cannot be written takes nobody's result away.
  private func keep(_ record: DrillRecord) {
    guard let path else { return }
    do { try DrillHistory(path: path).append(record) } catch { Exit.say("warning: \(error)") }
  }
}
