extension Orchestrator {
  /// Starts the GPU that stands by and sends users there.
  ///
  /// - Returns: whether it serves; `false` also when there is no warm pool that could be used.
  func failOverToWarmGPU() async throws -> Bool { false }

  /// Creates and keeps a stopped GPU beside the serving one.
  func keepWarmPool() async throws {}

  /// What is rented for `offer`: with the pool's volume where there is one.
  func order(for offer: Offer) async throws(PortError) -> InstanceOrder { InstanceOrder(offer) }
}
