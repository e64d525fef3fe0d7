import Failover
import FailoverSim
import Testing

@Suite struct FaultyTransfersTests {
  /// The end of 100 MB that begin at 0 over a link of 10 MB/s to which `fault` happens from 4 s until `healed`.
  private func end(
    with fault: LinkFault, over choose: @escaping @Sendable (Network, SiteID, SiteID) -> Hop, healed: Duration?
  ) throws -> Duration? {
    try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      simulation.at(.seconds(4)) {
        let id = network.lay(fault, on: choose(network, a, b))
        guard let healed else { return }
        simulation.at(healed) { network.lift(id) }
      }
      return try await network.carry(Transfer(.megabytes(100), from: a, to: b))
    }
  }

  private static let half = LinkFault(capacityFactor: .percent(50))
  private static let outward: @Sendable (Network, SiteID, SiteID) -> Hop = { network, _, _ in
    network.link(named: "line of a")?.forward ?? Hop(link: network.add(Link("none")), direction: .forward)
  }

  @Test func `a link halved midway takes twice as long for the rest`() throws {
    #expect(try end(with: Self.half, over: Self.outward, healed: nil) == .seconds(16))
    #expect(try end(with: Self.half, over: Self.outward, healed: .seconds(8)) == .seconds(12))
  }

  @Test func `a fault of the other direction does not slow data down`() throws {
    let backward: @Sendable (Network, SiteID, SiteID) -> Hop = { Self.outward($0, $1, $2).reversed }
    #expect(try end(with: Self.half, over: backward, healed: nil) == .seconds(10))
  }

  @Test func `a partition stops a transfer until it heals, whichever direction is cut`() throws {
    for isReversed in [false, true] {
      let cut: @Sendable (Network, SiteID, SiteID) -> Hop = { network, a, b in
        isReversed ? network.line(from: b, to: a) : network.line(from: a, to: b)
      }
      #expect(try end(with: .blocked, over: cut, healed: .seconds(11)) == .seconds(17))
    }
  }

  @Test func `distance laid on a link midway leaves a window per round trip`() throws {
    // 4 MiB / 1.048576 s are 4 MB/s.
    let slow = LinkFault(extraLatency: .nanoseconds(1_048_576_000))
    #expect(try end(with: slow, over: Self.outward, healed: nil) == .seconds(19))
  }

  @Test func `loss laid on a link midway slows a stream as the formula says`() throws {
    let result = try withNetwork { simulation, network in
      let link = network.add(Link("far", latency: .milliseconds(50)))
      let (a, b) = (network.addSite("a", access: [link]), network.addSite("b"))
      let loss = try #require(Ratio(3, over: 2048))
      simulation.at(.seconds(1)) { _ = network.lay(LinkFault(loss: loss), on: link) }
      // A second at 4 MiB per 100 ms, then two at 14600·32 B/s.
      return try await network.carry(Transfer(ByteCount(41_943_040 + 2 * 467_200), from: a, to: b))
    }
    #expect(result == .seconds(3))
  }

  @Test func `faults on one link add up, and lifting one leaves the others`() throws {
    let notes = try journal { simulation, journal in
      let network = Network(in: simulation)
      let link = network.add(Link("line", capacity: .megabytesPerSecond(10)))
      let (a, b) = (network.addSite("a", access: [link]), network.addSite("b"))
      let quarter = network.lay(LinkFault(capacityFactor: .percent(25)), on: link)
      let fifth = network.lay(LinkFault(capacityFactor: .percent(20)), on: link.forward)
      try await network.carry(Transfer(.megabytes(1), from: a, to: b))
      journal.note("both")
      try await network.carry(Transfer(.megabytes(10), from: b, to: a))
      journal.note("one backward")
      network.lift(quarter)
      network.lift(quarter)
      try await network.carry(Transfer(.megabytes(2), from: a, to: b))
      journal.note("the other")
      network.lift(fifth)
      try await network.carry(Transfer(.megabytes(20), from: a, to: b))
      journal.note("none")
    }
    #expect(notes == ["2 both", "6 one backward", "7 the other", "9 none"])
  }

  @Test func `cancelling a transfer frees its share`() throws {
    let notes = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      async let other = network.outcome(of: Transfer(.megabytes(50), from: a, to: b))
      let cancelled = await withTaskGroup(of: String.self) { group in
        group.addTask { await network.outcome(of: Transfer(.megabytes(50), from: a, to: b)) }
        try? await simulation.sleep(until: .seconds(4))
        group.cancelAll()
        return await group.next() ?? ""
      }
      return [cancelled, await other, "\(network.transfersUnderWay)"]
    }
    #expect(notes == ["cancelled, 20 MB arrived at 4.0 seconds", "done at 7.0 seconds", "0"])
  }

  @Test func `a transfer that was cancelled before it began moves nothing`() throws {
    let note = try withNetwork { _, network in
      let (a, b) = network.addPair()
      return await withTaskGroup(of: String.self) { group in
        group.cancelAll()
        group.addTask { await network.outcome(of: Transfer(.megabytes(50), from: a, to: b)) }
        return await group.next()
      }
    }
    #expect(note == "cancelled, 0 B arrived at 0.0 seconds")
  }

  @Test func `a deadline is met at its very instant and broken a nanosecond later`() throws {
    let notes = try withNetwork { _, network in
      let (a, b) = network.addPair()
      func until(_ time: Duration) -> Transfer {
        Transfer(.megabytes(10), from: a, to: b, until: VirtualClock.Instant.start.advanced(by: time))
      }
      return [
        await network.outcome(of: until(.seconds(1))),
        await network.outcome(of: until(.nanoseconds(1_999_999_999))),
        await network.outcome(of: until(.seconds(1))),
      ]
    }
    #expect(
      notes == [
        "done at 1.0 seconds", "timed out, 10 MB arrived at 1.999999999 seconds",
        "timed out, 0 B arrived at 1.999999999 seconds",
      ])
  }

  @Test func `a connection through which nothing passes breaks after its stall limit`() throws {
    let notes = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let cut = network.line(from: a, to: b)
      for second in [2, 20] {
        simulation.at(.seconds(second)) {
          let fault = network.lay(.blocked, on: cut)
          simulation.schedule(after: .seconds(9)) { network.lift(fault) }
        }
      }
      func transfer(_ patience: Int) -> Transfer {
        Transfer(.megabytes(150), from: a, to: b, stallLimit: .seconds(patience))
      }
      async let patient = network.outcome(of: transfer(10))
      async let impatient = network.outcome(of: transfer(8))
      return [await patient, await impatient]
    }
    // Two halves of 10 MB/s for 2 s; alone from 11 s: 90 MB by 20 s, and the last 50 after 29 s.
    #expect(notes == ["done at 34.0 seconds", "stalled, 10 MB arrived at 10.0 seconds"])
  }

  @Test func `a disruption breaks the transfers whose host is gone and no others`() throws {
    let notes = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let isGone = Confined(false, in: simulation)
      simulation.at(.seconds(1)) { network.disrupt() }
      simulation.at(.seconds(3)) {
        isGone { $0 = true }
        network.disrupt()
      }
      async let broken = network.outcome(of: Transfer(.megabytes(50), from: a, to: b)) { isGone { $0 } }
      async let other = network.outcome(of: Transfer(.megabytes(50), from: a, to: b))
      return [await broken, await other]
    }
    #expect(notes == ["connection lost, 15 MB arrived at 3.0 seconds", "done at 6.5 seconds"])
  }

  @Test func `a host that is lost at the instant of the last byte breaks the transfer`() throws {
    let note = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      simulation.at(.seconds(1)) { network.disrupt() }
      return await network.outcome(of: Transfer(.megabytes(10), from: a, to: b), brokenWhen: { true })
    }
    #expect(note == "connection lost, 10 MB arrived at 1.0 seconds")
  }

  @Test func `a transfer that can never go on is a deadlock with a name`() throws {
    let error = #expect(throws: Deadlock.self) {
      try withNetwork { _, network in
        let (a, b) = network.addPair()
        _ = network.lay(.blocked, on: network.line(from: a, to: b))
        try await network.carry(Transfer(.megabytes(10), from: a, to: b))
      }
    }
    #expect(error?.waiting.map(\.what) == ["a transfer that cannot move: a link is blocked or a limit is zero"])
  }
}
