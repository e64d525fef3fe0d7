/// Ways to learn that the serving GPU is gone besides asking after its health.
extension Orchestrator {
  /// The watchers of the strategy other than health checks; each returns when the GPU is, or is going to be, gone. Where
  /// nothing at all would tell, one that never returns.
  var otherWatchers: [@Sendable () async throws -> Void] {
    var watchers: [@Sendable () async throws -> Void] = []
    if strategy.heartbeat != nil { watchers.append { try await self.listen() } }
    if strategy.notice != nil { watchers.append { try await self.awaitNotice() } }
    if !strategy.detectsFaults { watchers.append { try await self.stayAsItIs() } }
    return watchers
  }

  // MARK: Heartbeats

  /// Listens for the heartbeats of the serving GPU until they have stayed away for too long. Nothing is asked and nothing
  /// polled: it waits for the next heartbeat or for the instant at which suspicion arises, whichever comes first.
  ///
  /// A receiver that fails has heard nothing; it is tried again after an interval, or when suspicion arises.
  func listen() async throws {
    guard let policy = strategy.heartbeat else { return }
    let source = try heartbeatSource()
    let (primary, _) = try serving(.gpu)
    var detector = HeartbeatDetector(policy)
    detector.begin(at: now)
    while let deadline = detector.suspectAt, deadline > now {
      do throws(PortError) {
        if try await source.next(from: primary, timeout: deadline - now) { detector.heartbeat(at: now) }
      } catch {
        try error.rethrowIfCancelled()
        try await sleep(for: min(policy.interval, max(.zero, deadline - now)))
      }
    }
    noteFault(of: primary, .silence(detector.silence(at: now) ?? .zero))
  }

  // MARK: Notices

  /// Waits for the provider's notice that the serving GPU is going to be taken away.
  func awaitNotice() async throws {
    guard let policy = strategy.notice else { return }
    let source = try noticeSource()
    let (primary, _) = try serving(.gpu)
    while true {
      do throws(PortError) {
        let notice = try await source.notice(for: primary, pollInterval: policy.pollInterval)
        record(.noticeReceived(notice), on: .gpu(primary))
        update { [now] in $0.notice = (notice.instance, now + notice.lead) }
        return
      } catch {
        try error.rethrowIfCancelled()
        try await sleep(for: policy.pollInterval)
      }
    }
  }

  /// Where it was a notice that ended the watch: saves what can still be saved, then calls the GPU down.
  ///
  /// By now syncs and snapshots under way have been cancelled, so that the last one has the line to itself. Users stay on
  /// the GPU meanwhile, and what they write after the beginning of the last one is lost.
  func useLeadTime() async throws {
    guard let policy = strategy.notice, let notice = update({ $0.takeNotice() }) else { return }
    if policy.usesLeadTime { try await saveLast(until: notice.end) }
    noteFault(of: notice.instance, .notice)
  }

  /// A last sync where a standby runs; where there is none, or it could not be filled in time, a last snapshot. Neither
  /// takes longer than the GPU is going to last.
  private func saveLast(until end: Duration) async throws {
    if strategy.standby?.mode == .running, snapshot.standby != nil, end > now {
      if try await syncOnce(within: end - now) == nil { return }
    }
    if strategy.snapshots != nil, end > now { try await saveSnapshot(within: end - now) }
  }

  // MARK: What it needs

  func heartbeatSource() throws(PortMissing) -> any HeartbeatSource {
    guard let source = ports.heartbeats else { throw PortMissing("heartbeat source") }
    return source
  }

  func noticeSource() throws(PortMissing) -> any NoticeSource {
    guard let source = ports.notices else { throw PortMissing("notice source") }
    return source
  }
}

extension OrchestratorState {
  /// The notice that ended the watch; `nil` when something else did, or had noted the fault before.
  fileprivate mutating func takeNotice() -> (instance: InstanceID, end: Duration)? {
    defer { notice = nil }
    return isDownNoted ? nil : notice
  }
}
