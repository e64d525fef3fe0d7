import Failover
import Testing

/// What every marketplace does, simulated or real.
@Suite struct MarketplaceTests {
  private static let offers = MarketplaceStage.offers
  private static let nobody = InstanceID("987654321")

  @Test(arguments: Arm.allCases)
  func `a search finds the offers that meet it, and no other`(arm: Arm) async throws {
    let found = try await arm.marketplace { stage in
      var query = MarketplaceStage.anything
      func search() async throws -> [String] { try await stage.market.search(query, timeout: long).map(\.id).sorted() }
      var found = [try await search()]
      query.regions = ["SE"]
      found.append(try await search())
      query.maximumPrice = HourlyPrice(perHour: .cents(50))
      found.append(try await search())
      query.regions = []
      query.machine = MachineID("12")
      found.append(try await search())
      query.gpuNames = ["H100"]
      found.append(try await search())
      return found
    }
    #expect(found == [["1100", "1200", "1300"], ["1100", "1300"], ["1100"], ["1200"], []])
  }

  @Test(arguments: Arm.allCases)
  func `an instance is on its way, runs, and is gone when it is destroyed`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let id = try await stage.market.create(InstanceOrder(Self.offers[0]), timeout: long)
      #expect(try await stage.statuses(of: id, until: .running) == [.provisioning, .running])
      let instance = try await stage.market.describe(id, timeout: long)
      #expect(instance.id == id)
      #expect(instance.machine == Self.offers[0].machine)
      #expect(instance.address != nil)
      #expect(await stage.existing() == [id])
      try await stage.market.destroy(id, timeout: long)
      #expect(await stage.existing() == [])
      await expect(.failed(.notFound)) { _ = try await stage.market.describe(id, timeout: long) }
      // A second time is no error.
      try await stage.market.destroy(id, timeout: long)
    }
  }

  @Test(arguments: Arm.allCases)
  func `a stopped instance is kept, stops once only, and runs again`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let id = try await stage.rent()
      try await stage.market.stop(id, timeout: long)
      try await stage.market.stop(id, timeout: long)
      #expect(try await stage.market.describe(id, timeout: long).status == .stopped)
      #expect(await stage.existing() == [id])
      try await stage.market.start(id, timeout: long)
      #expect(try await stage.statuses(of: id, until: .running) == [.provisioning, .running])
      // Starting what runs changes nothing.
      try await stage.market.start(id, timeout: long)
      #expect(try await stage.market.describe(id, timeout: long).status == .running)
    }
  }

  @Test(arguments: Arm.allCases)
  func `what nobody has rented is not found, and is given back without an error`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let market = stage.market
      await expect(.failed(.notFound)) { _ = try await market.describe(Self.nobody, timeout: long) }
      await expect(.failed(.notFound)) { try await market.start(Self.nobody, timeout: long) }
      await expect(.failed(.notFound)) { try await market.stop(Self.nobody, timeout: long) }
      await expect(.done) { try await market.destroy(Self.nobody, timeout: long) }
      await expect(.done) { try await market.deleteVolume(VolumeID("987654"), timeout: long) }
    }
  }

  @Test(arguments: Arm.allCases)
  func `a GPU that is rented is offered to nobody, and refused`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      func offered() async throws -> [String] {
        try await stage.market.search(MarketplaceStage.anything, timeout: long).map(\.id).sorted()
      }
      let id = try await stage.rent()
      #expect(try await offered() == ["1200", "1300"])
      let again = await ending { _ = try await stage.market.create(InstanceOrder(Self.offers[0]), timeout: long) }
      #expect(again == .failed(.refused))
      #expect(await stage.existing() == [id])
      try await stage.market.destroy(id, timeout: long)
      #expect(try await offered() == ["1100", "1200", "1300"])
    }
  }

  @Test(arguments: Arm.allCases)
  func `a label that is in use returns what has it`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let market = stage.market
      let first = try await market.create(InstanceOrder(Self.offers[0]), label: "run-1", timeout: long)
      // The same with another offer: the label decides.
      #expect(try await market.create(InstanceOrder(Self.offers[1]), label: "run-1", timeout: long) == first)
      let other = try await market.create(InstanceOrder(Self.offers[1]), label: "run-2", timeout: long)
      #expect(await stage.existing() == [first, other])
      let volume = try await market.createVolume(
        size: .gigabytes(10), on: MachineID("13"), label: "run-3", timeout: long)
      let again = try await market.createVolume(
        size: .gigabytes(10), on: MachineID("13"), label: "run-3", timeout: long)
      #expect(again == volume)
      #expect(await stage.existingVolumes() == [volume])
    }
  }

  @Test(arguments: Arm.allCases)
  func `the inventory names what carries a label, and gives it back`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let market = stage.market
      _ = try await market.create(InstanceOrder(Self.offers[0]), label: "run-1", timeout: long)
      _ = try await market.create(InstanceOrder(Self.offers[1]), label: "other-1", timeout: long)
      let mine = try await market.create(InstanceOrder(Self.offers[2]), timeout: long)
      _ = try await market.createVolume(size: .gigabytes(10), on: MachineID("11"), label: "run-2", timeout: long)
      let owned = try await market.resources(labelled: "run-", timeout: long)
      #expect(owned.map(\.kind) == [.instance, .volume])
      #expect(owned.map(\.label) == ["run-1", "run-2"])
      for resource in owned + owned { try await market.release(resource, timeout: long) }
      #expect(try await market.resources(labelled: "run-", timeout: long) == [])
      #expect(try await market.resources(labelled: "", timeout: long).map(\.label) == ["other-1"])
      // What carries no label is nobody's to give back.
      #expect(await stage.existing().contains(mine))
    }
  }

  @Test(arguments: Arm.allCases)
  func `a volume stays while an instance uses it, and outlives it`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      let market = stage.market
      let volume = try await market.createVolume(size: .gigabytes(10), on: Self.offers[0].machine, timeout: long)
      let id = try await stage.rent(volume: volume)
      await expect(.failed(.refused)) { try await market.deleteVolume(volume, timeout: long) }
      try await market.stop(id, timeout: long)
      await expect(.failed(.refused)) { try await market.deleteVolume(volume, timeout: long) }
      try await market.destroy(id, timeout: long)
      #expect(await stage.existingVolumes() == [volume])
      try await market.deleteVolume(volume, timeout: long)
      try await market.deleteVolume(volume, timeout: long)
      #expect(await stage.existingVolumes() == [])
    }
  }

  @Test(arguments: Arm.allCases)
  func `a GPU that is taken away is stopped, and is still there`(arm: Arm) async throws {
    try await arm.marketplace(isInterruptible: true) { stage in
      let id = try await stage.rent()
      try await stage.interrupt(id)
      #expect(try await stage.market.describe(id, timeout: long).status == .stopped)
      #expect(await stage.existing() == [id])
      try await stage.market.destroy(id, timeout: long)
      #expect(await stage.existing() == [])
    }
  }

  // MARK: Trouble

  @Test(arguments: Arm.allCases, [MarketplaceTrouble.vanishedOffers, .refusedCreates])
  func `a rental that is refused leaves nothing behind`(arm: Arm, trouble: MarketplaceTrouble) async throws {
    try await arm.marketplace(trouble) { stage in
      try await stage.strike()
      let order = InstanceOrder(Self.offers[0])
      await expect(.failed(.refused)) { _ = try await stage.market.create(order, timeout: long) }
      let labelled = await ending { _ = try await stage.market.create(order, label: "run-1", timeout: long) }
      #expect(labelled == .failed(.refused))
      #expect(await stage.existing() == [])
      try await stage.relent()
      _ = try await stage.rent()
    }
  }

  @Test(
    arguments: Arm.allCases,
    [(MarketplaceTrouble.tooManyCalls, PortError.Reason.rateLimited), (.nonsense, .invalidAnswer), (.silence, .timedOut)])
  func `an interface in trouble fails every call alike, within its time`(
    arm: Arm, _ expected: (trouble: MarketplaceTrouble, reason: PortError.Reason)
  ) async throws {
    try await arm.marketplace(expected.trouble) { stage in
      let market = stage.market
      let id = try await stage.rent()
      try await stage.strike()
      let timeout = Duration.milliseconds(400)
      let start = stage.passing.elapsed()
      let calls: [@Sendable () async throws -> Void] = [
        { _ = try await market.search(MarketplaceStage.anything, timeout: timeout) },
        { _ = try await market.create(InstanceOrder(Self.offers[1]), timeout: timeout) },
        { try await market.start(id, timeout: timeout) },
        { try await market.stop(id, timeout: timeout) },
        { _ = try await market.describe(id, timeout: timeout) },
        { try await market.destroy(id, timeout: timeout) },
        { _ = try await market.createVolume(size: .gigabytes(1), on: MachineID("11"), timeout: timeout) },
        { try await market.deleteVolume(VolumeID("987654"), timeout: timeout) },
      ]
      for (number, call) in calls.enumerated() {
        #expect(await ending(of: call) == .failed(expected.reason), "call \(number)")
      }
      // The silence itself lasts much longer than all of them.
      #expect(stage.passing.elapsed() - start < .seconds(25))
      let target = ProbeTarget(instance: id, role: .gpu, address: HostAddress(host: "gpu.example", port: 22))
      let seen = await stage.probe.check(target, by: .api, timeout: timeout)
      #expect(seen == .unhealthy(expected.reason == .timedOut ? .timedOut : .apiError))
      try await stage.relent()
      #expect(await stage.existing().contains(id))
      await expect(.done) { _ = try await market.search(MarketplaceStage.anything, timeout: long) }
    }
  }

  @Test(arguments: Arm.allCases)
  func `a cancelled call ends promptly`(arm: Arm) async throws {
    try await arm.marketplace(.silence) { stage in
      try await stage.strike()
      let start = stage.passing.elapsed()
      let ended = try await endingWhenCancelled {
        _ = try await stage.market.search(MarketplaceStage.anything, timeout: long)
      } after: {
        try await stage.passing.pause(.milliseconds(100))
      }
      #expect(ended == .failed(.cancelled))
      #expect(stage.passing.elapsed() - start < .seconds(20))
    }
  }

  @Test(arguments: Arm.allCases)
  func `the api check says what the marketplace says`(arm: Arm) async throws {
    try await arm.marketplace { stage in
      func check(_ id: InstanceID) async -> ProbeResult {
        let target = ProbeTarget(instance: id, role: .gpu, address: HostAddress(host: "gpu.example", port: 22))
        return await stage.probe.check(target, by: .api, timeout: long)
      }
      let id = try await stage.rent()
      #expect(await check(id) == .healthy)
      try await stage.market.stop(id, timeout: long)
      #expect(await check(id) == .unhealthy(.notRunning))
      #expect(await check(Self.nobody) == .unhealthy(.notRunning))
    }
  }
}
