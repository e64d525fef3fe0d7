import Failover
import FailoverSim
import Foundation
import Testing

@Suite struct SignalTests {
  @Test func `a signal wakes its waiters in the order in which they came`() throws {
    let notes = try journal { simulation, journal in
      let signal = Signal(in: simulation)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<3 {
          group.addTask {
            try await simulation.wait(for: signal, "the signal")
            journal.note("\(index)")
          }
        }
        simulation.schedule(after: .seconds(4)) { signal.fire() }
        try await group.waitForAll()
      }
    }
    #expect(notes == ["4 0", "4 1", "4 2"])
  }

  @Test func `waiting for a signal that has fired takes no time`() throws {
    let notes = try journal { simulation, journal in
      let signal = Signal(in: simulation)
      signal.fire()
      signal.fire()
      try await simulation.wait(for: signal, "the past")
      #expect(try await simulation.sleep(until: simulation.clock.now.advanced(by: .seconds(1)), unless: signal))
      journal.note("on")
    }
    #expect(notes == ["0 on"])
  }

  @Test(arguments: [(2, true), (8, false)])
  func `a sleep is cut short exactly when the signal comes first`(fires: Int, isCut: Bool) throws {
    let notes = try journal { simulation, journal in
      let signal = Signal(in: simulation)
      simulation.schedule(after: .seconds(fires)) { signal.fire() }
      let deadline = simulation.clock.now.advanced(by: .seconds(5))
      journal.note("\(try await simulation.sleep(until: deadline, unless: signal))")
    }
    #expect(notes == [isCut ? "2 true" : "5 false"])
  }

  @Test func `cancelling a wait for a signal throws CancellationError`() throws {
    let notes = try journal { simulation, journal in
      let signal = Signal(in: simulation)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: CancellationError.self) { try await simulation.wait(for: signal, "nothing") }
          journal.note("cancelled")
        }
        try? await simulation.clock.sleep(for: .seconds(3))
        group.cancelAll()
      }
      signal.fire()
    }
    #expect(notes == ["3 cancelled"])
  }

  @Test func `many sleeps beside one long-lived signal leave nothing behind`() throws {
    let notes = try journal { simulation, journal in
      let signal = Signal(in: simulation)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            for _ in 0..<1000 {
              _ = try await simulation.sleep(
                until: simulation.clock.now.advanced(by: .seconds(1)), unless: signal)
            }
          }
        }
        try await group.waitForAll()
      }
      signal.fire()
      journal.note("end")
    }
    #expect(notes == ["1000 end"])
  }
}

@Suite struct DeadlockTests {
  @Test func `a deadlock names who waits for what, and where`() throws {
    let simulation = Simulation(seed: 1)
    let error = #expect(throws: Deadlock.self) {
      try simulation.run { simulation in
        let never = Signal(in: simulation)
        try await simulation.clock.sleep(for: .seconds(12))
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask(name: "reader") { try await simulation.wait(for: never, "the first block") }
          group.addTask(name: "writer") { try await simulation.wait(for: never, "an empty slot") }
          try await group.waitForAll()
        }
      }
    }
    #expect(error?.time == .seconds(12))
    #expect(error?.waiting.map(\.task) == ["reader", "writer"])
    #expect(error?.waiting.map(\.what) == ["the first block", "an empty slot"])
    let text = "\(try #require(error))"
    #expect(text.contains("deadlock at 12.0 s"))
    #expect(text.contains("reader waits for the first block at FailoverSimTests/SignalTests.swift:"))
  }

  @Test func `a wait that the kernel cannot name is reported as such`() throws {
    let error = #expect(throws: Deadlock.self) {
      try Simulation(seed: 1).run { _ in
        let (stream, _continuation) = AsyncStream<Int>.makeStream()
        for await _ in stream {}
        withExtendedLifetime(_continuation) {}
      }
    }
    #expect(error?.waiting == [])
    #expect("\(try #require(error))".contains("cannot name"))
  }

  @Test func `a task that swallows its cancellation is given up with a message`() throws {
    let simulation = Simulation(seed: 1)
    let error = #expect(throws: CancellationIgnored.self) {
      try simulation.run(until: .seconds(10)) { simulation in
        var isDone = false
        while !isDone {
          try? await simulation.clock.sleep(for: .seconds(1))
          isDone = simulation.clock.now.nanoseconds < 0
        }
      }
    }
    #expect(error?.tasks == 1)
  }
}

/// Waiting without suspending is what asynchronous code must never do, and what this test needs.
private func block(on semaphore: DispatchSemaphore) { semaphore.wait() }

@Suite struct EscapeTests {
  @Test func `code that leaves its simulation's thread stops the program with a message`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Simulation(seed: 1).run { simulation in
        let escaped = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          _ = simulation.clock.now
          escaped.signal()
        }
        // The simulation's thread is kept busy, so that it is still running when the other one calls.
        block(on: escaped)
      }
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains("Take the clock as a parameter"))
  }

  @Test func `confined state cannot be reached after the simulation has ended`() async {
    await #expect(processExitsWith: .failure) {
      let simulation = Simulation(seed: 1)
      let box = try simulation.run { Confined(3, in: $0) }
      if let box { box { $0 += 1 } }
    }
  }
}
