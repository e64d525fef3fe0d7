import Failover

/// The GPU that serves a workspace at the start.
struct GPUAtStart {
  let workspace: Int
  let id: InstanceID
  let address: HostAddress
  let machine: MachineID
}

extension WorldModel {
  /// One a workspace, each on a machine of its own; none where the orchestrator rents the first one, too.
  var gpusAtStart: [GPUAtStart] {
    guard gpu.isRentedAtStart else { return [] }
    return (0..<workspaces).map { number in
      guard number > 0 else { return GPUAtStart(workspace: 0, id: gpu.id, address: gpu.address, machine: gpu.machine) }
      let suffix = "-\(number + 1)"
      return GPUAtStart(
        workspace: number, id: InstanceID(gpu.id.rawValue + suffix),
        address: HostAddress(host: "\(number + 1).\(gpu.address.host)", port: gpu.address.port),
        machine: MachineID(gpu.machine.rawValue + suffix))
    }
  }

  /// Who serves a workspace at the start; `nil` where the orchestrator rents its first GPU.
  ///
  /// - Parameter workspace: its number, from 0.
  public func primary(of workspace: Int) -> InstanceID? {
    gpusAtStart.first { $0.workspace == workspace }?.id
  }

  /// Where a workspace lives, on GPUs as on standbys.
  ///
  /// - Parameter workspace: its number, from 0; the first one has the path of the model.
  public func path(of workspace: Int) -> String {
    workspace == 0 ? self.workspace.path : "\(self.workspace.path)-\(workspace + 1)"
  }
}
