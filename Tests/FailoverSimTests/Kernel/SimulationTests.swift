import Failover
import FailoverSim
import Testing

/// What happened in a test's simulation, in order.
final class Journal: Sendable {
  private let entries: Confined<[String]>
  private let simulation: Simulation

  init(in simulation: Simulation) {
    self.simulation = simulation
    entries = Confined([], in: simulation)
  }

  func note(_ text: String) {
    let time = simulation.clock.now.nanoseconds / 1_000_000_000
    entries { $0.append("\(time) \(text)") }
  }

  var all: [String] { entries { $0 } }
}

/// Runs a body that writes a journal, and returns the journal.
func journal(_ body: @escaping @Sendable (Simulation, Journal) async throws -> Void) throws -> [String]? {
  try Simulation(seed: 1).run { simulation in
    let journal = Journal(in: simulation)
    try await body(simulation, journal)
    return journal.all
  }
}

@Suite struct SimulationTests {
  @Test func `tasks wake in order of time and, at the same instant, in the order in which they fell asleep`() throws {
    let notes = try journal { simulation, journal in
      await withTaskGroup(of: Void.self) { group in
        for (index, seconds) in [3, 1, 2, 1, 3].enumerated() {
          group.addTask {
            try? await simulation.clock.sleep(for: .seconds(seconds))
            journal.note("\(index)")
          }
        }
      }
    }
    #expect(notes == ["1 1", "1 3", "2 2", "3 0", "3 4"])
  }

  @Test func `a callback scheduled before a sleep at the same instant comes first`() throws {
    let notes = try journal { simulation, journal in
      simulation.schedule(after: .seconds(2)) { journal.note("callback") }
      try await simulation.clock.sleep(for: .seconds(2))
      journal.note("task")
    }
    #expect(notes == ["2 callback", "2 task"])
  }

  @Test func `a cancelled callback is not called and the clock does not stop for it`() throws {
    let notes = try journal { simulation, journal in
      let alarm = simulation.schedule(after: .seconds(1)) { journal.note("never") }
      simulation.cancel(alarm)
      simulation.cancel(alarm)
      try await simulation.clock.sleep(for: .seconds(5))
      journal.note("end")
    }
    #expect(notes == ["5 end"])
  }

  @Test func `a sleeping task that is cancelled wakes at once with CancellationError`() throws {
    let notes = try journal { simulation, journal in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do {
            try await simulation.clock.sleep(for: .seconds(100))
          } catch is CancellationError {
            journal.note("cancelled")
          } catch {
            journal.note("\(error)")
          }
        }
        try? await simulation.clock.sleep(for: .seconds(1))
        group.cancelAll()
      }
      journal.note("end")
    }
    #expect(notes == ["1 cancelled", "1 end"])
  }

  @Test func `sleeping in a task that is already cancelled throws without passing time`() throws {
    let notes = try journal { simulation, journal in
      await withTaskGroup(of: Void.self) { group in
        group.cancelAll()
        group.addTask {
          await #expect(throws: CancellationError.self) { try await simulation.clock.sleep(for: .seconds(9)) }
          journal.note("threw")
        }
      }
    }
    #expect(notes == ["0 threw"])
  }

  @Test(arguments: [(3, 10, "answer"), (10, 3, "timeout")])
  func `a time-out by racing children ends at the earlier of both`(work: Int, limit: Int, winner: String) throws {
    let notes = try journal { simulation, journal in
      let first = try await withThrowingTaskGroup(of: String.self) { group in
        group.addTask {
          try await simulation.clock.sleep(for: .seconds(work))
          return "answer"
        }
        group.addTask {
          try await simulation.clock.sleep(for: .seconds(limit))
          return "timeout"
        }
        defer { group.cancelAll() }
        return try await group.next() ?? ""
      }
      journal.note(first)
    }
    #expect(notes == ["3 \(winner)"])
  }

  private actor Account {
    var balance = 0
    func add(_ amount: Int, after delay: Duration, _ clock: VirtualClock) async throws -> Int {
      try await clock.sleep(for: delay)
      balance += amount
      return balance
    }
  }

  @Test func `actors stay on the simulation and interleave at their awaits`() throws {
    let notes = try journal { simulation, journal in
      let account = Account()
      async let slow = account.add(10, after: .seconds(2), simulation.clock)
      async let fast = account.add(1, after: .seconds(1), simulation.clock)
      journal.note("fast \(try await fast)")
      journal.note("slow \(try await slow)")
    }
    #expect(notes == ["1 fast 1", "2 slow 11"])
  }

  @Test func `an asynchronous stream hands over at the producer's instants`() throws {
    let notes = try journal { simulation, journal in
      let (stream, continuation) = AsyncStream<Int>.makeStream()
      async let producer: Void = {
        for number in 1...3 {
          try await simulation.clock.sleep(for: .seconds(number))
          continuation.yield(number)
        }
        continuation.finish()
      }()
      for await number in stream { journal.note("\(number)") }
      try await producer
    }
    #expect(notes == ["1 1", "3 2", "6 3"])
  }

  @Test func `run ends at the horizon and cancels what is left at that instant`() throws {
    let simulation = Simulation(seed: 1)
    let result = try simulation.run(until: .seconds(5)) { simulation in
      do {
        while true { try await simulation.clock.sleep(for: .seconds(2)) }
      } catch {
        #expect(simulation.clock.now.nanoseconds == 5_000_000_000)
      }
      return 7
    }
    #expect(result == nil)
  }

  @Test func `what the body throws is thrown by run`() {
    struct Broken: Error {}
    #expect(throws: Broken.self) { try Simulation(seed: 1).run { _ in throw Broken() } }
  }

  @Test func `every sleep overshoots by the clock's overshoot, except one whose deadline has passed`() throws {
    let simulation = Simulation(seed: 1, timerOvershoot: .microseconds(490))
    let times = try simulation.run { simulation in
      let clock = simulation.clock
      for _ in 0..<3 { try await clock.sleep(for: .seconds(1)) }
      let late = clock.now
      try await clock.sleep(until: .start)
      return [late.nanoseconds, clock.now.nanoseconds]
    }
    #expect(times == [3_001_470_000, 3_001_470_000])
  }

  @Test func `a lone periodic task moves the clock without suspending`() throws {
    let simulation = Simulation(seed: 1)
    _ = try simulation.run { simulation in
      for _ in 0..<1000 { try await simulation.clock.sleep(for: .seconds(1)) }
    }
    #expect(simulation.statistics.advancesInPlace == 1000)
  }

  @Test func `Task.immediate does not move the clock under its caller`() throws {
    let notes = try journal { simulation, journal in
      await withTaskGroup(of: Void.self) { group in
        group.addImmediateTask {
          try? await simulation.clock.sleep(for: .seconds(5))
          journal.note("child")
        }
        journal.note("caller")
      }
    }
    #expect(notes == ["0 caller", "5 child"])
  }

  @Test func `thousands of cancelled timers do not pile up`() throws {
    let simulation = Simulation(seed: 1)
    _ = try simulation.run { simulation in
      for _ in 0..<5000 {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { try? await simulation.clock.sleep(for: .seconds(1_000_000)) }
          try? await simulation.clock.sleep(for: .milliseconds(1))
          group.cancelAll()
        }
      }
      #expect(simulation.clock.now.nanoseconds == 5_000_000_000)
    }
  }

  @Test func `two simulations on two threads give what each gives alone`() async throws {
    @Sendable func play(_ seed: UInt64) throws -> [Int64] {
      try Simulation(seed: seed).run { simulation in
        var stream = RandomStream(seed: simulation.seed, name: "test")
        var times: [Int64] = []
        for _ in 0..<200 {
          var draw = stream.next()
          try await simulation.clock.sleep(for: .nanoseconds(Int64(draw.nextInteger(below: 1 << 40))))
          times.append(simulation.clock.now.nanoseconds)
        }
        return times
      } ?? []
    }
    let alone = try (1...4).map { try play(UInt64($0)) }
    let together = try await withThrowingTaskGroup(of: (Int, [Int64]).self) { group in
      for seed in 1...4 { group.addTask { @concurrent in (seed, try play(UInt64(seed))) } }
      return try await group.reduce(into: [Int: [Int64]]()) { $0[$1.0] = $1.1 }
    }
    for seed in 1...4 { #expect(together[seed] == alone[seed - 1]) }
  }
}
