import Failover
import FailoverSim
import Testing

@Suite struct ReachabilityTests {
  /// What a network says about two sites, in the directions there and back.
  private func ask(_ network: Network, _ a: SiteID, _ b: SiteID) -> [Bool] {
    [network.isReachable(from: a, to: b), network.isReachable(from: b, to: a), network.canConnect(a, b)]
  }

  @Test func `a one-way partition stops datagrams one way and connections both ways`() throws {
    let answers = try withNetwork { _, network in
      let (a, b) = network.addPair()
      let c = network.addSite("c")
      let cut = network.lay(.blocked, on: network.line(from: b, to: a))
      let whileCut = self.ask(network, a, b)
      let others = self.ask(network, a, c) + self.ask(network, c, b)
      network.lift(cut)
      return [whileCut, others, self.ask(network, a, b)]
    }
    #expect(answers?[0] == [true, false, false])
    #expect(answers?[1] == Array(repeating: true, count: 6))
    #expect(answers?[2] == [true, true, true])
  }

  @Test func `a site whose line is cut reaches nobody, and one line that loses everything is cut`() throws {
    for fault in [LinkFault.blocked, LinkFault(loss: .one)] {
      let answers = try withNetwork { _, network in
        let (a, b) = network.addPair()
        let c = network.addSite("c")
        if let link = network.link(named: "line of a") { _ = network.lay(fault, on: link) }
        return [self.ask(network, a, b), self.ask(network, c, a), self.ask(network, c, b)]
      }
      #expect(answers == [[false, false, false], [false, false, false], [true, true, true]])
    }
  }

  @Test func `a round trip adds the latencies of both directions`() throws {
    let trips = try withNetwork { _, network in
      let near = network.add(Link("near", latency: .milliseconds(1)))
      let far = network.add(Link("far", latency: .milliseconds(40)))
      let ocean = network.add(Link("ocean", latency: .milliseconds(100)))
      let (a, b) = (network.addSite("a", access: [near]), network.addSite("b", access: [far]))
      let direct = network.roundTrip(from: a, to: b)
      network.connect(a, b, through: ocean.forward)
      _ = network.lay(LinkFault(extraLatency: .milliseconds(5)), on: network.line(from: a, to: b))
      let after = [network.roundTrip(from: a, to: b), network.roundTrip(from: b, to: a)]
      _ = network.lay(.blocked, on: far.backward)
      return [direct] + after + [network.roundTrip(from: b, to: a), network.roundTrip(from: a, to: a)]
    }
    #expect(trips == [.milliseconds(82), .milliseconds(287), .milliseconds(287), nil, .zero])
  }

  @Test func `among many sites only the pair that is cut is cut`() throws {
    let count = 8
    let cut = try withNetwork { _, network in
      let sites = (0..<count).map { network.addSite("\($0)", access: [network.add(Link("\($0)"))]) }
      func reached() -> [[Bool]] { sites.map { from in sites.map { network.isReachable(from: from, to: $0) } } }
      let before = reached()
      _ = network.lay(.blocked, on: network.line(from: sites[6], to: sites[2]))
      return zip(before, reached()).map { zip($0, $1).map { before, after in before && !after } }
    }
    for (from, row) in (cut ?? []).enumerated() {
      #expect(row == (0..<count).map { from == 6 && $0 == 2 }, "from \(from)")
    }
    #expect(cut?.count == count)
  }

  @Test func `the line of a pair is the same from both ends`() throws {
    let same = try withNetwork { _, network in
      let (a, b) = network.addPair()
      let line = network.line(from: a, to: b)
      return [network.line(from: b, to: a) == line.reversed, network.link(named: "a - b") == line.link]
    }
    #expect(same == [true, true])
  }

  @Test func `links and sites are found by name`() throws {
    let found = try withNetwork { _, network in
      let (_, b) = network.addPair()
      return [network.site(named: "b") == b, network.site(named: "x") == nil, network.link(named: "x") == nil]
    }
    #expect(found == [true, true, true])
  }

  @Test func `bytes count for the links over which they went, not for those that came later`() throws {
    let counts = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      try await network.carry(Transfer(.megabytes(10), from: a, to: b))
      let lines = Confined<[Hop]>([], in: simulation)
      simulation.at(.seconds(2)) { lines { $0.append(network.line(from: a, to: b)) } }
      simulation.at(.seconds(4)) {
        let link = network.add(Link("other"))
        lines { $0.append(link.backward) }
        network.connect(a, b, through: link.backward)
      }
      try await network.carry(Transfer(.megabytes(60), from: a, to: b))
      let hop = network.link(named: "line of b")?.backward
      return (lines { $0 } + (hop.map { [$0] } ?? [])).map { network.carried(over: $0) }
    }
    #expect(counts == [.megabytes(20), .megabytes(30), .megabytes(70)])
  }

  @Test func `carried bytes are counted while they move, in the direction in which they move`() throws {
    let counts = try withNetwork { simulation, network in
      let (a, b) = network.addPair()
      let hop = (network.link(named: "line of a") ?? network.line(from: a, to: b).link).forward
      async let first = network.outcome(of: Transfer(.megabytes(20), from: a, to: b))
      try await simulation.sleep(until: .seconds(1))
      var counts = [network.carried(over: hop), network.carried(over: hop.reversed)]
      // A line put in between counts from now on.
      let line = network.line(from: a, to: b)
      async let broken = network.outcome(
        of: Transfer(.megabytes(20), from: a, to: b, until: VirtualClock.Instant.start.advanced(by: .seconds(2))))
      _ = await (first, broken)
      counts += [network.carried(over: hop), network.carried(over: line), network.carried(over: line.reversed)]
      return counts
    }
    #expect(counts == [10_000_000, 0, 25_000_000, 15_000_000, 0].map { ByteCount($0) })
  }
}
