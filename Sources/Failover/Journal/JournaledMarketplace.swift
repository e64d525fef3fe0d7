/// A marketplace every paid call of which is written down before it is made, and its answer after it.
public struct JournaledMarketplace: ForwardingMarketplace {
  private let market: any LabellingMarketplace
  private let ledger: ResourceLedger

  public init(_ market: any LabellingMarketplace, _ ledger: ResourceLedger) {
    self.market = market
    self.ledger = ledger
  }

  package var forwardsTo: any GPUMarketplace { market }

  public func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    let label = try ledger.begin(.instance(order))
    do throws(PortError) {
      let id = try await market.create(order, label: label.rawValue, timeout: timeout)
      ledger.created(label, id: id.rawValue)
      await ledger.settleDoubts(in: market, timeout: timeout)
      return id
    } catch {
      ledger.failed(label, error)
      throw error
    }
  }

  public func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    let label = try ledger.begin(.volume(size: size, machine: machine))
    do throws(PortError) {
      let id = try await market.createVolume(size: size, on: machine, label: label.rawValue, timeout: timeout)
      ledger.created(label, id: id.rawValue)
      return id
    } catch {
      ledger.failed(label, error)
      throw error
    }
  }

  public func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    ledger.beginRelease(.instance, id.rawValue)
    try await market.destroy(id, timeout: timeout)
    ledger.released(.instance, id.rawValue)
    await ledger.settleDoubts(in: market, timeout: timeout)
  }

  public func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    ledger.beginRelease(.volume, id.rawValue)
    try await market.deleteVolume(id, timeout: timeout)
    ledger.released(.volume, id.rawValue)
  }
}
