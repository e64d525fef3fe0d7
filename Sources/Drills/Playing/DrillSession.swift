import Failover
import Foundation
import RealBackends
import Scenarios

/// One drill with everything around it: what it rents is written down before it is rented, and given back whatever
/// happens; and one that was killed is taken up where it was.
public struct DrillSession: Sendable {
  let scenario: Scenario
  let ground: any DrillGround
  let options: Drill.Options
  /// Told what is not in the drill's own log.
  let say: @Sendable (String) -> Void

  public init(
    _ scenario: Scenario, on ground: any DrillGround, options: Drill.Options,
    say: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.scenario = scenario
    self.ground = ground
    self.options = options
    self.say = say
  }

  /// Plays a drill, or the rest of one that was killed.
  ///
  /// - Returns: `nil` when one that was killed had been played and was being given back: it has been given back now.
  /// - Throws: what `Drill.play` throws; `JournalError`; `DrillFailure` when something could not be given back.
  public func play(_ progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> DrillResult? {
    let journal = try FileJournal(path: ground.journalPath)
    journal.notes.forEach(say)
    let run = try Self.run(of: journal) ?? Self.newRun()
    let backends = try ground.backends(for: run)
    let reconciliation = backends.reconciliation(
      of: run, in: journal, timeout: scenario.strategy.timeouts.api)
    if mark.isOver, try !journal.history(of: run).isEmpty {
      say("a drill was interrupted here while it was giving back what it had rented")
      try await giveBack(reconciliation, journal)
      return nil
    }
    try await ask(reconciliation, journal, run)
    let result: DrillResult
    do {
      result = try await play(journal, run, backends, reconciliation, progress)
    } catch {
      do {
        try await giveBack(reconciliation, journal)
      } catch let left {
        // Whoever hears only that the drill was stopped would think that everything has been given back.
        throw error is CancellationError ? left : DrillFailure("\(error); and \(left)")
      }
      throw error
    }
    try await giveBack(reconciliation, journal)
    return result
  }

  /// Before anything is rented, every provider is asked what the run has there: whoever is not let in, or has named a
  /// place that does not exist, hears it now.
  private func ask(_ reconciliation: Reconciliation, _ journal: FileJournal, _ run: RunID) async throws {
    guard try journal.history(of: run).isEmpty else { return }
    mark.remove()
    do {
      _ = try await reconciliation()
    } catch {
      // Nothing has been rented that it would have to speak of.
      try? FileManager.default.removeItem(atPath: journal.path)
      throw error
    }
  }

  private func play(
    _ journal: FileJournal, _ run: RunID, _ backends: Backends, _ reconciliation: Reconciliation,
    _ progress: @escaping @Sendable (Event) -> Void
  ) async throws -> DrillResult {
    let history = try journal.history(of: run)
    var resumption: Resumption?
    if !history.isEmpty {
      say("a drill was interrupted here: it is taken up where it was")
      let found = try await reconciliation()
      for resource in found.destroyed { say("\(resource.kind.rawValue) \(resource.id) had no use and is given back") }
      resumption = found
    }
    let ledger = ResourceLedger(
      journal: journal, history: try journal.history(of: run), doubts: resumption?.doubts ?? [])
    let ports = backends.ports.journaled(
      in: journal, ledger, marketplace: backends.marketplace, compute: backends.compute)
    var first = ground.existingGPU
    if first == nil, resumption == nil, case .drill = scenario.life {
      let instance = try await FirstGPU(strategy: scenario.strategy, ports: ports).rent()
      if let address = instance.address { try await ground.site.fillWorkspace(on: address) }
      first = instance.id
    }
    var drill = Drill(scenario, ports: ports, site: ground.site, firstGPU: first, options: options)
    drill.resumption = resumption
    drill.mark = mark
    return try await drill.play(progress: progress)
  }

  /// Gives back everything that the run has rented, even when the drill has been cancelled, and ends the journal.
  private func giveBack(_ reconciliation: Reconciliation, _ journal: FileJournal) async throws {
    // If it cannot be written, a drill that is killed now is taken up again: more is played, and nothing is forgotten.
    try? mark.setOver()
    say("giving back what was rented")
    // A task of its own is not cancelled with the drill.
    let cleared = try await Task { try await Self.clear(reconciliation) }.value
    guard cleared.problems.isEmpty else {
      throw DrillFailure(
        "not everything could be given back: \(cleared.problems.joined(separator: "; ")). "
          + "simulate-failover drill clean tries again")
    }
    try? FileManager.default.removeItem(atPath: journal.path)
    mark.remove()
  }

  private var mark: DrillMark { DrillMark(journal: ground.journalPath) }

  /// Tries three times: a provider may have a bad moment.
  static func clear(_ reconciliation: Reconciliation) async throws -> Resumption {
    for attempt in 1...2 {
      if let cleared = try? await reconciliation(keepsNothing: true), cleared.problems.isEmpty { return cleared }
      try await Task.sleep(for: .seconds(attempt), clock: .continuous)
    }
    return try await reconciliation(keepsNothing: true)
  }

  /// The run that a journal is of; `nil` for an empty one.
  static func run(of journal: FileJournal) throws -> RunID? {
    let entries = try journal.entries()
    return entries.isEmpty ? nil : try JournalHistory(entries).run
  }

  /// A name that no other run has.
  private static func newRun() -> RunID {
    RunID(String(UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12)))
  }
}

extension Backends {
  var ports: Ports {
    Ports(
      marketplace: marketplace, compute: compute, fileSync: fileSync, probe: probe, router: router,
      notifier: notifier, jitter: jitter, snapshots: snapshots, inference: inference, notices: notices,
      heartbeats: heartbeats, approver: approver)
  }

  /// - Parameter timeout: for each call.
  func reconciliation(of run: RunID, in journal: any Journal, timeout: Duration) -> Reconciliation {
    Reconciliation(
      marketplace: marketplace, compute: compute,
      snapshots: snapshots.map { Reconciliation.Inventory($0, prefix: run.snapshotLabel) }, journal: journal,
      timeout: timeout)
  }
}
