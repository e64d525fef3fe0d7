/// One workspace's share of a pool of standbys: it is used like a provider of machines, and gives what the others gave up
/// or created, too.
public struct StandbyShare: ForwardingComputeProvider, StandbySeats {
  let pool: StandbyPool
  let workspace: Int
  let provider: any ComputeProvider

  package var forwardsTo: any ComputeProvider { provider }

  public func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    switch pool.admit(workspace) {
    case .machine(let shared): return shared
    case .create: return try await order(machine, timeout)
    case .wait:
      do throws(PortError) {
        _ = try await pool.creation(for: workspace).get()
      } catch {
        // Only this workspace's own cancellation ends what it does.
        guard error.reason == .cancelled, !Task.isCancelled else { throw error }
        throw PortError(.refused, "whoever was creating the standby has given up")
      }
      if case .machine(let shared) = pool.admit(workspace) { return shared }
      throw PortError(.refused, "the standby is gone already")
    }
  }

  private func order(_ machine: StandbyMachine, _ timeout: Duration) async throws(PortError) -> Instance {
    do throws(PortError) {
      let created = try await provider.create(machine, timeout: timeout)
      pool.created(.success(created), for: workspace)
      return created
    } catch {
      pool.created(.failure(error), for: workspace)
      throw error
    }
  }

  /// Gives up this workspace's share; the machine goes with the last one.
  public func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    if pool.release(id, from: workspace) { try await provider.delete(id, timeout: timeout) }
  }

  public func take(on id: InstanceID) -> Bool { pool.takeSeat(workspace, on: id) }

  public func leave() { pool.leaveSeat(workspace) }
}
