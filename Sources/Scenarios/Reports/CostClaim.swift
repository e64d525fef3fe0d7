import Failover

/// A figure about money that one of the documents gives, beside what their own numbers come to.
public struct CostClaim: Sendable, Hashable {
  /// The documents, by what they are about.
  public enum Document: String, Sendable, Hashable, CaseIterable {
    case standbyGuide = "standby guide"
    case failoverSystem = "failover system"
    case simulationReport = "simulation report"
    case warmPoolGuide = "warm pool guide"
    case executiveSummary = "executive summary"
  }

  /// What is claimed, as precisely as it is written.
  public enum Said: Sendable, Hashable {
    /// `step` is what the amount is rounded to: a cent, a dollar.
    case money(Money, step: Money)
    case moneyRange(Money, Money)
    case percent(Int64)
    case percentRange(Int64, Int64)
    case tenthsOfDays(Int64)
  }

  /// What the formula gives.
  public enum Figure: Sendable, Hashable {
    case money(Money)
    case share(Ratio)
    case duration(Duration)
  }

  public var document: Document
  public var what: String
  public var said: Said
  public var formula: String
  public var gives: Figure
  /// What a reader should know of it; empty when the row speaks for itself.
  public var note: String

  /// Whether the figure is what the formula gives, rounded as it is written.
  public var agrees: Bool {
    switch (said, gives) {
    case (.money(let said, let step), .money(let given)):
      let half = step.nanodollars / 2
      return (given.nanodollars + half) / step.nanodollars == said.nanodollars / step.nanodollars
    case (.moneyRange(let low, let high), .money(let given)): return low <= given && given <= high
    case (.percent(let said), .share(let given)): return Self.rounded(given, per: 100) == said
    case (.percentRange(let low, let high), .share(let given)):
      return (low...max(low, high)).contains(Self.rounded(given, per: 100))
    case (.tenthsOfDays(let said), .duration(let given)):
      return (given.wholeNanoseconds + Self.tenthOfDay / 2) / Self.tenthOfDay == said
    default: return false
    }
  }

  private static let tenthOfDay: Int64 = 8_640_000_000_000

  private static func rounded(_ ratio: Ratio, per scale: Int64) -> Int64 {
    let doubled = Int128(ratio.numerator) * Int128(scale) * 2 + Int128(ratio.denominator)
    return Int64(clamping: doubled / (Int128(ratio.denominator) * 2))
  }
}

extension CostClaim {
  public var saidText: String {
    switch said {
    case .money(let amount, let step): Self.dollars(amount, decimals: Self.decimals(step))
    case .moneyRange(let low, let high):
      "\(Self.dollars(low, decimals: 0)) to \(Self.dollars(high, decimals: 0))"
    case .percent(let said): "\(said) %"
    case .percentRange(let low, let high): "\(low) to \(high) %"
    case .tenthsOfDays(let tenths): "\(Figures.fixed(tenths, per: 10, decimals: 1)) days"
    }
  }

  public var givenText: String {
    switch gives {
    case .money(let amount):
      if case .money(_, let step) = said {
        Self.dollars(amount, decimals: max(2, Self.decimals(step)))
      } else {
        Self.dollars(amount, decimals: 2)
      }
    case .share(let ratio): "\(Figures.fixed(Self.rounded(ratio, per: 10_000), per: 100, decimals: 2)) %"
    case .duration(let duration):
      "\(Figures.fixed(duration.wholeNanoseconds, per: 86_400_000_000_000, decimals: 2)) days"
    }
  }

  private static func dollars(_ amount: Money, decimals: Int) -> String {
    "$" + Figures.fixed(amount.nanodollars, per: 1_000_000_000, decimals: decimals)
  }

  private static func decimals(_ step: Money) -> Int {
    step >= .cents(100) ? 0 : step >= .cents(1) ? 2 : 3
  }

  /// The claims as a Markdown table.
  public static func table(_ claims: [CostClaim]) -> String {
    let rows = claims.map { claim in
      let cells = [
        claim.document.rawValue, claim.what, claim.saidText, claim.formula, claim.givenText,
        claim.agrees ? "yes" : "**no**", claim.note,
      ]
      return "| \(cells.joined(separator: " | ")) |"
    }
    let head = ["| document | what | says | formula | gives | agrees | |", "|---|---|---:|---|---:|---|---|"]
    return (head + rows).joined(separator: "\n") + "\n"
  }
}
