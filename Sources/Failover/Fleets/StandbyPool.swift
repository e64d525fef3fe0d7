import Synchronization

/// A few CPU standbys that keep copies of many workspaces between them.
///
/// Every workspace has its copy on one machine, in turn: of M workspaces and N machines, workspace w is with machine
/// w mod N. A machine keeps any number of copies, but only so many workspaces can work on it at once; a workspace that
/// finds its machine taken has nobody to serve it until a GPU does. Machines are created when the first workspace asks,
/// and given back when the last one has let go.
public final class StandbyPool: Sendable {
  /// How many machines there are.
  public let machines: Int
  /// How many workspaces a machine can serve at once.
  public let servesAtOnce: Int

  private let state: Mutex<State>

  /// - Parameters:
  ///   - machines: at least 1.
  ///   - servesAtOnce: at least 1.
  public init(machines: Int, servesAtOnce: Int = 1) {
    self.machines = max(1, machines)
    self.servesAtOnce = max(1, servesAtOnce)
    state = Mutex(State(places: Array(repeating: Place(), count: max(1, machines))))
  }

  /// What a workspace's orchestrator reaches the pool through, in place of the provider and beside it.
  ///
  /// - Parameter workspace: its number, from 0.
  public func share(of workspace: Int, at provider: any ComputeProvider) -> StandbyShare {
    StandbyShare(pool: self, workspace: workspace, provider: provider)
  }

  /// The workspaces that have a machine, in the order in which they got it.
  public func holders(of id: InstanceID) -> [Int] {
    state.withLock { state in state.held.filter { $0.machine == id }.map(\.workspace) }
  }

  private struct State {
    var places: [Place]
    /// Who has which machine. A workspace has two while it replaces one that it still has to give back.
    var held: [(workspace: Int, machine: InstanceID)] = []
    /// Who works on which machine.
    var working: [(workspace: Int, machine: InstanceID)] = []
    var tickets = 0
  }

  /// A machine of the pool, or its absence.
  private struct Place {
    var machine: Instance?
    var isBeingCreated = false
    var waiting: [(ticket: Int, continuation: CheckedContinuation<Outcome, Never>)] = []
  }

  typealias Outcome = Result<Instance, PortError>

  // MARK: Creating

  enum Admission {
    case machine(Instance)
    /// Somebody else creates it.
    case wait
    case create
  }

  /// What a workspace that needs a machine is to do. One that has had the machine of its place already asks because that
  /// one is no good any more.
  func admit(_ workspace: Int) -> Admission {
    state.withLock { state in
      let place = workspace % state.places.count
      if state.places[place].isBeingCreated { return .wait }
      if let machine = state.places[place].machine,
        !state.held.contains(where: { $0.workspace == workspace && $0.machine == machine.id })
      {
        state.held.append((workspace, machine.id))
        return .machine(machine)
      }
      state.places[place].isBeingCreated = true
      return .create
    }
  }

  /// The machine of a workspace's place has been created, or could not be.
  func created(_ outcome: Outcome, for workspace: Int) {
    let waiting = state.withLock { state in
      let place = workspace % state.places.count
      state.places[place].isBeingCreated = false
      if case .success(let machine) = outcome {
        state.places[place].machine = machine
        state.held.append((workspace, machine.id))
      }
      defer { state.places[place].waiting = [] }
      return state.places[place].waiting
    }
    for (_, continuation) in waiting { continuation.resume(returning: outcome) }
  }

  /// Waits until somebody else has created the machine of a workspace's place, or has failed to.
  func creation(for workspace: Int) async -> Outcome {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    let place = workspace % machines
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard state.places[place].isBeingCreated, !Task.isCancelled else { return true }
          state.places[place].waiting.append((ticket, continuation))
          return false
        }
        if isOver { continuation.resume(returning: .failure(PortError(.cancelled, "waiting for the standby"))) }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        let index = state.places[place].waiting.firstIndex { $0.ticket == ticket }
        return index.map { state.places[place].waiting.remove(at: $0) }
      }
      waiting?.continuation.resume(returning: .failure(PortError(.cancelled, "waiting for the standby")))
    }
  }

  /// A workspace needs a machine no more.
  ///
  /// - Returns: whether nobody needs it any more, so that it is to be deleted.
  func release(_ id: InstanceID, from workspace: Int) -> Bool {
    state.withLock { state in
      let others = state.held.contains { $0.machine == id && $0.workspace != workspace }
      if others {
        state.held.removeAll { $0.machine == id && $0.workspace == workspace }
      } else {
        for place in state.places.indices where state.places[place].machine?.id == id {
          state.places[place].machine = nil
        }
      }
      return !others
    }
  }

  // MARK: Working

  func takeSeat(_ workspace: Int, on id: InstanceID) -> Bool {
    state.withLock { state in
      let others = state.working.count { $0.machine == id && $0.workspace != workspace }
      guard others < servesAtOnce else { return false }
      state.working.removeAll { $0.workspace == workspace }
      state.working.append((workspace, id))
      return true
    }
  }

  func leaveSeat(_ workspace: Int) {
    state.withLock { $0.working.removeAll { $0.workspace == workspace } }
  }
}
