import Failover
import FailoverSim
import Foundation
import Lab
import Testing

@testable import RealBackends

/// A provider of standby machines, and what can be done to it.
struct ComputeStage: Sendable {
  var compute: any LabellingComputeProvider
  var passing: Passing
  var strike: @Sendable () async throws -> Void
  var relent: @Sendable () async throws -> Void
  /// The machines that exist, asked of the provider itself.
  var existing: @Sendable () async -> [InstanceID]

  static let machine = StandbyMachine(machineType: "e2-medium", isSpot: true, price: .free)
}

enum ComputeTrouble: String, Sendable, CaseIterable {
  /// The zone has no machine left.
  case stockOut
  case nonsense
  case silence
  /// The provider takes its spot machines back.
  case preemption

  fileprivate var fault: FaultKind {
    switch self {
    case .stockOut: .stockOut
    case .nonsense: .computeErrors(.one)
    case .silence: .partition(Way(.orchestrator, .compute))
    case .preemption: .standbyStopped
    }
  }
}

extension Arm {
  /// Runs `body` on a compute provider of this arm.
  func compute<Value: Sendable>(
    _ trouble: ComputeTrouble? = nil, _ body: @escaping @Sendable (ComputeStage) async throws -> Value
  ) async throws -> Value {
    try await require()
    switch self {
    case .simulated:
      return try SimulatedWorld.run(SimulatedWorld.model(), trouble.map { [$0.fault] } ?? []) { world, strike in
        try await body(
          ComputeStage(
            compute: LabelledCompute(world.ports().compute, in: world), passing: strike.passing,
            strike: { try await strike.begin() }, relent: { try await strike.end() },
            existing: { world.existing.filter { $0 != SimulatedWorld.gpu } }))
      }
    case .real: return try await Self.realCompute(trouble, body)
    }
  }

  private static func realCompute<Value: Sendable>(
    _ trouble: ComputeTrouble?, _ body: @escaping @Sendable (ComputeStage) async throws -> Value
  ) async throws -> Value {
    let configuration = ComputeConfiguration(operationTime: .milliseconds(20))
    let zone = configuration.zones[0]
    let server = try await ComputeServer.start(configuration)
    do {
      let compute = try GoogleComputeProvider(
        key: ServiceAccountKey(json: Array(server.keyFile), name: "the lab's key"),
        settings: GoogleSettings(project: configuration.project, zone: zone, baseURL: server.url))
      @Sendable func strike() async throws {
        var faults = ComputeFaults()
        switch trouble {
        case .stockOut: faults.stockOuts = [zone]
        case .nonsense: faults.server.htmlAnswers = .max
        case .silence: faults.server.delay = .seconds(30)
        case .preemption:
          for machine in await server.existing { try await server.preempt(machine.name, zone: zone) }
        case nil: break
        }
        await server.setFaults(faults)
      }
      let value = try await body(
        ComputeStage(
          compute: compute, passing: .real(), strike: strike, relent: { await server.setFaults(ComputeFaults()) },
          existing: { await server.existing.map { InstanceID($0.name) } }))
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }
}
