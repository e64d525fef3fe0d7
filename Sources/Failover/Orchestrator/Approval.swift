extension Orchestrator {
  /// Whether the strategy's ports are all there.
  ///
  /// - Throws: `PortMissing`.
  func checkPorts() throws(PortMissing) {
    if strategy.recovery.mode == .manual, ports.approver == nil { throw PortMissing("approver") }
    if strategy.standby?.mode == .onDemand, ports.snapshots == nil { throw PortMissing("snapshot store") }
    if strategy.heartbeat != nil { _ = try heartbeatSource() }
    if strategy.notice != nil { _ = try noticeSource() }
  }

  /// Asks a person whether a new GPU is to be fetched, where the strategy says so, and waits for the answer as long as it
  /// takes.
  func awaitApproval() async throws {
    guard strategy.recovery.mode == .manual else { return }
    guard let approver = ports.approver else { throw PortMissing("approver") }
    let request = "fetch a new GPU"
    record(.approvalRequested(request))
    var attempt = 0
    while true {
      do throws(PortError) {
        try await approver.approve(request)
        record(.approvalGiven(request))
        return
      } catch {
        try error.rethrowIfCancelled()
        attempt += 1
        try await sleep(for: strategy.recovery.retry.delay(after: attempt))
      }
    }
  }

  /// Where the strategy says that nothing is done about a lost GPU: lets things stay as they are until cancelled.
  func stayAsItIs() async throws {
    while true { try await sleep(for: .seconds(86_400)) }
  }
}
