/// A compute provider every paid call of which is written down before it is made, and its answer after it.
public struct JournaledComputeProvider: ForwardingComputeProvider {
  private let provider: any LabellingComputeProvider
  private let ledger: ResourceLedger

  public init(_ provider: any LabellingComputeProvider, _ ledger: ResourceLedger) {
    self.provider = provider
    self.ledger = ledger
  }

  package var forwardsTo: any ComputeProvider { provider }

  public func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    let label = try ledger.begin(.machine(machine))
    do throws(PortError) {
      let instance = try await provider.create(machine, label: label.rawValue, timeout: timeout)
      ledger.created(label, id: instance.id.rawValue)
      await ledger.settleDoubts(in: provider, timeout: timeout)
      return instance
    } catch {
      ledger.failed(label, error)
      throw error
    }
  }

  public func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    ledger.beginRelease(.machine, id.rawValue)
    try await provider.delete(id, timeout: timeout)
    ledger.released(.machine, id.rawValue)
    await ledger.settleDoubts(in: provider, timeout: timeout)
  }
}

extension Ports {
  /// The same ports with a journal, to which everything is written that a restart needs.
  ///
  /// - Parameter ledger: writes to the same journal.
  public func journaled(
    in journal: any Journal, _ ledger: ResourceLedger, marketplace: any LabellingMarketplace,
    compute: any LabellingComputeProvider
  ) -> Ports {
    var ports = self
    ports.journal = journal
    ports.marketplace = JournaledMarketplace(marketplace, ledger)
    ports.compute = JournaledComputeProvider(compute, ledger)
    return ports
  }
}
