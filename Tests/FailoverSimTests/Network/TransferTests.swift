import Failover
import FailoverSim
import Testing

@Suite struct TransferTests {
  @Test(arguments: [1, 2, 3, 7, 11, 16, 19, 22] as [Int64])
  func `transfers that begin together over one link all end after the sum of their bytes`(count: Int64) throws {
    let size: Int64 = 10_000_019
    let ends = try withNetwork { _, network in
      let (a, b) = network.addPair()
      return try await network.ends(of: (0..<count).map { _ in (0, Transfer(ByteCount(size), from: a, to: b)) })
    }
    let expected = Rational(Int128(count * size) * 1_000_000_000, over: 10_000_000).roundedUp
    #expect(ends == Array(repeating: expected, count: Int(count)))
  }

  @Test func `the two directions of a link share nothing`() throws {
    let ends = try withNetwork { _, network in
      let (a, b) = network.addPair()
      return try await network.ends(of: [
        (0, Transfer(.megabytes(30), from: a, to: b)), (0, Transfer(.megabytes(30), from: b, to: a)),
      ])
    }
    #expect(ends == [3_000_000_000, 3_000_000_000])
  }

  @Test func `a transfer moves no faster than its own limit and leaves the rest to others`() throws {
    let ends = try withNetwork { _, network in
      let (a, b) = network.addPair()
      return try await network.ends(of: [
        (0, Transfer(.megabytes(8), from: a, to: b, limit: .megabytesPerSecond(2))),
        (0, Transfer(.megabytes(40), from: a, to: b)),
      ])
    }
    // 2 and 8 MB/s for 4 s; then the other has 8 MB left and the link for itself.
    #expect(ends == [4_000_000_000, 4_800_000_000])
  }

  @Test func `no bytes take no time, even over a blocked link`() throws {
    let outcome = try withNetwork { _, network in
      let (a, b) = network.addPair()
      _ = network.lay(.blocked, on: network.line(from: a, to: b))
      return await network.outcome(of: Transfer(.zero, from: a, to: b))
    }
    #expect(outcome == "done at 0.0 seconds")
  }

  @Test func `from a site to itself, and between sites without links, everything is through in an instant`() throws {
    let ends = try withNetwork { _, network in
      let (a, _) = network.addPair()
      let (c, d) = (network.addSite("c"), network.addSite("d"))
      return try await network.ends(of: [
        (0, Transfer(.gigabytes(1), from: a, to: a)), (0, Transfer(.gigabytes(1), from: c, to: d)),
      ])
    }
    #expect(ends == [1, 1])
  }

  @Test func `a lone transfer moves the clock in place, once for its lead and all its legs`() throws {
    let result = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let relay = network.addSite("relay", access: [network.add(Link("r", capacity: .megabytesPerSecond(5)))])
      for _ in 0..<1000 {
        try await network.carry(Transfer(.megabytes(1), from: a, to: b, by: relay, after: .milliseconds(100)))
      }
      return (simulation.statistics, simulation.elapsed)
    }
    #expect(result?.0.advancesInPlace == 1000)
    #expect(result?.0.wakeUps == 1000)
    #expect(result?.1 == .seconds(500))
  }

  @Test func `a lone transfer that cannot move the clock sleeps once`() throws {
    let statistics = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      for _ in 0..<1000 {
        // Something that happens meanwhile and has nothing to do with the network.
        simulation.schedule(after: .milliseconds(50)) {}
        try await network.carry(Transfer(.megabytes(1), from: a, to: b, after: .milliseconds(40)))
      }
      return simulation.statistics
    }
    #expect(statistics?.advancesInPlace == 0)
    #expect(statistics?.wakeUps == 2000)
  }

  /// Whatever makes a network look at a lone transfer must leave it as it was.
  @Test func `looking at a transfer does not change its end, whatever stage it is in`() throws {
    for step in 0...36 {
      let result = try withNetwork { simulation, network in
        let (a, b) = network.addPair()
        let relay = network.addSite("relay", access: [network.add(Link("r", capacity: .megabytesPerSecond(5)))])
        let hop = (network.link(named: "r") ?? network.line(from: a, to: b).link).backward
        let carried = Confined(ByteCount.zero, in: simulation)
        simulation.at(.milliseconds(100 * step)) { carried { $0 = network.carried(over: hop) } }
        if step % 2 == 0 { simulation.at(.milliseconds(100 * step + 50)) { network.disrupt() } }
        if step % 3 == 0 { simulation.at(.milliseconds(100 * step + 50)) { _ = network.line(from: b, to: a) } }
        let transfer = Transfer(.megabytes(5), from: a, to: b, by: relay, after: .milliseconds(500))
        let duration = try await network.carry(transfer)
        // The last instant comes when the transfer is over; the end of the simulation must not come first.
        try await simulation.sleep(until: .seconds(4))
        return (duration, carried { $0 }, network.carried(over: hop))
      }
      #expect(result?.0 == .milliseconds(2500))
      #expect(result?.1 == ByteCount(min(5_000_000, max(0, Int64(step) * 500_000 - 2_500_000))), "step \(step)")
      #expect(result?.2 == .megabytes(5))
    }
  }

  @Test func `a relay gets everything before it sends anything on`() throws {
    let notes = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let relay = network.addSite("relay")
      // A second for the lead, then one for each leg.
      func carry(until deadline: Duration) async -> String {
        let instant = simulation.clock.now.advanced(by: deadline)
        let transfer = Transfer(
          .megabytes(10), from: a, to: b, by: relay, after: .seconds(1), until: instant)
        do throws(TransferFailure) {
          return "\(try await network.carry(transfer))"
        } catch {
          return "\(error)"
        }
      }
      let bounds = [500, 1000, 1900, 2000, 2500, 3000]
      var notes: [String] = []
      for bound in bounds { notes.append(await carry(until: .milliseconds(bound))) }
      return notes
    }
    #expect(
      notes == [
        "timed out, 0 B arrived", "timed out, 0 B arrived", "timed out, 0 B arrived", "timed out, 0 B arrived",
        "timed out, 5 MB arrived", "3.0 seconds",
      ])
  }

  @Test func `a lead takes its time even for no bytes, and can be broken off`() throws {
    let notes = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let none = Transfer(.zero, from: a, to: b, after: .seconds(2))
      var notes = [await network.outcome(of: none)]
      _ = network.lay(.blocked, on: network.line(from: a, to: b))
      notes.append(await network.outcome(of: none))
      simulation.schedule(after: .seconds(1)) { network.disrupt() }
      notes.append(await network.outcome(of: none, brokenWhen: { true }))
      return notes
    }
    #expect(
      notes == ["done at 2.0 seconds", "done at 4.0 seconds", "connection lost, 0 B arrived at 5.0 seconds"])
  }

  @Test func `a share is free when the bytes are through, not when the sleeper oversleeps`() throws {
    let ends = try withNetwork(overshoot: .milliseconds(10)) { _, network in
      let (a, b) = network.addPair()
      async let first = network.outcome(of: Transfer(.megabytes(10), from: a, to: b))
      async let second = network.outcome(of: Transfer(.megabytes(20), from: a, to: b, after: .zero))
      return [await first, await second]
    }
    #expect(ends == ["done at 2.01 seconds", "done at 3.01 seconds"])
  }

  @Test func `a timer's overshoot comes on top, as in every other sleep`() throws {
    let overshoot = Duration.milliseconds(10)
    let result = try withNetwork(overshoot: overshoot) { simulation, network in
      let (a, b) = network.addPair()
      let duration = try await network.carry(Transfer(.megabytes(10), from: a, to: b))
      let inTime = VirtualClock.Instant.start.advanced(by: .milliseconds(2010))
      return (duration, await network.outcome(of: Transfer(.megabytes(10), from: a, to: b, until: inTime)))
    }
    #expect(result?.0 == .milliseconds(1010))
    #expect(result?.1 == "done at 2.02 seconds")
  }

  @Test func `sites that share an uplink reach each other without it`() throws {
    let ends = try withNetwork { _, network in
      let uplink = network.add(Link("uplink", capacity: .megabytesPerSecond(1)))
      let sites = (0..<2).map { index in
        let nic = network.add(Link("nic \(index)", capacity: .megabytesPerSecond(10)))
        return network.addSite("gpu \(index)", access: [nic, uplink])
      }
      let outside = network.addSite("outside")
      return try await network.ends(of: [
        (0, Transfer(.megabytes(30), from: sites[0], to: sites[1])),
        (0, Transfer(.megabytes(3), from: outside, to: sites[0])),
        (0, Transfer(.megabytes(3), from: outside, to: sites[1])),
      ])
    }
    // The two from outside share the uplink. The receiver's line has 9.5 MB/s left for the one that stays inside.
    #expect(ends == [3_157_894_737, 6_000_000_000, 6_000_000_000])
  }

  @Test func `the same transfers end at the same nanoseconds in every run`() throws {
    func run() throws -> [Int64]? {
      try withNetwork { simulation, network in
        let (a, b) = network.addPair()
        let cut = network.line(from: a, to: b)
        simulation.at(.milliseconds(700)) {
          let fault = network.lay(.blocked, on: cut)
          simulation.schedule(after: .milliseconds(333)) { network.lift(fault) }
        }
        let stream = RandomStream(seed: 9, name: "transfers")
        let transfers = (0..<40).map { (index: UInt64) in
          var draw = stream.draw(index)
          let start = Int64(draw.nextInteger(below: 2_000_000_000))
          let bytes = ByteCount(Int64(draw.nextInteger(below: 3_000_000)))
          return (start, index % 3 == 0 ? Transfer(bytes, from: b, to: a) : Transfer(bytes, from: a, to: b))
        }
        return try await network.ends(of: transfers)
      }
    }
    let first = try run()
    #expect(Set(first ?? []).count > 20)
    for _ in 0..<20 { #expect(try run() == first) }
  }
}
