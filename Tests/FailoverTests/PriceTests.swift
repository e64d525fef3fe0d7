import Failover
import Foundation
import Testing

@Suite struct PriceTests {
  private let month = Duration.billingMonth

  @Test func `a price by the month costs in 720 hours what it says, to the nanodollar`() {
    #expect(HourlyPrice(perMonth: .cents(2_450)).cost(of: .seconds(720 * 3600)) == .cents(2_450))
    #expect(HourlyPrice(perMonth: .cents(2_450)).cost(of: .seconds(3600)).nanodollars == 34_027_777)
    #expect(HourlyPrice(perMonth: .cents(2_450)).perHour.nanodollars == 34_027_778)
    for cents in Int64(1)...2_000 {
      let price = HourlyPrice(perMonth: .cents(cents))
      #expect(price.cost(of: month) == .cents(cents))
      #expect(price.perMonth == .cents(cents))
    }
  }

  @Test func `what costs the same by the month and by the hour is one price`() {
    #expect(HourlyPrice(perMonth: .cents(720)) == HourlyPrice(perHour: .cents(1)))
    #expect(Set([HourlyPrice(perMonth: .cents(720)), HourlyPrice(perHour: .cents(1))]).count == 1)
    #expect(HourlyPrice(perMonth: .zero) == .free)
    #expect("\(HourlyPrice(perMonth: .cents(2_450)))" == "$0.034/h")
    #expect("\(StoragePrice(perGigabyteMonth: Money(nanodollars: 5_000_000)))" == "$0.005/GB/month")
    #expect("\(TransferPrice(perGigabyte: .cents(1)))" == "$0.01/GB")
  }

  @Test func `prices are ordered by what 5040 hours of them cost, which is a whole number for all of them`() throws {
    var random = SystemlessRandom(state: 5)
    for _ in 0..<2_000 {
      func draw() throws -> (price: UnitPrice, whole: Int128) {
        let hours = try #require([1, 24, 168, 720].randomElement(using: &random)) as Int64
        let amount = Int64.random(in: -1_000_000...1_000_000, using: &random)
        return (UnitPrice(amount, per: hours), Int128(amount) * Int128(5040 / hours))
      }
      let (a, b) = (try draw(), try draw())
      #expect((a.price < b.price) == (a.whole < b.whole))
      #expect((a.price == b.price) == (a.whole == b.whole))
    }
  }

  @Test func `100 GB cost the documents' figures in a month`() {
    let size = ByteCount.gigabytes(100)
    #expect(StoragePrice(perGigabyteMonth: Money(nanodollars: 5_000_000)).cost(of: size, for: month) == .cents(50))
    #expect(StoragePrice(perGigabyteMonth: .cents(4)).cost(of: size, for: month) == .cents(400))
    #expect(StoragePrice(perGigabyteMonth: .cents(10)).cost(of: size, for: month / 2) == .cents(500))
    #expect(TransferPrice(perGigabyte: .cents(1)).cost(of: size) == .cents(100))
    #expect(TransferPrice(perGigabyte: .cents(1)).cost(of: ByteCount(99)).nanodollars == 0)
    #expect(TransferPrice(perGigabyte: .cents(1)).cost(of: ByteCount(100)).nanodollars == 1)
  }

  @Test func `a cost is what decimal arithmetic of 38 digits says`() throws {
    var random = SystemlessRandom(state: 6)
    for _ in 0..<2_000 {
      let amount = Int64.random(in: 0...2_000_000_000, using: &random)
      let bytes = Int64.random(in: 0...1_000_000_000_000, using: &random)
      let nanoseconds = Int64.random(in: 0...10_000_000_000_000_000, using: &random)
      let duration = Duration.nanoseconds(nanoseconds)
      let hour = Decimal(3_600_000_000_000)
      let byTime = Decimal(amount) * Decimal(nanoseconds) / (hour * 720)
      #expect(HourlyPrice(perMonth: Money(nanodollars: amount)).cost(of: duration).nanodollars == whole(byTime))
      let byteMonths = Decimal(bytes) * Decimal(nanoseconds) / (hour * 720 * 1_000_000_000)
      let stored = StoragePrice(perGigabyteMonth: Money(nanodollars: amount)).cost(of: ByteCount(bytes), for: duration)
      // Decimal rounds its quotient in the 38th digit.
      #expect(abs(stored.nanodollars - whole(byteMonths * Decimal(amount))) <= 1)
    }
  }

  private func whole(_ number: Decimal) -> Int64 {
    var (number, result) = (number, Decimal())
    NSDecimalRound(&result, &number, 0, .down)
    return (result as NSDecimalNumber).int64Value
  }

  @Test func `the exact costs of the parts of a month add up to that of the month`() {
    var random = SystemlessRandom(state: 7)
    for _ in 0..<200 {
      let cuts = (0..<20).map { _ in Int64.random(in: 0...month.wholeNanoseconds, using: &random) }.sorted()
      let bounds = [0] + cuts + [month.wholeNanoseconds]
      let parts = zip(bounds, bounds.dropFirst()).map { Duration.nanoseconds($1 - $0) }
      let amount = Money(nanodollars: Int64.random(in: 1...100_000_000_000, using: &random))
      let size = ByteCount(Int64.random(in: 1...1_000_000_000_000, using: &random))
      let (hours, storage) = (HourlyPrice(perMonth: amount), StoragePrice(perGigabyteMonth: amount))
      var (time, kept) = (ExactMoney.zero, ExactMoney.zero)
      for part in parts {
        time += hours.exactCost(of: part)
        kept += storage.exactCost(of: size, for: part)
      }
      #expect(time == hours.exactCost(of: month) && time.rounded == amount)
      #expect(kept == storage.exactCost(of: size, for: month))
    }
  }

  @Test func `nothing traps on absurd prices, sizes and times`() {
    let most = Money(nanodollars: .max)
    let ever = Duration.nanoseconds(Int64.max)
    let all = ByteCount(.max)
    #expect(HourlyPrice(perHour: most).cost(of: ever) == most)
    #expect(HourlyPrice(perMonth: Money(nanodollars: .min)).cost(of: ever).nanodollars == Int64.min)
    #expect(StoragePrice(perGigabyteMonth: most).cost(of: all, for: ever) == most)
    #expect(TransferPrice(perGigabyte: most).cost(of: all) == most)
    #expect(HourlyPrice(perHour: most).cost(of: .zero - ever) == .zero)
    #expect(HourlyPrice(perHour: most).perMonth == most)
    #expect(most + most == most && Money(nanodollars: .min) - most == Money(nanodollars: .min))
    var sum = UnitPrice(.max, per: 1).cost(of: Int128.max)
    let dear = UnitPrice(.max, per: .max - 1)
    let divisors: [Int128] = [.max, .max - 1, 7, 1]
    for divisor in divisors { sum += dear.cost(of: Int128.max, over: divisor) }
    #expect(sum.rounded == most)
    // Where the exact product needs more than 128 bits, its leading digits are kept.
    let moment = StoragePrice(dear).cost(of: ByteCount(3_600_000_000), for: .nanoseconds(1_000))
    #expect(moment.nanodollars == 1)
  }
}

/// SplitMix64: the same inputs in every run.
private struct SystemlessRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
