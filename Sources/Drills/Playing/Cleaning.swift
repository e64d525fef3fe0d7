import AsyncHTTPClient
import Failover
import Foundation
import RealBackends

/// Gives back what a drill that was killed has left at providers.
public struct Cleaning: Sendable {
  private let settings: BackendSettings
  private let environment: [String: String]

  public init(_ settings: BackendSettings, environment: [String: String]) {
    self.settings = settings
    self.environment = environment
  }

  /// - Parameter isDry: whether it is only listed.
  /// - Returns: a line for each thing that was found.
  /// - Throws: `JournalError`; `MissingSettings`; `PortError`; `DrillFailure` when something could not be given back.
  public func run(isDry: Bool) async throws -> [String] {
    guard FileManager.default.fileExists(atPath: settings.journalPath) else { return [] }
    let journal = try FileJournal(path: settings.journalPath)
    guard let run = try DrillSession.run(of: journal) else { return [] }
    let history = try journal.history(of: run)
    return try await AccountGround.with(
      settings, forCleaning: Self.parts(of: history, settings), environment: environment
    ) { ground in
      let backends = try ground.backends(for: run)
      if isDry { return try await list(backends, run) }
      let cleared = try await DrillSession.clear(
        backends.reconciliation(of: run, in: journal, timeout: Self.timeout))
      if let problem = cleared.problems.first { throw DrillFailure("not everything could be given back: \(problem)") }
      try? FileManager.default.removeItem(atPath: journal.path)
      DrillMark(journal: journal.path).remove()
      return cleared.destroyed.map { "gave back \($0.kind.rawValue) \($0.id)" }
    }
  }

  private func list(_ backends: Backends, _ run: RunID) async throws -> [String] {
    var found = try await backends.marketplace.resources(labelled: run.prefix, timeout: Self.timeout)
    found += try await backends.compute.resources(labelled: run.prefix, timeout: Self.timeout)
    if let snapshots = backends.snapshots {
      found += try await snapshots.resources(labelled: run.snapshotLabel, timeout: Self.timeout)
    }
    return found.map { "would give back \($0.kind.rawValue) \($0.id)" }
  }

  /// For each call.
  private static let timeout = Duration.seconds(60)

  /// What the journal speaks of, and the store whenever its settings are there.
  private static func parts(of history: JournalHistory, _ settings: BackendSettings) -> [BackendPart] {
    var parts: [BackendPart] = [.marketplace]
    let kinds = history.created.map(\.creation.kind) + history.unfinishedReleases.map(\.kind)
    if kinds.contains(.machine) || history.state.standby != nil { parts.append(.compute) }
    if history.snapshots != SnapshotChains() || settings.objectStore.bucket != nil { parts.append(.objectStore) }
    return parts
  }
}
