import Failover

/// A number with the unit it was written in, exactly: what ranges run over and constraints reckon with.
struct Quantity: Sendable, Hashable {
  /// How a quantity is written.
  enum Form: Sendable, Hashable, CaseIterable {
    case number, percent, duration, size, rate, money, hourlyPrice
  }

  /// Powers of seconds, bytes and dollars.
  struct Dimension: Sendable, Hashable {
    var time = 0
    var data = 0
    var money = 0

    static let none = Dimension()

    static func + (a: Dimension, b: Dimension) -> Dimension {
      Dimension(time: a.time &+ b.time, data: a.data &+ b.data, money: a.money &+ b.money)
    }

    static func - (a: Dimension, b: Dimension) -> Dimension {
      Dimension(time: a.time &- b.time, data: a.data &- b.data, money: a.money &- b.money)
    }
  }

  /// The smallest amount told apart is one step.
  let steps: Int64
  let form: Form

  init(steps: Int64, form: Form) {
    self.steps = steps
    self.form = form
  }

  /// Parses a number, a percentage or a quantity with a unit; `nil` for anything else.
  init?(_ text: String) {
    guard text.utf8.count <= 60, let first = text.utf8.first, isDigit(first) || "-$".utf8.contains(first) else {
      return nil
    }
    if text.utf8.allSatisfy({ isDigit($0) || ".-%".utf8.contains($0) }) {
      let isPercent = text.hasSuffix("%")
      guard let ratio = try? Units.parseRatio(text) else { return nil }
      let scaled = Int128(ratio.numerator) * Self.perUnit(isPercent ? .percent : .number)
      guard scaled % Int128(ratio.denominator) == 0, let steps = Int64(exactly: scaled / Int128(ratio.denominator))
      else { return nil }
      self.init(steps: steps, form: isPercent ? .percent : .number)
    } else if text.contains("$") || text.contains("USD") {
      if let money = try? Units.parseMoney(text) {
        self.init(steps: money.nanodollars, form: .money)
      } else if let price = try? Units.parseHourlyPrice(text) {
        self.init(steps: price.perHour.nanodollars, form: .hourlyPrice)
      } else {
        return nil
      }
    } else if let duration = try? Units.parseDuration(text) {
      self.init(steps: duration.wholeNanoseconds, form: .duration)
    } else if let size = try? Units.parseByteCount(text) {
      self.init(steps: size.bytes, form: .size)
    } else if let rate = try? Units.parseDataRate(text) {
      self.init(steps: rate.bytesPerSecond, form: .rate)
    } else {
      return nil
    }
  }

  /// Steps in one second, byte, byte a second, dollar, dollar an hour, or whole.
  private static func perUnit(_ form: Form) -> Int128 {
    switch form {
    case .number, .money, .hourlyPrice, .duration: 1_000_000_000
    case .percent: 100_000_000_000
    case .size, .rate: 1
    }
  }

  var dimension: Dimension {
    switch form {
    case .number, .percent: .none
    case .duration: Dimension(time: 1)
    case .size: Dimension(data: 1)
    case .rate: Dimension(time: -1, data: 1)
    case .money: Dimension(money: 1)
    case .hourlyPrice: Dimension(time: -1, money: 1)
    }
  }

  /// In seconds, bytes, dollars and products of them.
  var value: ExactFraction? {
    ExactFraction(Int128(steps), over: Self.perUnit(form) * (form == .hourlyPrice ? 3600 : 1))
  }

  /// How many such units it is, for comparing and drawing.
  var magnitude: Double { Double(steps) / Double(Self.perUnit(form)) }

  /// As a file would have it: what parsing gives back.
  var text: String {
    switch form {
    case .number: Self.decimal(steps, places: 9)
    case .percent: Self.decimal(steps, places: 9) + "%"
    case .duration: Units.format(Duration.nanoseconds(steps))
    case .size: Units.format(ByteCount(steps))
    case .rate: Units.format(DataRate(bytesPerSecond: steps))
    case .money: Units.format(Money(nanodollars: steps))
    case .hourlyPrice: Units.format(Money(nanodollars: steps)) + "/h"
    }
  }

  private static func decimal(_ steps: Int64, places: Int) -> String {
    (steps < 0 ? "-" : "") + (exactQuotient(Int128(steps.magnitude), per: 1_000_000_000, places: places) ?? "0")
  }

  /// Rounded to so many significant digits of what is written: `11.333333333s` to `11.33s`.
  func rounded(digits: Int) -> Quantity {
    guard steps != 0 else { return self }
    var unit: Int64 = 1
    var rest = steps.magnitude
    while rest >= UInt64(powerOfTen(digits) ?? .max), unit < .max / 10 {
      rest /= 10
      unit *= 10
    }
    let half = steps < 0 ? -unit / 2 : unit / 2
    let (sum, overflow) = steps.addingReportingOverflow(half)
    return overflow ? self : Quantity(steps: sum / unit * unit, form: form)
  }
}
