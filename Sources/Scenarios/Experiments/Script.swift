import Failover
import FailoverSim

/// A step of a drill could not be carried out.
public struct ScriptFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The script's phase.
  public var phase: String
  public var action: ScriptAction
  public var reason: String

  public var description: String { "script, phase '\(phase)', step '\(action.rawValue)': \(reason)" }
}

/// What a script asks of the world itself, simulated or real.
public protocol Stagehand: Sendable {
  /// The GPU that serves at the beginning.
  var firstGPU: InstanceID { get }

  /// Takes a GPU away.
  func interrupt(_ id: InstanceID, cause: String) async throws
}

extension World: Stagehand {
  public var firstGPU: InstanceID { model.gpu.id }
}

/// Plays a drill's script, on whatever clock: calls the orchestrator's own operations in the order written down.
public struct Script<C: Clock> where C.Duration == Duration {
  let orchestrator: Orchestrator<C>
  let stagehand: any Stagehand

  public init(orchestrator: Orchestrator<C>, stagehand: any Stagehand) {
    self.orchestrator = orchestrator
    self.stagehand = stagehand
  }

  /// - Throws: `ScriptFailure`; `CancellationError`.
  public func play(_ parts: [ScriptPart]) async throws {
    for part in parts {
      switch part {
      case .phase(let name, let steps):
        record(.scriptPhaseStarted(name))
        try await play(steps, of: name)
        record(.scriptPhaseEnded(name))
      case .pause(let waits):
        for wait in waits { try await orchestrator.clock.sleep(for: wait) }
      }
    }
  }

  private func play(_ steps: [ScriptStep], of phase: String) async throws {
    for step in steps {
      switch step {
      case .wait(let duration): try await orchestrator.clock.sleep(for: duration)
      case .note(let text): record(.note(text))
      case .repeat(let count, let steps):
        for _ in 0..<count { try await play(steps, of: phase) }
      case .perform(let action):
        do {
          try await perform(action)
        } catch {
          throw ScriptFailure(phase: phase, action: action, reason: "\(error)")
        }
      }
    }
  }

  private func perform(_ action: ScriptAction) async throws {
    switch action {
    case .adoptPrimary: try await orchestrator.adoptPrimary(stagehand.firstGPU)
    case .createStandby: try await orchestrator.createStandby()
    case .openEndpoint: try await orchestrator.openEndpoint()
    case .sync: try await orchestrator.sync()
    case .saveSnapshot: try await orchestrator.saveSnapshot()
    case .checkHealth: try await orchestrator.checkHealth()
    case .interrupt:
      if let id = orchestrator.snapshot.primary?.id { try await stagehand.interrupt(id, cause: "spot interruption") }
    case .failOver: try await orchestrator.failOver()
    case .standDown: try await orchestrator.standDown()
    case .searchOffer: try await orchestrator.searchOffer()
    case .provision: try await orchestrator.provision()
    case .awaitSSH: try await orchestrator.awaitSSH()
    case .restore: try await orchestrator.restore()
    case .checkInference: try await orchestrator.checkInference()
    case .failBack: try await orchestrator.failBack()
    case .giveBackUnused: try await orchestrator.giveBackUnused()
    case .setUpWarmPool: try await orchestrator.prepare(primary: nil)
    case .warmPoolStatus: record(.note("warm pool: \(orchestrator.snapshot.warmPool.summary)"))
    case .findMachines: record(.note(try await machines()))
    case .provisionWarmGPU: try await orchestrator.provisionWarmStandby()
    case .failOverToWarmGPU: try await orchestrator.failOverToWarmGPU()
    case .disableWarmPool: try await orchestrator.disableWarmPool()
    case .enableWarmPool: try orchestrator.enableWarmPool()
    }
  }

  /// Which machines could hold the pool now, in a few words.
  private func machines() async throws -> String {
    let found = try await orchestrator.findMachines().map { "\($0.machine) (\($0.offers.count) free GPUs)" }
    return found.isEmpty ? "no machine can hold the pool" : "the pool could be on \(found.joined(separator: ", "))"
  }

  private func record(_ kind: EventKind) {
    let now = orchestrator.origin.duration(to: orchestrator.clock.now)
    orchestrator.log.record(kind, on: .script, at: now)
  }
}

extension WarmPoolStatus {
  /// In a few words, such as `active on machine 88888, volume volume-1, GPU 1002 stopped, 0 failovers`.
  var summary: String {
    let parts = [
      machine.map { "\(state.rawValue) on machine \($0)" } ?? state.rawValue, volume.map { "volume \($0)" },
      standby.map { "GPU \($0.id) stopped" }, "\(failovers) failovers",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
