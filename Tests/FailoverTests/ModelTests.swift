import Failover
import Testing

@Suite struct ModelTests {
  @Test func `1.2 GB at 6 MB/s takes 200 s`() {
    let rate = DataRate.megabytesPerSecond(6)
    #expect(rate.duration(for: .megabytes(1_200)) == .seconds(200))
    #expect(rate.amount(in: .seconds(30)) == .megabytes(180))
    #expect(DataRate.megabitsPerSecond(100) == DataRate(bytesPerSecond: 12_500_000))
  }

  @Test func `nothing moves at a rate of zero, and nothing to move takes no time`() {
    #expect(DataRate.zero.duration(for: ByteCount(1)) == nil)
    #expect(DataRate.zero.duration(for: .zero) == .zero)
  }

  @Test func `a transfer's duration is rounded up, so that what is sent in it is all there is`() {
    for bytes in [1, 7, 999, 1_000_003, 1_234_567_890] as [Int64] {
      for rate in [1, 3, 7_777_777, 6_000_000] as [Int64] {
        let rate = DataRate(bytesPerSecond: rate)
        let duration = rate.duration(for: ByteCount(bytes))
        #expect(duration.map { rate.amount(in: $0).bytes >= bytes } == true)
      }
    }
  }

  @Test func `a month of e2-medium spot costs $7.20, and of a GPU at $0.50 $360`() {
    let month = Duration.seconds(30 * 86_400)
    #expect(HourlyPrice(perHour: .cents(1)).cost(of: month) == .cents(720))
    #expect(HourlyPrice(perHour: .cents(50)).cost(of: month) == .cents(36_000))
    #expect(HourlyPrice(perHour: .cents(1)).cost(of: .seconds(1)).nanodollars == 2_777)
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (950_000_000, "950 MB"), (1_190_002_000, "1.19 GB"),
    (5_000_000_000_000, "5 TB"),
  ] as [(Int64, String)]) func `sizes read as people write them`(bytes: Int64, text: String) {
    #expect("\(ByteCount(bytes))" == text)
  }

  @Test(arguments: [(45, "$0.45"), (50, "$0.50"), (100, "$1.00"), (72_000, "$720.00"), (-5, "-$0.05")] as [(Int64, String)])
  func `money has at least two decimals`(cents: Int64, text: String) {
    #expect("\(Money.cents(cents))" == text)
  }

  @Test func `whole nanoseconds are exact and never trap`() {
    #expect(Duration.seconds(3).wholeNanoseconds == 3_000_000_000)
    #expect((Duration.zero - .nanoseconds(5)).wholeNanoseconds == -5)
    #expect(Duration.nanoseconds(Int64.max).wholeNanoseconds == .max)
    #expect(Duration.seconds(Int64.max / 2).wholeNanoseconds == .max)
    #expect((Duration.zero - .seconds(Int64.max / 2)).wholeNanoseconds == .min)
    #expect(Duration(secondsComponent: 1, attosecondsComponent: 999_999_999).wholeNanoseconds == 1_000_000_000)
  }

  @Test func `back-off grows by its ratio to its maximum`() {
    let backoff = Backoff(initial: .seconds(5), maximum: .seconds(60))
    #expect((1...6).map { backoff.delay(after: $0) } == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
    #expect(backoff.delay(after: 1_000_000_000) == .seconds(60))
    #expect(Backoff.constant(.seconds(2)).delay(after: 9) == .seconds(2))
  }

  @Test func `the best offer does not depend on the order in which offers are listed`() {
    func offer(_ id: String, _ cents: Int64, _ region: String, _ memory: Int64 = 16) -> Offer {
      Offer(
        id: id, gpuName: "RTX 4090", memory: .gigabytes(memory),
        price: HourlyPrice(perHour: .cents(cents)), region: region)
    }
    let query = OfferQuery(
      minimumMemory: .gigabytes(8), maximumPrice: HourlyPrice(perHour: .cents(50)), regions: ["TH", "VN"])
    let offers = [
      offer("cheap-elsewhere", 10, "US"), offer("too-small", 20, "TH", 4), offer("vn", 45, "VN"),
      offer("th-b", 45, "TH"), offer("th-a", 45, "TH"), offer("dear", 51, "TH"),
    ]
    let best = ["th-a", "th-b", "vn"]
    #expect(query.ranked(offers).map(\.id) == best)
    #expect(query.ranked(offers.reversed()).map(\.id) == best)
  }
}
