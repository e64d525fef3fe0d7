import Failover
import Foundation

// Providers write the same field as a number here and as text there, and leave out what they do not know. A field that
// cannot be read counts as missing; whether that matters is for whoever needs it to say.

extension KeyedDecodingContainer {
  func text(_ key: Key) -> String? { try? decode(String.self, forKey: key) }

  func bool(_ key: Key) -> Bool? { try? decode(Bool.self, forKey: key) }

  /// A finite number.
  func number(_ key: Key) -> Double? {
    let number = (try? decode(Double.self, forKey: key)) ?? text(key).flatMap { Double($0) }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  /// A name that is a whole number, or any text but the empty one.
  func identifier(_ key: Key) -> String? {
    if let number = try? decode(Int64.self, forKey: key) { return String(number) }
    return text(key).flatMap { $0.isEmpty ? nil : $0 }
  }

  func money(_ key: Key) -> Money? { number(key).flatMap(Money.init(dollars:)) }

  /// The elements of a list that can be read; an empty list where there is none.
  func readable<Element: Decodable>(_ type: Element.Type, _ key: Key) -> [Element] {
    (try? decode([Readable<Element>].self, forKey: key))?.compactMap(\.value) ?? []
  }
}

/// A value, or `nil` where it cannot be read, so that a list can be had without it.
private struct Readable<Value: Decodable>: Decodable {
  var value: Value?

  init(from decoder: any Decoder) { value = try? Value(from: decoder) }
}

extension Money {
  /// Rounded to a nanodollar; `nil` beyond what 64 bits hold.
  init?(dollars: Double) {
    let nanodollars = (dollars * 1e9).rounded()
    guard nanodollars.magnitude < 0x1p63 else { return nil }
    self.init(nanodollars: Int64(nanodollars))
  }
}

extension ByteCount {
  /// Rounded down; `nil` below zero and beyond what 64 bits hold.
  init?(megabytes: Double) {
    let bytes = (megabytes * 1e6).rounded(.down)
    guard bytes >= 0, bytes < 0x1p63 else { return nil }
    self.init(Int64(bytes))
  }

  /// In gigabytes (10⁹ bytes), rounded up.
  var wholeGigabytes: Int64 { max(0, bytes) / 1_000_000_000 + (max(0, bytes) % 1_000_000_000 == 0 ? 0 : 1) }
}
