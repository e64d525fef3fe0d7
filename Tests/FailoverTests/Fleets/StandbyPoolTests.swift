import Failover
import Synchronization
import Testing

/// Who gets which machine of a pool.
@Suite struct StandbyPoolTests {
  private let machine = StandbyMachine(machineType: "e2-medium", isSpot: false, price: .free)
  private let timeout = Duration.seconds(60)

  @Test func `workspaces of one place get one machine`() async throws {
    let (pool, provider) = (StandbyPool(machines: 2), CountingProvider())
    var ids: [InstanceID] = []
    for workspace in 0..<5 {
      ids.append(try await pool.share(of: workspace, at: provider).create(machine, timeout: timeout).id)
    }
    #expect(ids == ["1", "2", "1", "2", "1"].map { InstanceID($0) })
    #expect(pool.holders(of: InstanceID("1")) == [0, 2, 4])
  }

  @Test func `who asks again gets a new machine and the others follow`() async throws {
    let (pool, provider) = (StandbyPool(machines: 1), CountingProvider())
    let shares = (0..<3).map { pool.share(of: $0, at: provider) }
    for share in shares { _ = try await share.create(machine, timeout: timeout) }
    for share in shares { #expect(try await share.create(machine, timeout: timeout).id == InstanceID("2")) }
    #expect(provider.created == 2)
  }

  @Test func `the last one gives a machine back`() async throws {
    let (pool, provider) = (StandbyPool(machines: 1), CountingProvider())
    let shares = (0..<3).map { pool.share(of: $0, at: provider) }
    for share in shares { _ = try await share.create(machine, timeout: timeout) }
    for share in shares {
      #expect(provider.deleted == [])
      try await share.delete(InstanceID("1"), timeout: timeout)
    }
    #expect(provider.deleted == [InstanceID("1")])
    // What is gone is not handed out any more.
    #expect(try await shares[0].create(machine, timeout: timeout).id == InstanceID("2"))
  }

  @Test func `those who ask at once wait for one creation`() async throws {
    let (pool, provider) = (StandbyPool(machines: 1), CountingProvider())
    let ids = try await withThrowingTaskGroup(of: InstanceID.self) { group in
      for workspace in 0..<20 {
        group.addTask { [machine, timeout] in
          try await pool.share(of: workspace, at: provider).create(machine, timeout: timeout).id
        }
      }
      return try await group.reduce(into: Set<InstanceID>()) { $0.insert($1) }
    }
    #expect(ids == [InstanceID("1")] && provider.created == 1)
  }

  @Test func `a place is taken until it is left`() {
    let pool = StandbyPool(machines: 1, servesAtOnce: 2)
    let shares = (0..<3).map { pool.share(of: $0, at: CountingProvider()) }
    let id = InstanceID("1")
    #expect(shares[0].take(on: id) && shares[1].take(on: id) && !shares[2].take(on: id))
    #expect(shares[0].take(on: id), "who has a place keeps it")
    shares[1].leave()
    #expect(shares[2].take(on: id) && !shares[1].take(on: id))
    #expect(shares[1].take(on: InstanceID("2")))
  }

  @Test func `a failure to create is everybodys`() async throws {
    let (pool, provider) = (StandbyPool(machines: 1), CountingProvider(fails: true))
    await withTaskGroup(of: Void.self) { group in
      for workspace in 0..<5 {
        group.addTask { [machine, timeout] in
          await #expect(throws: PortError.self) {
            _ = try await pool.share(of: workspace, at: provider).create(machine, timeout: timeout)
          }
        }
      }
    }
    #expect(pool.holders(of: InstanceID("1")) == [])
  }

  @Test func `who is cancelled stops waiting`() async throws {
    let (pool, provider) = (StandbyPool(machines: 1), StalledProvider())
    let first = Task { [machine, timeout] in try await pool.share(of: 0, at: provider).create(machine, timeout: timeout) }
    await provider.hasBegun()
    let second = Task { [machine, timeout] in try await pool.share(of: 1, at: provider).create(machine, timeout: timeout) }
    await Task.yield()
    second.cancel()
    await #expect(throws: PortError.self) { _ = try await second.value }
    provider.go()
    #expect(try await first.value.id == InstanceID("1"))
  }
}

/// Creates machines with the names 1, 2, 3 and so on.
private final class CountingProvider: ComputeProvider {
  private let state = Mutex<(created: Int, deleted: [InstanceID])>((0, []))
  let fails: Bool

  init(fails: Bool = false) { self.fails = fails }

  var created: Int { state.withLock { $0.created } }
  var deleted: [InstanceID] { state.withLock { $0.deleted } }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    await Task.yield()
    if fails { throw PortError(.refused, "no room") }
    let number = state.withLock { state in
      state.created += 1
      return state.created
    }
    return Instance(id: InstanceID("\(number)"), status: .running, address: nil, price: .free, machine: nil)
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    throw PortError(.notFound, "\(id)")
  }
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    state.withLock { $0.deleted.append(id) }
  }
}

/// Creates a machine when it is told to.
private final class StalledProvider: ComputeProvider {
  private let begun = AsyncStream<Void>.makeStream()
  private let gate = AsyncStream<Void>.makeStream()

  func hasBegun() async { for await _ in begun.stream { return } }
  func go() { gate.continuation.yield() }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    begun.continuation.yield()
    for await _ in gate.stream { break }
    return Instance(id: InstanceID("1"), status: .running, address: nil, price: .free, machine: nil)
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    throw PortError(.notFound, "\(id)")
  }
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
}
