extension Orchestrator {
  /// Asks a person whether a new GPU is to be fetched, where the strategy says so.
  func awaitApproval() async throws {}
}
