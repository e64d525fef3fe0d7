import Failover

/// A rate of transfer in parts of a byte per second, so fine that sharing a link usually leaves no remainder.
///
/// The parts are 13,967,553,600ths: the number 2⁶·3³·5²·7·11·13·17·19 can be divided by every number up to 22 and
/// by most products of small ones, so that up to 22 transfers split a whole number of bytes per second exactly. Where
/// a share does not come out even it is rounded down, by less than a ten-billionth of a byte per second. A much finer
/// unit would leave no room for every `ByteCount`: see `FairAmount`.
package struct FairRate: Sendable, Hashable, Comparable {
  /// In 1 / `unitsPerByte` of a byte per second; not negative.
  package var units: Int128

  package static var unitsPerByte: Int128 { 13_967_553_600 }
  package static let zero = FairRate(units: 0)

  package init(units: Int128) { self.units = units }

  /// The same rate; a negative one counts as zero.
  package init(_ rate: DataRate) { units = Int128(max(0, rate.bytesPerSecond)) * Self.unitsPerByte }

  /// The least rate that moves `amount` in `duration`, to the next unit up; zero when there is nothing to move.
  package init(_ amount: ByteCount, in duration: Duration) {
    let unitsMoved = Int128(max(0, amount.bytes)) * Self.unitsPerByte * 1_000_000_000
    let nanoseconds = Int128(max(1, duration.wholeNanoseconds))
    units = unitsMoved == 0 ? 0 : (unitsMoved - 1) / nanoseconds + 1
  }

  /// Rounded down to whole bytes per second.
  package var wholeRate: DataRate { DataRate(bytesPerSecond: Int64(clamping: units / Self.unitsPerByte)) }

  package static func < (a: FairRate, b: FairRate) -> Bool { a.units < b.units }
}

/// An amount of data in the unit that a `FairRate` of one unit moves in one nanosecond, so that accounts of rate and
/// time are exact.
package struct FairAmount: Sendable, Hashable {
  /// In 1 / (`FairRate.unitsPerByte`·10⁹) of a byte; not negative. 2⁶³ bytes are 1.3·10³⁸ of them; 127 bits hold
  /// 1.7·10³⁸.
  private(set) var units: Int128

  private static var unitsPerByte: Int128 { FairRate.unitsPerByte * 1_000_000_000 }

  /// The same amount; a negative one counts as zero.
  package init(_ amount: ByteCount) { units = Int128(max(0, amount.bytes)) * Self.unitsPerByte }

  package var isZero: Bool { units == 0 }

  /// How many nanoseconds it takes at `rate`, rounded up; `nil` when it never ends or 64 bits do not hold the number.
  package func nanoseconds(at rate: FairRate) -> Int64? {
    if units == 0 { return 0 }
    guard rate.units > 0 else { return nil }
    return Int64(exactly: (units - 1) / rate.units + 1)
  }

  /// Takes away what moves at `rate` in so many nanoseconds, down to nothing.
  package mutating func subtract(_ rate: FairRate, for nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    let (moved, overflow) = rate.units.multipliedReportingOverflow(by: Int128(nanoseconds))
    units = overflow || moved >= units ? 0 : units - moved
  }

  /// In whole bytes, a part of one counting as one.
  package var roundedUp: ByteCount {
    ByteCount(Int64(clamping: units == 0 ? 0 : (units - 1) / Self.unitsPerByte + 1))
  }
}
