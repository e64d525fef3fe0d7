import Failover
import Testing

/// What every provider of standby machines does, simulated or real.
@Suite struct ComputeProviderTests {
  private static let machine = ComputeStage.machine
  private static let nobody = InstanceID("nobody")

  @Test(arguments: Arm.allCases)
  func `a machine runs when it has been created, and is gone when it is deleted`(arm: Arm) async throws {
    try await arm.compute { stage in
      let made = try await stage.compute.create(Self.machine, timeout: long)
      #expect(made.status == .running)
      #expect(try await stage.compute.describe(made.id, timeout: long) == made)
      #expect(await stage.existing() == [made.id])
      try await stage.compute.delete(made.id, timeout: long)
      try await stage.compute.delete(made.id, timeout: long)
      #expect(await stage.existing() == [])
      await expect(.failed(.notFound)) { _ = try await stage.compute.describe(made.id, timeout: long) }
    }
  }

  @Test(arguments: Arm.allCases)
  func `a stopped machine is kept, stops once only, and runs again`(arm: Arm) async throws {
    try await arm.compute { stage in
      let compute = stage.compute
      let id = try await compute.create(Self.machine, timeout: long).id
      try await compute.stop(id, timeout: long)
      try await compute.stop(id, timeout: long)
      #expect(try await compute.describe(id, timeout: long).status == .stopped)
      #expect(await stage.existing() == [id])
      try await compute.start(id, timeout: long)
      #expect(try await compute.describe(id, timeout: long).status == .running)
      try await compute.start(id, timeout: long)
      #expect(try await compute.describe(id, timeout: long).status == .running)
    }
  }

  @Test(arguments: Arm.allCases)
  func `a machine that is not there is not found, and deleted without an error`(arm: Arm) async throws {
    try await arm.compute { stage in
      let compute = stage.compute
      await expect(.failed(.notFound)) { _ = try await compute.describe(Self.nobody, timeout: long) }
      await expect(.failed(.notFound)) { try await compute.start(Self.nobody, timeout: long) }
      await expect(.failed(.notFound)) { try await compute.stop(Self.nobody, timeout: long) }
      await expect(.done) { try await compute.delete(Self.nobody, timeout: long) }
    }
  }

  @Test(arguments: Arm.allCases)
  func `a label that is in use returns its machine, which runs`(arm: Arm) async throws {
    try await arm.compute { stage in
      let compute = stage.compute
      let first = try await compute.create(Self.machine, label: "run-1", timeout: long)
      #expect(try await compute.create(Self.machine, label: "run-1", timeout: long).id == first.id)
      try await compute.stop(first.id, timeout: long)
      let again = try await compute.create(Self.machine, label: "run-1", timeout: long)
      #expect(again.id == first.id)
      #expect(again.status == .running)
      #expect(await stage.existing() == [first.id])
    }
  }

  @Test(arguments: Arm.allCases)
  func `the inventory names what carries a label, and gives it back`(arm: Arm) async throws {
    try await arm.compute { stage in
      let compute = stage.compute
      let mine = try await compute.create(Self.machine, label: "run-1", timeout: long)
      let other = try await compute.create(Self.machine, label: "other-1", timeout: long)
      let owned = try await compute.resources(labelled: "run-", timeout: long)
      #expect(owned == [OwnedResource(kind: .machine, id: mine.id.rawValue, label: "run-1")])
      for resource in owned + owned { try await compute.release(resource, timeout: long) }
      #expect(try await compute.resources(labelled: "run-", timeout: long) == [])
      #expect(await stage.existing() == [other.id])
    }
  }

  // MARK: Trouble

  @Test(arguments: Arm.allCases)
  func `a zone without machines refuses to create and to start, and keeps what there is`(arm: Arm) async throws {
    try await arm.compute(.stockOut) { stage in
      let compute = stage.compute
      let id = try await compute.create(Self.machine, timeout: .seconds(300)).id
      try await compute.stop(id, timeout: long)
      try await stage.strike()
      let created = await ending { _ = try await compute.create(Self.machine, timeout: .seconds(300)) }
      #expect(created == .failed(.refused))
      await expect(.failed(.refused)) { try await compute.start(id, timeout: .seconds(300)) }
      #expect(try await compute.describe(id, timeout: long).status == .stopped)
      #expect(await stage.existing() == [id])
      try await stage.relent()
      try await compute.start(id, timeout: long)
      #expect(try await compute.describe(id, timeout: long).status == .running)
    }
  }

  @Test(arguments: Arm.allCases)
  func `a machine that is taken back is stopped, and can be started`(arm: Arm) async throws {
    try await arm.compute(.preemption) { stage in
      let id = try await stage.compute.create(Self.machine, timeout: long).id
      try await stage.strike()
      #expect(try await stage.compute.describe(id, timeout: long).status == .stopped)
      try await stage.compute.start(id, timeout: long)
      #expect(try await stage.compute.describe(id, timeout: long).status == .running)
    }
  }

  @Test(
    arguments: Arm.allCases, [(ComputeTrouble.nonsense, PortError.Reason.invalidAnswer), (.silence, .timedOut)])
  func `an interface in trouble fails every call alike, within its time`(
    arm: Arm, _ expected: (trouble: ComputeTrouble, reason: PortError.Reason)
  ) async throws {
    try await arm.compute(expected.trouble) { stage in
      let compute = stage.compute
      let id = try await compute.create(Self.machine, timeout: long).id
      try await stage.strike()
      let timeout = Duration.milliseconds(400)
      let start = stage.passing.elapsed()
      let calls: [@Sendable () async throws -> Void] = [
        { _ = try await compute.create(Self.machine, timeout: timeout) },
        { try await compute.start(id, timeout: timeout) },
        { try await compute.stop(id, timeout: timeout) },
        { _ = try await compute.describe(id, timeout: timeout) },
        { try await compute.delete(id, timeout: timeout) },
      ]
      for (number, call) in calls.enumerated() {
        #expect(await ending(of: call) == .failed(expected.reason), "call \(number)")
      }
      // The silence itself lasts much longer than all of them.
      #expect(stage.passing.elapsed() - start < .seconds(25))
      try await stage.relent()
      #expect(await stage.existing() == [id])
    }
  }

  @Test(arguments: Arm.allCases)
  func `a cancelled call ends promptly`(arm: Arm) async throws {
    try await arm.compute(.silence) { stage in
      try await stage.strike()
      let start = stage.passing.elapsed()
      let ended = try await endingWhenCancelled {
        _ = try await stage.compute.create(Self.machine, timeout: long)
      } after: {
        try await stage.passing.pause(.milliseconds(100))
      }
      #expect(ended == .failed(.cancelled))
      #expect(stage.passing.elapsed() - start < .seconds(20))
    }
  }
}
