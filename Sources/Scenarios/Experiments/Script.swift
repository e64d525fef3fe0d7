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

/// Plays a drill's script: calls the orchestrator's own operations in the order written down.
struct Script {
  let orchestrator: Orchestrator<VirtualClock>
  let world: World

  func play(_ parts: [ScriptPart]) async throws {
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
    case .adoptPrimary: try await orchestrator.adoptPrimary(world.model.gpu.id)
    case .createStandby: try await orchestrator.createStandby()
    case .openEndpoint: try await orchestrator.openEndpoint()
    case .sync: try await orchestrator.sync()
    case .saveSnapshot: try await orchestrator.saveSnapshot()
    case .checkHealth: try await orchestrator.checkHealth()
    case .interrupt:
      if let id = orchestrator.snapshot.primary?.id { world.interrupt(id, cause: "spot interruption") }
    case .failOver: try await orchestrator.failOver()
    case .standDown: try await orchestrator.standDown()
    case .searchOffer: try await orchestrator.searchOffer()
    case .provision: try await orchestrator.provision()
    case .awaitSSH: try await orchestrator.awaitSSH()
    case .restore: try await orchestrator.restore()
    case .checkInference: try await orchestrator.checkInference()
    case .failBack: try await orchestrator.failBack()
    case .giveBackUnused: try await orchestrator.giveBackUnused()
    }
  }

  private func record(_ kind: EventKind) {
    let now = VirtualClock.Instant.start.duration(to: orchestrator.clock.now)
    orchestrator.log.record(kind, on: .script, at: now)
  }
}
