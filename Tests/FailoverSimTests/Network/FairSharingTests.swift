import Failover
import FailoverSim
import Testing

@Suite struct FairSharingTests {
  /// A random case: links, and flows that cross some of them.
  private struct Case {
    var flows: [FairSharing.Flow] = []
    var capacities: [DataRate] = []

    /// - Parameter capacity: turns a random word into bytes per second.
    init(_ index: UInt64, capacity: (UInt64) -> Int64) {
      var draw = RandomStream(seed: 5, name: "fair sharing").draw(index)
      let links = Int(draw.nextInteger(below: 6)) + 1
      capacities = (0..<links).map { _ in DataRate(bytesPerSecond: capacity(draw.nextWord())) }
      flows = (0..<draw.nextInteger(below: 10)).map { _ in
        let crossed = (0..<links).filter { _ in draw.nextChance(numerator: 1, over: 2) }
        let isLimited = crossed.isEmpty || draw.nextChance(numerator: 1, over: 3)
        let limit = DataRate(bytesPerSecond: capacity(draw.nextWord()))
        return FairSharing.Flow(over: crossed, limit: isLimited ? limit : nil)
      }
    }

    /// From dead links to such as move more than there is in the world.
    static func anything(_ index: UInt64) -> Case {
      Case(index) { word in word % 8 == 0 ? 0 : word % 8 == 1 ? .max : Int64(word >> (1 + word % 62)) }
    }

    var rates: [FairRate] { FairSharing.rates(of: flows, over: capacities) }
  }

  @Test func `no link carries more than it can`() {
    for index in 0..<3000 as Range<UInt64> {
      let each = Case.anything(index)
      let rates = each.rates
      for (link, capacity) in each.capacities.enumerated() {
        let carried = zip(each.flows, rates).filter { $0.0.links.contains(link) }.reduce(0) { $0 + $1.1.units }
        #expect(carried <= FairRate(capacity).units, "case \(index), link \(link)")
      }
    }
  }

  /// That every flow has a bottleneck is what tells the max-min fair rates from all others.
  @Test func `every flow is at its own limit or has a full link on which none is faster`() {
    for index in 0..<3000 as Range<UInt64> {
      let each = Case.anything(index)
      let rates = each.rates
      for (flow, rate) in zip(each.flows, rates) where rate != (flow.limit ?? FairRate(.unlimited)) {
        let hasBottleneck = flow.links.contains { link in
          let users = each.flows.indices.filter { each.flows[$0].links.contains(link) }
          let carried = users.reduce(0) { $0 + rates[$1].units }
          // Less than one unit for each is left over where the shares do not come out even.
          let isFull = FairRate(each.capacities[link]).units - carried < users.count
          return isFull && users.allSatisfy { rates[$0] <= rate }
        }
        #expect(hasBottleneck, "case \(index)")
      }
    }
  }

  @Test func `an implementation by small exact steps finds the same rates`() {
    var exact = 0
    for index in 0..<1000 as Range<UInt64> {
      let each = Case(index) { Int64($0 % 40) }
      let expected = fairRatesBySmallSteps(
        paths: each.flows.map(\.links), limits: each.flows.map { $0.limit?.wholeRate.bytesPerSecond },
        capacities: each.capacities.map(\.bytesPerSecond))
      let comesOutEven = expected.allSatisfy { FairRate.unitsPerByte % $0.denominator == 0 }
      exact += comesOutEven ? 1 : 0
      for (rate, expected) in zip(each.rates, expected) {
        let difference = Rational(rate.units) - expected * Rational(FairRate.unitsPerByte)
        let bound = comesOutEven ? .zero : Rational(Int128(each.flows.count))
        #expect(difference <= bound && .zero - difference <= bound, "case \(index): \(rate) \(expected)")
      }
    }
    #expect(exact > 900)
  }

  @Test(arguments: 1...22)
  func `equal flows over one link get equal shares to the last part`(count: Int) {
    let flows = Array(repeating: FairSharing.Flow(over: [0]), count: count)
    let rates = FairSharing.rates(of: flows, over: [.megabytesPerSecond(10)])
    #expect(rates.allSatisfy { $0.units * Int128(count) == FairRate(.megabytesPerSecond(10)).units })
  }

  @Test func `what a limited flow leaves goes to the others`() {
    let flows = [
      FairSharing.Flow(over: [0], limit: .megabytesPerSecond(1)), FairSharing.Flow(over: [0]),
      FairSharing.Flow(over: [0, 1]),
    ]
    let capacities: [DataRate] = [.megabytesPerSecond(10), .megabytesPerSecond(2)]
    let rates = FairSharing.rates(of: flows, over: capacities)
    #expect(rates.map(\.wholeRate) == [.megabytesPerSecond(1), .megabytesPerSecond(7), .megabytesPerSecond(2)])
  }

  @Test func `a flow over a blocked link gets nothing and takes nothing from others`() {
    let flows = [FairSharing.Flow(over: [0, 1]), FairSharing.Flow(over: [0])]
    let rates = FairSharing.rates(of: flows, over: [.megabytesPerSecond(3), .zero])
    #expect(rates == [.zero, FairRate(.megabytesPerSecond(3))])
  }

  @Test func `links that do not exist and capacities below zero carry nothing`() {
    let flows = [FairSharing.Flow(over: [7]), FairSharing.Flow(over: [-1, 0]), FairSharing.Flow(over: [0])]
    #expect(FairSharing.rates(of: flows, over: [DataRate(bytesPerSecond: -5)]) == [.zero, .zero, .zero])
  }

  @Test func `a flow that crosses a link twice loads it twice`() {
    let flows = [FairSharing.Flow(over: [0, 0]), FairSharing.Flow(over: [0])]
    let rates = FairSharing.rates(of: flows, over: [.megabytesPerSecond(3)])
    #expect(rates.map(\.wholeRate) == [.megabytesPerSecond(1), .megabytesPerSecond(1)])
  }

  @Test func `what nothing bounds is unlimited`() {
    #expect(FairSharing.rates(of: [FairSharing.Flow(over: [])], over: []) == [FairRate(.unlimited)])
    #expect(FairSharing.rates(of: [], over: [.megabytesPerSecond(1)]).isEmpty)
  }
}

@Suite struct FairAmountTests {
  @Test func `the largest amount at the largest rate still fits`() {
    var amount = FairAmount(ByteCount(.max))
    #expect(amount.nanoseconds(at: FairRate(.unlimited)) == 1_000_000_000)
    amount.subtract(FairRate(.unlimited), for: 999_999_999)
    #expect(!amount.isZero)
    amount.subtract(FairRate(.unlimited), for: .max)
    #expect(amount.isZero)
  }

  @Test func `a third of a byte per second takes three seconds for a byte`() {
    let rate = FairRate(units: FairRate.unitsPerByte / 3)
    var amount = FairAmount(ByteCount(1))
    #expect(amount.nanoseconds(at: rate) == 3_000_000_000)
    amount.subtract(rate, for: 2_999_999_999)
    #expect(amount.nanoseconds(at: rate) == 1)
    #expect(amount.roundedUp == ByteCount(1))
  }

  @Test func `nothing takes no time and something takes for ever at rate zero`() {
    #expect(FairAmount(.zero).nanoseconds(at: .zero) == 0)
    #expect(FairAmount(ByteCount(-4)).isZero)
    #expect(FairAmount(ByteCount(1)).nanoseconds(at: .zero) == nil)
    #expect(FairAmount(ByteCount(.max)).nanoseconds(at: FairRate(units: 1)) == nil)
  }
}
