/// A 64-bit summary of a run: two runs with the same fingerprint did the same things at the same instants.
///
/// FNV-1a (Fowler, Noll, Vo; 64-bit offset basis and prime) over a canonical form of every event. It guards against
/// accidents, not against somebody who wants a collision.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }

  public mutating func add(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { add($0) }
  }

  /// Text is closed by a byte that UTF-8 never contains, so that "ab", "c" differs from "a", "bc".
  public mutating func add(_ text: String) {
    add(text.utf8)
    add(CollectionOfOne(0xFF))
  }

  public mutating func add(_ event: Event) {
    add(event.time.wholeNanoseconds)
    add(event.lane.description)
    add(event.kind.name)
    for field in event.kind.fields {
      add(field.name)
      switch field.value {
      case .text(let text): add(text)
      case .integer(let number): add(number)
      case .duration(let duration): add(duration.wholeNanoseconds)
      case .bytes(let count): add(count.bytes)
      case .price(let price): add(price.perHour.nanodollars)
      case .flag(let flag): add(flag ? 1 : 0)
      }
    }
  }

  public mutating func add(_ counts: RoutineCounts) {
    add(Int64(counts.checksPassed))
    add(Int64(counts.syncsCompleted))
    add(counts.bytesSynced.bytes)
    add(counts.syncTime.wholeNanoseconds)
    // Only where there are any, so that a run without snapshots keeps its fingerprint.
    guard counts.snapshots.saved > 0 else { return }
    add(Int64(counts.snapshots.saved))
    add(Int64(counts.snapshots.deleted))
    add(counts.snapshots.stored.bytes)
    add(counts.snapshots.saveTime.wholeNanoseconds)
  }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
