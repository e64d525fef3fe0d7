import Failover

extension Kind<MetricValue> {
  /// A figure written in its unit: `30s`, `$11.20`, `99%`, `1.5`, `40MB`; never negative.
  static func metricValue(_ unit: MetricUnit) -> Kind {
    var kind: Kind =
      switch unit {
      case .duration: Kind<Duration>.duration.map(MetricValue.duration)
      case .money: Kind<Money>.money.map(MetricValue.money)
      case .share: Kind<Ratio>.ratio.map(MetricValue.share)
      case .count: Kind<Ratio>.number.map(MetricValue.count)
      case .bytes: Kind<ByteCount>.byteCount.map(MetricValue.bytes)
      }
    kind.format = \.written
    return kind
  }
}

extension Kind<Ratio> {
  /// A number of things, which as a mean or a monthly rate need not be whole: `3`, `0.5`.
  static var number: Kind {
    let phrase = "a number such as 3 or 0.5"
    return quantity(
      "number", phrase, pattern: "^ *[0-9]+(\\.[0-9]+)? *$", placeholder: .zero,
      parse: { text throws(UnitError) in
        Ratio(try Units.billionths(text, phrase: phrase), over: 1_000_000_000) ?? .zero
      },
      format: Units.format)
  }
}

extension Units {
  /// Parses a decimal without sign and unit, such as `8.5`, to a billionth.
  static func billionths(_ text: String, phrase: String) throws(UnitError) -> Int64 {
    do {
      let scaled = try ExactDecimal(text.trimmingSpaces[...]).scaled(by: 1_000_000_000)
      guard let stored = Int64(exactly: scaled) else { throw ExactDecimal.Failure.tooLarge }
      return stored
    } catch ExactDecimal.Failure.malformed {
      throw .malformed(text, phrase: phrase)
    } catch ExactDecimal.Failure.tooLarge {
      throw .tooLarge(text, largest: "about 9 billion")
    } catch {
      throw .tooFine(text, smallest: "a billionth")
    }
  }
}
