import Failover

extension Duration: HasZero {}
extension ByteCount: HasZero {}
extension DataRate: HasZero {}
extension Money: HasZero {}
extension HourlyPrice: HasZero { public static var zero: HourlyPrice { .free } }
extension StoragePrice: HasZero { public static var zero: StoragePrice { .free } }
extension TransferPrice: HasZero { public static var zero: TransferPrice { .free } }
extension Ratio: HasZero {}
extension Int: HasZero {}

extension Kind {
  /// A value written as one word or number, parsed by a function that throws a `UnitError`.
  static func quantity(
    _ noun: String, _ phrase: String, pattern: String, placeholder: Value,
    parse: @escaping @Sendable (String) throws(UnitError) -> Value,
    format: @escaping @Sendable (Value) -> String
  ) -> Kind {
    var kind = scalar(
      phrase, shape: { .quantity(noun: noun, pattern: pattern, limits: $0) }, placeholder: placeholder
    ) { text, place, location in
      do throws(UnitError) {
        return try parse(text)
      } catch {
        place.report(error.description, at: location)
        return nil
      }
    }
    kind.format = format
    return kind
  }

  /// A value written as one word or number; `parse` reports its own problems.
  static func scalar(
    _ phrase: String, shape: @escaping @Sendable ([FieldLimit]) -> FieldShape, placeholder: Value,
    parse: @escaping @Sendable (String, ReadingPlace, SourceLocation) -> Value?
  ) -> Kind {
    Kind(phrase, shape: shape, placeholder: { placeholder }) { node, place in
      guard case .scalar(let text, _) = node.content else {
        place.report("expected \(phrase), found \(node.found)", at: node.location)
        return nil
      }
      return parse(text, place, node.location)
    }
  }
}

extension Kind<Duration> {
  /// A duration such as `30s` or `1h30min`; not negative unless made `signed` or given another lower limit.
  public static var duration: Kind {
    quantity(
      "duration", Units.durations.phrase, pattern: Units.durationPattern, placeholder: .zero,
      parse: Units.parseDuration, format: Units.format
    ).atLeast(.zero)
  }

  /// A bare number of seconds, such as Kubernetes writes: `periodSeconds: 10`.
  public static var seconds: Kind {
    let phrase = "a number of seconds such as 10, without a unit"
    return quantity(
      "seconds", phrase, pattern: "^ *-?[0-9]+(\\.[0-9]+)? *$", placeholder: .zero,
      parse: { text throws(UnitError) in
        let number = text.trimmingSpaces
        guard number.utf8.last.map(isDigit) == true, (try? ExactDecimal(number.drop { $0 == "-" })) != nil
        else {
          throw .malformed(text, phrase: phrase)
        }
        return try Units.parseDuration(number + "s")
      },
      format: Units.format
    ).atLeast(.zero)
  }
}

extension Kind<ByteCount> {
  /// A size such as `512MiB` or `1.2GB`; not negative.
  public static var byteCount: Kind {
    quantity(
      "size", Units.sizes.phrase, pattern: Units.sizePattern, placeholder: .zero,
      parse: Units.parseByteCount, format: Units.format
    ).atLeast(.zero)
  }
}

extension Kind<DataRate> {
  /// A rate such as `150MB/s` or `100Mbit/s`; not negative.
  public static var dataRate: Kind {
    quantity(
      "rate", Units.rates.phrase, pattern: Units.ratePattern, placeholder: .zero,
      parse: Units.parseDataRate, format: Units.format
    ).atLeast(.zero)
  }
}

extension Kind<Money> {
  /// An amount such as `$0.50`; not negative.
  public static var money: Kind {
    quantity(
      "money", Units.moneyPhrase, pattern: Units.moneyPattern, placeholder: .zero,
      parse: Units.parseMoney, format: Units.format
    ).atLeast(.zero)
  }
}

extension Kind<HourlyPrice> {
  /// A price such as `$0.45/h` or `$24.50/month` (a month is 30 days of 24 hours); not negative.
  public static var hourlyPrice: Kind {
    quantity(
      "price", Units.pricePhrase, pattern: Units.pricePattern, placeholder: .free,
      parse: Units.parseHourlyPrice, format: Units.format
    ).atLeast(.free)
  }
}

extension Kind<StoragePrice> {
  /// A price for keeping data such as `$0.005/GB/month`; not negative.
  public static var storagePrice: Kind {
    quantity(
      "storage price", Units.storagePricePhrase, pattern: Units.storagePricePattern, placeholder: .free,
      parse: Units.parseStoragePrice, format: Units.format
    ).atLeast(.free)
  }
}

extension Kind<TransferPrice> {
  /// A price for moving data such as `$0.01/GB`; not negative.
  public static var transferPrice: Kind {
    quantity(
      "transfer price", Units.transferPricePhrase, pattern: Units.transferPricePattern, placeholder: .free,
      parse: Units.parseTransferPrice, format: Units.format
    ).atLeast(.free)
  }
}

extension Kind<Ratio> {
  /// A factor such as `1.5`, `80%` or `1/3`; not negative.
  public static var ratio: Kind {
    quantity(
      "ratio", Units.ratioPhrase, pattern: Units.ratioPattern, placeholder: .zero,
      parse: Units.parseRatio, format: Units.format
    ).atLeast(.zero)
  }

  /// A ratio from 0 to 1: a probability or a share.
  public static var fraction: Kind { ratio.between(.zero, .one) }
}

extension Kind<Int> {
  /// A whole number without a unit; not negative.
  public static var count: Kind {
    let phrase = "a whole number such as 3"
    var kind = scalar(phrase, shape: { .count(limits: $0) }, placeholder: 0) { text, place, location in
      if let number = Int(text) { return number }
      let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
      let isLong = digits.count > 18 && digits.allSatisfy(isDigit)
      place.report(
        isLong ? "\(quoted(text)) is out of range" : "expected \(phrase), found \(quoted(text))", at: location
      )
      return nil
    }
    kind.format = { "\($0)" }
    return kind.atLeast(0)
  }
}

extension Kind<Bool> {
  /// `true` or `false`.
  public static var bool: Kind {
    let meant = ["yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"]
    var kind = scalar("true or false", shape: { _ in .bool }, placeholder: false) { text, place, location in
      switch text.lowercased() {
      case "true": return true
      case "false": return false
      default:
        let message = "expected true or false, found \(quoted(text))"
        place.report(message, at: location, suggestion: meant[text.lowercased()])
        return nil
      }
    }
    kind.format = { "\($0)" }
    return kind
  }
}

extension Kind<String> {
  /// Any text on one line or several; not empty.
  public static var text: Kind {
    var kind = scalar("text", shape: { _ in .text }, placeholder: "") { text, place, location in
      if text.isEmpty { place.report("must not be empty", at: location) }
      return text.isEmpty ? nil : text
    }
    kind.format = { $0 }
    return kind
  }
}

extension Kind<HostAddress> {
  /// A host and a port: `gpu-1.example:22`.
  public static var address: Kind {
    let phrase = "an address such as gpu-1.example:22"
    return quantity(
      "address", phrase, pattern: "^.+:[0-9]+$", placeholder: HostAddress(host: "localhost", port: 1),
      parse: { text throws(UnitError) in
        guard let address = HostAddress(text) else { throw .malformed(text, phrase: phrase) }
        return address
      },
      format: \.description)
  }
}

extension Kind where Value: RawRepresentable<String> & CaseIterable & Equatable {
  /// One of the words that the cases are spelled with.
  public static func choice(_ type: Value.Type = Value.self) -> Kind {
    choice(Value.allCases.map { ($0.rawValue, $0) })
  }
}

extension Kind where Value: Equatable {
  /// One of these words; there must be at least one.
  public static func choice(_ cases: [(word: String, value: Value)]) -> Kind {
    let words = cases.map(\.word)
    let phrase = "one of " + words.joined(separator: ", ")
    var kind = Kind(phrase, shape: { _ in .choice(words) }, placeholder: { cases[0].value }) { node, place in
      if case .scalar(let text, _) = node.content, let match = cases.first(where: { $0.word == text }) {
        return match.value
      }
      if case .scalar(let text, _) = node.content, let near = nearest(to: text, among: words) {
        place.report(
          "unknown value \(quoted(text))", at: node.location, suggestion: near,
          expected: "Known: " + words.joined(separator: ", "))
      } else {
        place.report("expected \(phrase), found \(node.found)", at: node.location)
      }
      return nil
    }
    kind.format = { value in cases.first { $0.value == value }?.word }
    return kind
  }
}
