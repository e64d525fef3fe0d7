import Failover
import Synchronization

/// Heartbeats as changes of a file on the machine; see `HeartbeatFile`.
///
/// A small script waits on the machine for the next change, so that a heartbeat is known a moment after it was made
/// and one connection serves for one heartbeat. What was there at the first look counts for nothing: it may have been
/// left by a workload that died. A machine that cannot be reached is tried again until the time is over, since
/// silence is what the caller measures.
public final class HeartbeatFileSource: HeartbeatSource {
  /// Where an instance answers; `nil` when that is not known (yet).
  public typealias AddressLookup = @Sendable (InstanceID) async throws(PortError) -> HostAddress?

  private let file: HeartbeatFile
  private let retryInterval: Duration
  private let address: AddressLookup
  /// What was seen last, by instance: the file's time and number.
  private let seen = Mutex<[InstanceID: String]>([:])
  /// Where instances answered last.
  private let known = Mutex<[InstanceID: HostAddress]>([:])

  /// - Parameters:
  ///   - retryInterval: the pause before a machine that could not be reached is tried again; greater than zero.
  ///   - address: asked at first, and again whenever a machine has been silent or could not be reached: one that has been
  ///     started anew may have moved. Not for every heartbeat, since providers want few questions.
  public init(
    _ file: HeartbeatFile, retryInterval: Duration = .seconds(1), address: @escaping AddressLookup
  ) {
    self.file = file
    self.retryInterval = retryInterval
    self.address = address
  }

  /// - Throws: `.unauthorized`, `.notFound` and the like when waiting longer would change nothing; `.cancelled`.
  public func next(from id: InstanceID, timeout: Duration) async throws(PortError) -> Bool {
    do throws(PortError) {
      let now = try await withTimeout(timeout, "heartbeat of \(id)") { [self] () throws(PortError) in
        try await nextChange(of: id, within: timeout)
      }
      seen.withLock { $0[id] = now }
      return true
    } catch {
      known.withLock { $0[id] = nil }
      if error.reason == .timedOut { return false }
      throw error
    }
  }

  /// Returns when there is one; the caller cancels it when the time is over.
  private func nextChange(of id: InstanceID, within timeout: Duration) async throws(PortError) -> String {
    while true {
      do throws(PortError) {
        var host = known.withLock { $0[id] }
        if host == nil { host = try await address(id) }
        if let host {
          try host.validate()
          known.withLock { $0[id] = host }
          return try await nextChange(of: id, on: host, within: timeout)
        }
      } catch {
        known.withLock { $0[id] = nil }
        guard error.isPassing, error.reason != .invalidAnswer else { throw error }
      }
      do { try await Task.sleep(for: retryInterval) } catch { throw PortError(.cancelled, "heartbeat of \(id)") }
    }
  }

  private func nextChange(
    of id: InstanceID, on host: HostAddress, within timeout: Duration
  ) async throws(PortError) -> String {
    let what = "heartbeat of \(id) on \(host)"
    let shell = RemoteShell(file.ssh)
    var last = seen.withLock { $0[id] }
    if last == nil {
      let look = try await shell.run(["sh", "-c", HeartbeatScript.look, "heartbeat", file.path], on: host)
      let first = try HeartbeatScript.output(of: look, what, path: file.path).first ?? ""
      seen.withLock { $0[id] = first }
      last = first
    }
    let result = try await shell.runLeased(
      ["sh", "-c", HeartbeatScript.change, "heartbeat", file.path, last ?? ""], on: host, limit: timeout)
    guard result.exitCode == 0, let now = result.output.first else { throw ProgramFailure.error(result, what) }
    return now
  }
}
