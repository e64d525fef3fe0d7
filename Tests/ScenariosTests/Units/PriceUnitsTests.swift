import Failover
import Testing

@testable import Scenarios

struct PriceUnitsTests {
  @Test(arguments: [
    ("$24.50/month", 24_500_000_000), ("$24.50 / mo", 24_500_000_000), ("24.50 USD/month", 24_500_000_000),
    ("$0.034/h", 24_480_000_000), ("$1/day", 30_000_000_000), ("$0.0001/s", 259_200_000_000),
  ]) func `a month of an hourly price is exact`(text: String, nanodollars: Int64) throws {
    #expect(try Units.parseHourlyPrice(text).cost(of: .billingMonth) == Money(nanodollars: nanodollars))
  }

  @Test(arguments: [
    ("$0.005/GB/month", 5_000_000), ("$5/TB/month", 5_000_000), ("$0.04/GB/mo", 40_000_000),
    ("0.10 USD/GB/month", 100_000_000), ("$0.001/GB/day", 30_000_000), ("$0.0001/GB/h", 72_000_000),
    ("$0.000001/GB/s", 2_592_000_000), (" $ 0.005 / GB / month ", 5_000_000), ("$1/GiB/month", 931_322_575),
    ("-$1/GB/month", -1_000_000_000),
  ]) func `storage is priced by size and time`(text: String, perGigabyteMonth: Int64) throws {
    #expect(try Units.parseStoragePrice(text).perGigabyteMonth == Money(nanodollars: perGigabyteMonth))
  }

  @Test(arguments: [
    ("$0.01/GB", 10_000_000), ("$10/TB", 10_000_000), ("0.01 USD/GB", 10_000_000), ("$0.12 / GB", 120_000_000),
    ("$0.00000001/kB", 10_000_000), ("$1/GiB", 931_322_575),
  ]) func `transfer is priced by size`(text: String, perGigabyte: Int64) throws {
    #expect(try Units.parseTransferPrice(text).perGigabyte == Money(nanodollars: perGigabyte))
  }

  @Test func `a gibibyte is dearer than a gigabyte by the seven per cent that it is larger`() throws {
    let price = try Units.parseStoragePrice("$0.10/GiB/month")
    #expect(price.cost(of: .gibibytes(100), for: .billingMonth) == .cents(1_000))
    #expect(price.cost(of: .gigabytes(100), for: .billingMonth).nanodollars == 9_313_225_746)
  }

  @Test(arguments: [
    ("$0.005", "'$0.005' has no unit; write $0.005/GB/month"),
    ("$0.005/GB", "'$0.005/GB' has no unit; write $0.005/GB/month"),
    ("$0.45/h", "expected a storage price such as $0.005/GB/month, found '$0.45/h'"),
    (
      "$0.005/Gb/month", "unknown unit '/Gb'; did you mean '/GB'?"
    ),
    ("$0.005/GB/mont", "unknown unit '/mont'; did you mean '/month'?"),
    ("$0.005/GB/month/x", "expected a storage price such as $0.005/GB/month, found '$0.005/GB/month/x'"),
    ("5/GB/month", "expected a storage price such as $0.005/GB/month, found '5/GB/month'"),
    (
      "$0.0000000001/GB/month",
      "'$0.0000000001/GB/month' is finer than a billionth of a dollar, the smallest amount told apart"
    ),
    (
      "$99999999999999999999999999999/B/s",
      "'$99999999999999999999999999999/B/s' is more than the largest amount, about 9 billion dollars"
    ),
    ("", "expected a storage price such as $0.005/GB/month, found ''"),
  ]) func `a text that is no storage price is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseStoragePrice(text) })
  }

  @Test(arguments: [
    ("$0.01", "'$0.01' has no unit; write $0.01/GB"),
    ("$0.01/GB/month", "expected a transfer price such as $0.01/GB, found '$0.01/GB/month'"),
    (
      "$0.45/h",
      "unknown unit '/h'; expected a transfer price such as $0.01/GB, in one of /B, /kB, /KiB, /MB, /MiB, /GB, /GiB, /TB, /TiB"
    ),
    ("free", "expected a transfer price such as $0.01/GB, found 'free'"),
  ]) func `a text that is no transfer price is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseTransferPrice(text) })
  }

  @Test(arguments: ["$24.50/month", "$0.45/h", "$0.005/GB/month", "$0.01/GB"])
  func `one kind of price is not another`(text: String) {
    let parsers: [(String) throws -> Void] = [
      { _ = try Units.parseHourlyPrice($0) }, { _ = try Units.parseStoragePrice($0) },
      { _ = try Units.parseTransferPrice($0) },
    ]
    #expect(parsers.count { (try? $0(text)) != nil } == 1)
  }

  private func message(_ parse: () throws(UnitError) -> Void) -> String {
    do {
      try parse()
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test(arguments: ["$0.45/h", "$24.50/month", "$1.00/day", "$1.00/week", "-$0.10/month"])
  func `an hourly price is written by the period that says it exactly`(text: String) throws {
    #expect(Units.format(try Units.parseHourlyPrice(text)) == text)
  }

  @Test(arguments: ["$0.005/GB/month", "$0.10/GiB/month", "$0.0000001/GiB/week", "$0.00/GB/month"])
  func `a storage price is written by the month where that is exact`(text: String) throws {
    #expect(Units.format(try Units.parseStoragePrice(text)) == text)
    let other = "$0.000000001/B/h"
    #expect(Units.format(try Units.parseStoragePrice(other)) == "$720.00/GB/month")
  }

  @Test func `what is written is read back as the same price`() throws {
    var random = TestRandom(state: 11)
    let sizes = Units.sizes.units.map(\.name)
    let periods = Units.pricePeriods.flatMap(\.names)
    for _ in 0..<10_000 {
      let amount = Units.format(Money(nanodollars: random.wideInteger() >> 16))
      let size = sizes.randomElement(using: &random) ?? "GB"
      let period = periods.randomElement(using: &random) ?? "h"
      let hourly = try Units.parseHourlyPrice("\(amount)/\(period)")
      #expect(try Units.parseHourlyPrice(Units.format(hourly)) == hourly)
      let storage = try Units.parseStoragePrice("\(amount)/\(size)/\(period)")
      #expect(try Units.parseStoragePrice(Units.format(storage)) == storage)
      let transfer = try Units.parseTransferPrice("\(amount)/\(size)")
      #expect(try Units.parseTransferPrice(Units.format(transfer)) == transfer)
    }
  }

  @Test func `no text makes a parser of prices trap, and what is accepted fits the pattern of the schema`() throws {
    let seeds = [
      "$24.50/month", "$0.005/GB/month", "$5 / TiB / mo", "$0.01/GB", "0.50 USD/kB", "-$1/week", "$11.20",
      "$9223372036.854775807/s", "$170141183460469231731687303715/B/min", "$0.000000001/bytes/hr",
    ].map { Array($0.utf8) }
    let patterns = try [Units.pricePattern, Units.storagePricePattern, Units.transferPricePattern].map { try Regex($0) }
    var random = TestRandom(state: 12)
    var accepted = [0, 0, 0]
    for _ in 0..<10_000 {
      let seed = seeds.randomElement(using: &random) ?? []
      let text = String(decoding: mutated(seed, with: seeds, using: &random), as: UTF8.self)
      let hourly = try? Units.parseHourlyPrice(text)
      let storage = try? Units.parseStoragePrice(text)
      let transfer = try? Units.parseTransferPrice(text)
      // Whatever was accepted can be used.
      _ = hourly?.cost(of: .nanoseconds(Int64.max))
      _ = storage?.cost(of: ByteCount(.max), for: .nanoseconds(Int64.max))
      _ = transfer?.cost(of: ByteCount(.max))
      for (index, isAccepted) in [hourly != nil, storage != nil, transfer != nil].enumerated() where isAccepted {
        accepted[index] += 1
        #expect(text.contains(patterns[index]), "\(text)")
      }
    }
    #expect(accepted.allSatisfy { $0 > 10 }, "mutations kept some texts valid: \(accepted)")
  }
}
