import Failover

extension VastMarketplace: NoticeSource {
  /// For one question; a lost one is asked again at the next interval.
  private static let questionTimeout = Duration.seconds(30)

  /// Returns once the instance has been outbid. Vast.ai warns nobody beforehand, so there is no time left by then; but
  /// the interface often tells it before health checks have failed often enough.
  ///
  /// Troubles that may pass are waited out, and an instance that is gone gives no notice any more.
  ///
  /// - Throws: `.unauthorized`, `.refused`, `.cancelled`.
  public func notice(
    for id: InstanceID, pollInterval: Duration
  ) async throws(PortError) -> InterruptionNotice {
    while true {
      do throws(PortError) {
        if try await show(id, timeout: Self.questionTimeout).state.isTakenAway {
          return InterruptionNotice(instance: id, lead: .zero)
        }
      } catch {
        guard error.isPassing || error.reason == .notFound else { throw error }
      }
      // Not zero: an interface that answers at once must not be asked in a circle.
      try await time.pause(max(pollInterval, .milliseconds(1)), "notice for \(id)")
    }
  }
}
