/// A compute provider in front of another one.
///
/// What it does not do itself the other one does, but only where nothing is paid for: whoever stands in front of
/// `create` and `delete` says himself what becomes of them, so that none of them is passed on by oversight.
package protocol ForwardingComputeProvider: ComputeProvider {
  /// The one behind it.
  var forwardsTo: any ComputeProvider { get }
}

extension ForwardingComputeProvider {
  public func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.start(id, timeout: timeout)
  }

  public func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.stop(id, timeout: timeout)
  }

  public func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await forwardsTo.describe(id, timeout: timeout)
  }
}

/// A marketplace in front of another one, which does what is not paid for.
package protocol ForwardingMarketplace: GPUMarketplace {
  /// The one behind it.
  var forwardsTo: any GPUMarketplace { get }
}

extension ForwardingMarketplace {
  public func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    try await forwardsTo.search(query, timeout: timeout)
  }

  public func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.start(id, timeout: timeout)
  }

  public func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.stop(id, timeout: timeout)
  }

  public func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await forwardsTo.describe(id, timeout: timeout)
  }
}
