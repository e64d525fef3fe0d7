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

  @Test func `a lone transfer moves the clock in place`() throws {
    let statistics = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      for _ in 0..<1000 { try await network.carry(Transfer(.megabytes(1), from: a, to: b)) }
      return simulation.statistics
    }
    #expect(statistics?.advancesInPlace == 1000)
    #expect(statistics?.wakeUps == 1000)
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
