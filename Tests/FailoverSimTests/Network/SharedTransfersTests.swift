import Failover
import FailoverSim
import Testing

/// Random transfers over random lines whose capacity changes, against a calculation apart from the code under test:
/// event by event, in exact fractions, with rates by `fairRatesBySmallSteps`.
@Suite struct SharedTransfersTests {
  private struct Case: Sendable {
    struct Movement {
      var start: Int64
      var bytes: Int64
      var from: Int
      var to: Int
      var relay: Int?
      var lead: Int64
      var limit: Int64?

      /// Senders and receivers, leg by leg.
      var legs: [(from: Int, to: Int)] { relay.map { [(from, $0), ($0, to)] } ?? [(from, to)] }
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
    ///   - hasStages: whether some transfers have a lead, and some go over a third site.
    init(_ index: UInt64, sites: Int, transfers: Int, changes: Int, hasStages: Bool = false) {
      var draw = RandomStream(seed: 3, name: "shared transfers").draw(index)
      func number(_ range: Range<UInt64>) -> Int64 {
        Int64(range.lowerBound + draw.nextInteger(below: range.upperBound - range.lowerBound))
      }
      capacities = (0..<sites).map { _ in number(1..<100) * 1000 }
      movements = (0..<transfers).map { _ in
        let from = number(0..<UInt64(sites))
        let to = (from + number(1..<UInt64(sites))) % Int64(sites)
        let limit = number(0..<3) == 0 ? number(1..<50) * 1000 : nil
        let relay = hasStages && number(0..<2) == 0 ? (0..<sites).first { $0 != from && $0 != to } : nil
        return Movement(
          start: number(0..<3) * number(0..<1_000_000_000), bytes: number(1..<100_000), from: Int(from), to: Int(to),
          relay: relay, lead: hasStages ? max(0, number(0..<2_000_000_000) - 1_000_000_000) : 0, limit: limit)
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
      var leg = movements.map { _ in 0 }
      var ends = movements.map { _ in Int64(-1) }
      var now: Int64 = 0
      while ends.contains(-1) {
        for change in changes where change.time == now { capacities[change.line] = change.capacity }
        let active = movements.indices.filter { movements[$0].start + movements[$0].lead <= now && ends[$0] < 0 }
        let rates = fairRatesBySmallSteps(
          // Lines forward, then lines backward.
          paths: active.map { each in
            let (from, to) = movements[each].legs[leg[each]]
            return [from, capacities.count + to]
          },
          limits: active.map { movements[$0].limit }, capacities: capacities + capacities)
        var next = (movements.map { $0.start + $0.lead } + changes.map(\.time)).filter { $0 > now }
        for (movement, rate) in zip(active, rates) where rate > .zero {
          next.append(now + (left[movement] * Rational(1_000_000_000) / rate).roundedUp)
        }
        guard let then = next.min() else { return ends }
        for (each, rate) in zip(active, rates) {
          left[each] = left[each] - rate * Rational(Int128(then - now), over: 1_000_000_000)
          guard left[each] <= .zero else { continue }
          left[each] = Rational(movements[each].bytes)
          leg[each] += 1
          if leg[each] == movements[each].legs.count { ends[each] = then }
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
            let transfer = Transfer(
              ByteCount(movement.bytes), from: sites[movement.from], to: sites[movement.to],
              by: movement.relay.map { sites[$0] }, after: .nanoseconds(movement.lead), limit: limit)
            return (movement.start, transfer)
          })
        for (line, index) in zip(lines, lines.indices) {
          let sent = movements.filter { $0.legs.contains { $0.from == index } }.reduce(0) { $0 + $1.bytes }
          let received = movements.filter { $0.legs.contains { $0.to == index } }.reduce(0) { $0 + $1.bytes }
          #expect(network.carried(over: line.forward) == ByteCount(sent))
          #expect(network.carried(over: line.backward) == ByteCount(received))
        }
        #expect(network.transfersUnderWay == 0)
        return ends
      }
    }
  }

  @Test func `staggered transfers over one link end when exact fractions say`() throws {
    for index in 0..<100 as Range<UInt64> {
      let each = Case(index, sites: 2, transfers: 6, changes: 0)
      #expect(try each.endsInTheNetwork() == each.endsEventByEvent(), "case \(index)")
    }
  }

  @Test func `transfers over many changing links end when exact fractions say`() throws {
    for index in 1000..<1100 as Range<UInt64> {
      let each = Case(index, sites: 4, transfers: 5, changes: 4)
      #expect(try each.endsInTheNetwork() == each.endsEventByEvent(), "case \(index)")
    }
  }

  @Test func `transfers with leads and relays end when exact fractions say`() throws {
    for index in 2000..<2100 as Range<UInt64> {
      let each = Case(index, sites: 3, transfers: 4, changes: Int(index % 3), hasStages: true)
      #expect(try each.endsInTheNetwork() == each.endsEventByEvent(), "case \(index)")
    }
  }
}
