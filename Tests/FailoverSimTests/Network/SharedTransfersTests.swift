import Failover
import FailoverSim
import Testing

/// Random transfers over random lines whose capacity changes, against a calculation apart from the code under test: event
/// by event, in exact fractions, with rates by `fairRatesBySmallSteps`.
@Suite struct SharedTransfersTests {
  private struct Case: Sendable {
    struct Movement {
      var start: Int64
      var bytes: Int64
      var from: Int
      var to: Int
      var limit: Int64?
    }

    struct Change {
      var time: Int64
      var line: Int
      var capacity: Int64
    }

    var capacities: [Int64]
    var movements: [Movement]
    var changes: [Change]

    /// - Parameters:
    ///   - sites: each has one line, which both directions of traffic cross apart.
    ///   - changes: how often a line changes, sometimes to nothing; at the end all are open.
    init(_ index: UInt64, sites: Int, transfers: Int, changes: Int) {
      var draw = RandomStream(seed: 3, name: "shared transfers").draw(index)
      func number(_ range: Range<UInt64>) -> Int64 {
        Int64(range.lowerBound + draw.nextInteger(below: range.upperBound - range.lowerBound))
      }
      capacities = (0..<sites).map { _ in number(1..<100) * 1000 }
      movements = (0..<transfers).map { _ in
        let from = number(0..<UInt64(sites))
        let to = (from + number(1..<UInt64(sites))) % Int64(sites)
        let limit = number(0..<3) == 0 ? number(1..<50) * 1000 : nil
        return Movement(
          start: number(0..<3) * number(0..<1_000_000_000), bytes: number(1..<100_000), from: Int(from), to: Int(to),
          limit: limit)
      }
      self.changes = (0..<changes).map { _ in
        Change(
          time: number(0..<4_000_000_000), line: Int(number(0..<UInt64(sites))),
          capacity: number(0..<4) == 0 ? 0 : number(1..<100) * 1000)
      }
      self.changes += (0..<(changes == 0 ? 0 : sites)).map { Change(time: 5_000_000_000, line: $0, capacity: 50_000) }
      self.changes.sort { $0.time < $1.time }
    }

    /// When each transfer ends. Shares are freed at whole nanoseconds, as on a clock.
    func endsEventByEvent() -> [Int64] {
      var capacities = capacities
      var left = movements.map { Rational($0.bytes) }
      var ends = movements.map { _ in Int64(-1) }
      var now: Int64 = 0
      while ends.contains(-1) {
        for change in changes where change.time == now { capacities[change.line] = change.capacity }
        let active = movements.indices.filter { movements[$0].start <= now && ends[$0] < 0 }
        let rates = fairRatesBySmallSteps(
          // Lines forward, then lines backward.
          paths: active.map { [movements[$0].from, self.capacities.count + movements[$0].to] },
          limits: active.map { movements[$0].limit }, capacities: capacities + capacities)
        var next = (movements.map(\.start) + changes.map(\.time)).filter { $0 > now }
        for (movement, rate) in zip(active, rates) where rate > .zero {
          next.append(now + (left[movement] * Rational(1_000_000_000) / rate).roundedUp)
        }
        guard let then = next.min() else { return ends }
        for (movement, rate) in zip(active, rates) {
          left[movement] = left[movement] - rate * Rational(Int128(then - now), over: 1_000_000_000)
          if left[movement] <= .zero { ends[movement] = then }
        }
        now = then
      }
      return ends
    }

    /// When each transfer ends in a simulated network.
    func endsInTheNetwork() throws -> [Int64]? {
      try withNetwork { simulation, network in
        let lines = capacities.enumerated().map { index, capacity in
          network.add(Link("\(index)", capacity: DataRate(bytesPerSecond: capacity)))
        }
        let sites = lines.enumerated().map { network.addSite("\($0)", access: [$1]) }
        for change in changes {
          simulation.at(.nanoseconds(change.time)) {
            network.update(lines[change.line]) {
              $0.forwardCapacity = DataRate(bytesPerSecond: change.capacity)
              $0.backwardCapacity = $0.forwardCapacity
            }
          }
        }
        let ends = try await network.ends(
          of: movements.map { movement in
            let limit = movement.limit.map { DataRate(bytesPerSecond: $0) }
            let (from, to) = (sites[movement.from], sites[movement.to])
            return (movement.start, Transfer(ByteCount(movement.bytes), from: from, to: to, limit: limit))
          })
        for (line, index) in zip(lines, lines.indices) {
          let sent = movements.filter { $0.from == index }.reduce(0) { $0 + $1.bytes }
          let received = movements.filter { $0.to == index }.reduce(0) { $0 + $1.bytes }
          #expect(network.carried(over: line.forward) == ByteCount(sent))
          #expect(network.carried(over: line.backward) == ByteCount(received))
        }
        #expect(network.transfersUnderWay == 0)
        return ends
      }
    }
  }

  @Test func `staggered transfers over one link end when exact fractions say`() throws {
    for index in 0..<300 as Range<UInt64> {
      let each = Case(index, sites: 2, transfers: 6, changes: 0)
      #expect(try each.endsInTheNetwork() == each.endsEventByEvent(), "case \(index)")
    }
  }

  @Test func `transfers over many changing links end when exact fractions say`() throws {
    for index in 1000..<1300 as Range<UInt64> {
      let each = Case(index, sites: 4, transfers: 5, changes: 4)
      #expect(try each.endsInTheNetwork() == each.endsEventByEvent(), "case \(index)")
    }
  }
}
