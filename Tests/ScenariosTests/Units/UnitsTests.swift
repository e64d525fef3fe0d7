import Failover
import Testing

@testable import Scenarios

struct UnitsTests {
  @Test(arguments: [
    ("30s", 30_000_000_000), ("0.49ms", 490_000), ("1h30min", 5_400_000_000_000), ("1.5h", 5_400_000_000_000),
    ("1h 30min", 5_400_000_000_000), ("5 minutes", 300_000_000_000), ("1 day", 86_400_000_000_000),
    ("2w", 1_209_600_000_000_000), ("7µs", 7_000), ("7us", 7_000), ("1.000000001s", 1_000_000_001), ("0", 0),
    ("-5s", -5_000_000_000), ("1.50000000000000000000000000000000000000000000000000s", 1_500_000_000),
    ("9223372036854775807ns", Int64.max), ("-9223372036854775808ns", Int64.min), ("  3sec ", 3_000_000_000),
  ]) func `durations are exact`(text: String, nanoseconds: Int64) throws {
    #expect(try Units.parseDuration(text) == .nanoseconds(nanoseconds))
  }

  @Test(arguments: [
    ("12B", 12), ("1.2GB", 1_200_000_000), ("512MiB", 536_870_912), ("1KB", 1_000), ("1kB", 1_000),
    ("1.5KiB", 1_536), ("1 TB", 1_000_000_000_000), ("1TiB", 1_099_511_627_776), ("0", 0),
  ]) func `sizes keep powers of ten and of two apart`(text: String, bytes: Int64) throws {
    #expect(try Units.parseByteCount(text) == ByteCount(bytes))
  }

  @Test(arguments: [
    ("150MB/s", 150_000_000), ("100Mbit/s", 12_500_000), ("100Mbps", 12_500_000), ("1Gbit/s", 125_000_000),
    ("64KiB/s", 65_536), ("8kbit/s", 1_000), ("8bit/s", 1),
  ]) func `rates are in bytes or bits`(text: String, bytesPerSecond: Int64) throws {
    #expect(try Units.parseDataRate(text) == DataRate(bytesPerSecond: bytesPerSecond))
  }

  @Test(arguments: [
    ("$0.50", 500_000_000), ("0.50 USD", 500_000_000), ("$ 12", 12_000_000_000), ("-$1", -1_000_000_000),
    ("$0.000000001", 1),
  ]) func `money is exact`(text: String, nanodollars: Int64) throws {
    #expect(try Units.parseMoney(text) == Money(nanodollars: nanodollars))
  }

  @Test(arguments: [
    ("$0.45/h", 450_000_000), ("$7.20/month", 10_000_000), ("$2.40 / day", 100_000_000),
    ("$0.01/min", 600_000_000),
    ("0.45 USD/hour", 450_000_000), ("$1/month", 1_388_889), ("$0.0001/s", 360_000_000),
  ]) func `prices are per hour, a month being 720`(text: String, nanodollars: Int64) throws {
    #expect(try Units.parseHourlyPrice(text).perHour == Money(nanodollars: nanodollars))
  }

  @Test(
    arguments: [
      ("80%", 4, 5), ("0.8", 4, 5), ("1/1000", 1, 1000), ("99.95%", 1999, 2000), ("0", 0, 1), ("1", 1, 1),
      ("2/4", 1, 2), ("-0.5", -1, 2), ("1.5", 3, 2),
    ] as [(String, Int64, Int64)]) func `ratios are exact and in lowest terms`(
      text: String, top: Int64, bottom: Int64
    ) throws
  {
    let ratio = try Units.parseRatio(text)
    #expect((ratio.numerator, ratio.denominator) == (top, bottom))
  }

  @Test(arguments: [
    ("ten", "expected a duration such as 30s or 5min, found 'ten'"),
    ("", "expected a duration such as 30s or 5min, found ''"),
    ("30", "'30' has no unit; write 30s, 30ms or 30min"),
    ("30 MB", "'MB' is a unit of size; expected a duration such as 30s or 5min"),
    ("30MB/s", "'MB/s' is a unit of rate; expected a duration such as 30s or 5min"),
    ("5m", "unknown unit 'm'; did you mean 'min'?"),
    ("5minuts", "unknown unit 'minuts'; did you mean 'minute'?"),
    (
      "5parsec",
      "unknown unit 'parsec'; expected a duration such as 30s or 5min, in one of ns, us, ms, s, min, h, d, w"
    ),
    ("0.1ns", "'0.1ns' is finer than a nanosecond, the smallest amount told apart"),
    ("9223372036854775808ns", "'9223372036854775808ns' is more than the largest amount, about 292 years"),
    (
      "99999999999999999999999999999999999999999999s",
      "'99999999999999999999999999999999999999999999s' is more than the largest amount, about 292 years"
    ),
    ("30min1h", "expected a duration such as 30s or 5min, found '30min1h'"),
    ("1h1h", "expected a duration such as 30s or 5min, found '1h1h'"),
    ("1.5h30min", "expected a duration such as 30s or 5min, found '1.5h30min'"),
    ("1h30", "expected a duration such as 30s or 5min, found '1h30'"),
    ("1h0", "expected a duration such as 30s or 5min, found '1h0'"),
    ("1.2.3s", "expected a duration such as 30s or 5min, found '1.2.3s'"),
    (".5s", "expected a duration such as 30s or 5min, found '.5s'"),
    ("+5s", "expected a duration such as 30s or 5min, found '+5s'"),
    ("--5s", "expected a duration such as 30s or 5min, found '--5s'"),
    (
      "1e3s",
      "unknown unit 'e'; expected a duration such as 30s or 5min, in one of ns, us, ms, s, min, h, d, w"
    ),
    ("5s\u{7}\n", "expected a duration such as 30s or 5min, found '5s\\u{7}\\n'"),
  ]) func `a text that is no duration is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseDuration(text) })
  }

  @Test(arguments: [
    ("1Gi", "unknown unit 'Gi'; did you mean 'GiB'?"),
    ("0.5B", "'0.5B' is finer than a byte, the smallest amount told apart"),
    ("5", "'5' has no unit; write 5MB, 5GB or 5MiB"),
    ("9999999TB", "'9999999TB' is more than the largest amount, about 9 million TB"),
    ("5s", "'s' is a unit of time; expected a size such as 512MiB or 1.2GB"),
  ]) func `a text that is no size is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseByteCount(text) })
  }

  @Test(arguments: [
    ("100Mb/s", "unknown unit 'Mb/s'; did you mean 'Mbit/s'?"),
    ("1bit/s", "'1bit/s' is finer than a byte per second, the smallest amount told apart"),
    ("5MB", "'MB' is a unit of size; expected a rate such as 150MB/s or 100Mbit/s"),
  ]) func `a text that is no rate is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseDataRate(text) })
  }

  @Test(arguments: [
    ("0.45", "expected an hourly price such as $0.45/h, found '0.45'"),
    ("$0.45", "'$0.45' has no unit; write $0.45/h or $0.45/month"),
    (
      "$0.45/fortnight",
      "unknown unit '/fortnight'; expected an hourly price such as $0.45/h, in one of /h, /min, /s, /d, /week, /month"
    ),
    ("$1/mont", "unknown unit '/mont'; did you mean '/month'?"),
    ("$10000000000/h", "'$10000000000/h' is more than the largest amount, about 9 billion dollars"),
    (
      "$0.0000000001/h",
      "'$0.0000000001/h' is finer than a billionth of a dollar, the smallest amount told apart"
    ),
    ("€1/h", "expected an hourly price such as $0.45/h, found '€1/h'"),
  ]) func `a text that is no price is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseHourlyPrice(text) })
  }

  @Test(arguments: [
    ("0.50", "expected an amount such as $0.50 (with the dollar sign), found '0.50'"),
    ("$1/h", "expected an amount such as $0.50, found '$1/h'"),
    ("- 1 USD", "expected an amount such as $0.50, found '- 1 USD'"),
  ]) func `a text that is no money is told why`(text: String, message: String) {
    #expect(message == self.message { () throws(UnitError) in _ = try Units.parseMoney(text) })
  }

  @Test(arguments: ["1/0", "1.5/3", "5%/3", "1//2", "half", "", "%", "/", "1/2/3", "1/-2", "- 1"])
  func `a text that is no ratio is refused`(text: String) {
    let expected = "expected a fraction such as 0.8, 80% or 1/1000, found '\(text)'"
    #expect(expected == message { () throws(UnitError) in _ = try Units.parseRatio(text) })
  }

  private func message(_ parse: () throws(UnitError) -> Void) -> String {
    do {
      try parse()
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test(
    arguments: [
      (0, "0s"), (30_000_000_000, "30s"), (490_000, "0.49ms"), (5_400_000_000_000, "1h30min"), (7_000, "7us"),
      (1, "1ns"),
      (1_500_000_000, "1.5s"), (90_500_000_000, "1min30.5s"), (864_000_000_000_000, "10d"),
      (-5_000_000_000, "-5s"),
    ] as [(Int64, String)]) func `a duration is written as one would say it`(nanoseconds: Int64, text: String)
  {
    #expect(Units.format(Duration.nanoseconds(nanoseconds)) == text)
  }

  @Test func `amounts are written in the unit that says them shortest`() {
    #expect(
      [0, 1_023, 1_024, 1_500, 100_000_000_000, 1_200_000_000, 536_870_912].map {
        Units.format(ByteCount($0))
      }
        == ["0B", "1023B", "1KiB", "1500B", "100GB", "1.2GB", "512MiB"])
    #expect(
      [0, 150_000_000, 12_500_000].map { Units.format(DataRate(bytesPerSecond: $0)) }
        == ["0B/s", "150MB/s", "100Mbit/s"])
    #expect(
      [450_000_000, 12_500_000, 12_000_000_000, -1, 500_000_000].map { Units.format(Money(nanodollars: $0)) }
        == ["$0.45", "$0.0125", "$12.00", "-$0.000000001", "$0.50"])
  }

  @Test func `what is written is read back as the same value`() throws {
    var random = TestRandom(state: 1)
    for extreme in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max]
      + (0..<10_000).map({ _ in random.wideInteger() })
    {
      let duration = Duration.nanoseconds(extreme)
      #expect(try Units.parseDuration(Units.format(duration)) == duration)
      #expect(try Units.parseByteCount(Units.format(ByteCount(extreme))) == ByteCount(extreme))
      let rate = DataRate(bytesPerSecond: extreme)
      #expect(try Units.parseDataRate(Units.format(rate)) == rate)
      let money = Money(nanodollars: extreme)
      #expect(try Units.parseMoney(Units.format(money)) == money)
      let price = HourlyPrice(perHour: money)
      #expect(try Units.parseHourlyPrice(Units.format(price)) == price)
      if let ratio = Ratio(extreme, over: random.wideInteger()) {
        #expect(try Units.parseRatio(Units.format(ratio)) == ratio)
      }
    }
  }

  @Test func `a compound duration is the sum of its parts`() throws {
    var random = TestRandom(state: 2)
    for _ in 0..<1_000 {
      let (days, hours, minutes) = (
        Int.random(in: 0...900, using: &random), Int.random(in: 0...99, using: &random),
        Int.random(in: 0...99, using: &random)
      )
      let milliseconds = Int.random(in: 0...99_999, using: &random)
      let text = "\(days)d\(hours)h\(minutes)min\(milliseconds)ms"
      let expected =
        Duration.seconds(((days * 24) + hours) * 3600 + minutes * 60) + .milliseconds(milliseconds)
      #expect(try Units.parseDuration(text) == expected, "\(text)")
    }
  }

  @Test func `no text makes a parser trap, and what is accepted fits the pattern of the schema`() throws {
    let seeds = [
      "1h30min", "0.49ms", "-5 minutes", "1.2GB", "512MiB", "100Mbit/s", "64KiB/s", "$0.50", "0.50 USD",
      "$7.20/month",
      "99.95%", "1/1000", "9223372036854775807ns", "0", "170141183460469231731687303715884105728 TB",
      "0.00000000000000000000000000000000000000000001s", "gpu-1.example:22", "[::1]:65535",
    ].map { Array($0.utf8) }
    let patterns = try [
      Units.durations.pattern, Units.sizes.pattern, Units.rates.pattern, Units.moneyPattern,
      Units.pricePattern,
      Units.ratioPattern,
    ].map { try Regex($0) }
    var random = TestRandom(state: 3)
    var accepted = [0, 0, 0, 0, 0, 0]
    for _ in 0..<10_000 {
      let seed = seeds.randomElement(using: &random) ?? []
      let text = String(decoding: mutated(seed, with: seeds, using: &random), as: UTF8.self)
      let results = [
        (try? Units.parseDuration(text)) != nil, (try? Units.parseByteCount(text)) != nil,
        (try? Units.parseDataRate(text)) != nil, (try? Units.parseMoney(text)) != nil,
        (try? Units.parseHourlyPrice(text)) != nil, (try? Units.parseRatio(text)) != nil,
      ]
      _ = HostAddress(text)
      for (index, isAccepted) in results.enumerated() where isAccepted {
        accepted[index] += 1
        #expect(text.contains(patterns[index]), "\(text)")
      }
    }
    #expect(accepted.allSatisfy { $0 > 10 }, "mutations kept some texts valid: \(accepted)")
  }
}

struct RatioTests {
  @Test func `ratios compare as the numbers they are`() throws {
    let half = try #require(Ratio(1, over: 2))
    let third = try #require(Ratio(1, over: 3))
    let huge = try #require(Ratio(.max, over: 1))
    #expect(third < half && half < .one && .zero < third && .one < huge)
    #expect(Ratio(-1, over: -2) == half)
    #expect(Ratio(1, over: 0) == nil)
    #expect(Ratio(.min, over: 1) == nil)
    #expect(half.value == 0.5)
  }
}

struct HostAddressTests {
  @Test(arguments: [
    ("gpu-1.example:22", "gpu-1.example", 22), ("127.0.0.1:65535", "127.0.0.1", 65535),
    ("[::1]:8080", "::1", 8080),
  ]) func `a host and a port are told apart`(text: String, host: String, port: Int) throws {
    let address = try #require(HostAddress(text))
    #expect((address.host, address.port) == (host, port))
    #expect(address.description == text)
  }

  @Test(arguments: [
    "", ":", "host", "host:", ":22", "host:0", "host:65536", "host:-1", "host:+1", "::1:22", "a b:22", "[]:1",
    "[a]:1", "host:٣",
  ])
  func `what is not both is refused`(text: String) { #expect(HostAddress(text) == nil) }
}
