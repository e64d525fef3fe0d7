import Failover

/// Every figure about costs and savings in the documents, computed from the prices and times they give themselves.
public enum CostClaims {
  public static var all: [CostClaim] { standby + warmPool + hibernation + usage + totals }

  /// 100 GB is the size of every disk, volume and bucket in the documents.
  private static let disk = ByteCount.gigabytes(100)
  private static let pricing = Pricing.documented
  private static let spot = HourlyPrice(perHour: .cents(1))
  private static let onDemand = HourlyPrice(perHour: Money(nanodollars: 34_000_000))
  private static let spotStandby = pricing.month(of: machine(spot))
  private static let stored = pricing.month(ofStored: disk)

  private static func machine(_ price: HourlyPrice) -> StandbyMachine {
    StandbyMachine(machineType: "e2-medium", isSpot: price == spot, price: price, disk: disk)
  }

  private static func month(_ price: HourlyPrice) -> Money { price.cost(of: .billingMonth) }

  // MARK: The standby

  private static var standby: [CostClaim] {
    [
      claim(.executiveSummary, "spot e2-medium, a month", .cents(720), "720 h × $0.01", month(spot)),
      claim(.failoverSystem, "the same", .cents(700), step: .cents(100), "720 h × $0.01", month(spot)),
      claim(
        .executiveSummary, "e2-medium on demand, a month", .cents(2450), "720 h × $0.034", month(onDemand),
        "$24.50 ÷ 720 h is $0.03403/h: the price by the hour is the rounded one"),
      claim(
        .executiveSummary, "the same, at the standby guide's price", .cents(2450), "720 h × $0.03",
        month(HourlyPrice(perHour: .cents(3))), "three prices for one machine"),
      claim(.executiveSummary, "spot standby and disk", .cents(1120), "$7.20 + 100 GB × $0.04", spotStandby),
      claim(
        .warmPoolGuide, "spot standby and disk", .cents(1100), step: .cents(100), "$7.20 + $4", spotStandby),
      claim(
        .executiveSummary, "standby on demand and disk", .cents(2850), "$24.50 + $4",
        pricing.month(of: machine(HourlyPrice(perMonth: .cents(2450))))),
      claim(
        .executiveSummary, "the same, from the price by the hour", .cents(2850), "720 h × $0.034 + $4",
        pricing.month(of: machine(onDemand))),
      claim(
        .executiveSummary, "the same, at the standby guide's price", .cents(2850), "720 h × $0.03 + $4",
        pricing.month(of: machine(HourlyPrice(perHour: .cents(3))))),
      CostClaim(
        document: .warmPoolGuide, what: "CPU standby, a month", said: .moneyRange(.cents(1100), .cents(2800)),
        formula: "$24.50 + $4", gives: .money(pricing.month(of: machine(HourlyPrice(perMonth: .cents(2450))))),
        note: "the upper end is cut, not rounded"),
    ]
  }

  // MARK: The warm pool

  private static var warmPool: [CostClaim] {
    [
      CostClaim(
        document: .warmPoolGuide, what: "warm pool, a month", said: .moneyRange(.cents(500), .cents(1000)),
        formula: "100 GB × $0.10", gives: .money(pricing.month(ofVolume: disk)),
        note: "the volume's price is read off this range ($0.05 to $0.10), so it cannot disagree"),
      CostClaim(
        document: .warmPoolGuide, what: "warm pool with the snapshots it always has",
        said: .moneyRange(.cents(500), .cents(1000)), formula: "100 GB × $0.10 + 100 GB × $0.005",
        gives: .money(pricing.month(ofVolume: disk) + stored),
        note: "the total leaves the snapshots out"),
    ]
  }

  // MARK: Hibernation

  private static var hibernation: [CostClaim] {
    let gpu = HourlyPrice(perHour: .cents(50))
    let tenHours = Hibernation(gpu: gpu, busyPerDay: .seconds(36_000))
    let idle = Hibernation(gpu: gpu, idle: .percent(40))
    let net = tenHours.net(of: spotStandby)
    return [
      claim(
        .executiveSummary, "GPU at $0.50 around the clock", .cents(36_000), step: .cents(100), "720 h × $0.50",
        tenHours.without),
      claim(
        .executiveSummary, "hibernated, \"40 % idle on average\"", .cents(15_000), step: .cents(100),
        "60 % of 720 h × $0.50", idle.with,
        "$150 needs 58 % idle; with 40 % *busy* it would be $144"),
      claim(
        .executiveSummary, "hibernated, 10 h a day in use", .cents(15_000), step: .cents(100),
        "30 d × 10 h × $0.50", tenHours.with),
      claim(
        .executiveSummary, "saved", .cents(21_000), step: .cents(100), "$360 − $150", tenHours.saved),
      share(.executiveSummary, "saved", 58, "$210 ÷ $360", tenHours.savedShare),
      claim(
        .executiveSummary, "saved when 40 % idle", .cents(21_000), step: .cents(100), "$360 − $216", idle.saved),
      claim(.executiveSummary, "net of the standby", .cents(19_880), "$210 − $11.20", net),
      share(
        .executiveSummary, "net of the standby", 55, "$198.80 ÷ $360", tenHours.netShare(of: spotStandby)),
      claim(
        .executiveSummary, "net when 40 % idle", .cents(19_880), "$144 − $11.20", idle.net(of: spotStandby)),
      share(
        .executiveSummary, "net when 40 % idle", 55, "$132.80 ÷ $360", idle.netShare(of: spotStandby)),
      payback("standby pays for itself", "$11.20 ÷ ($198.80 ÷ 30 d)", net, "the standby is subtracted twice"),
      payback("the same, from what is saved", "$11.20 ÷ ($210 ÷ 30 d)", tenHours.saved),
      payback("the same when 40 % idle", "$11.20 ÷ ($144 ÷ 30 d)", idle.saved),
      CostClaim(
        document: .simulationReport, what: "saved on idle GPUs", said: .percentRange(50, 80),
        formula: "$144 ÷ $360", gives: .share(idle.savedShare ?? .zero),
        note: "40 % idle saves 40 %, neither 50 nor 58"),
    ]
  }

  // MARK: By use

  private static var usage: [CostClaim] {
    let gpu = HourlyPrice(perHour: .cents(40))
    let standby = HourlyPrice(perHour: .cents(15))
    let serving = gpu.cost(of: .seconds(36_000))
    return [
      claim(
        .standbyGuide, "10 h of GPU and 30 min of standby", Money(nanodollars: 4_075_000_000),
        step: Money(nanodollars: 1_000_000), "10 h × $0.40 + 0.5 h × $0.15",
        serving + standby.cost(of: .seconds(1800))),
      claim(
        .standbyGuide, "the same with a standby that runs all the time", Money(nanodollars: 4_075_000_000),
        step: Money(nanodollars: 1_000_000), "10 h × $0.40 + 10.5 h × $0.15",
        serving + standby.cost(of: .seconds(37_800)),
        "the executive summary's standby is synced every 30 s and never off"),
      share(.simulationReport, "offer below the maximum price", 10, "($0.50 − $0.45) ÷ $0.50", Ratio(5, over: 50)),
    ]
  }

  // MARK: Totals

  private static var totals: [CostClaim] {
    [
      claim(
        .failoverSystem, "B2, 100 GB, a month", .cents(50), "100 GB × $0.005", stored,
        "$0.60 at B2's price of 2024"),
      claim(
        .failoverSystem, "failover ready, a month", .cents(1000), step: .cents(100), "$7.20 + $0.50",
        month(spot) + stored, "the components listed come to less"),
      claim(
        .failoverSystem, "the same with the standby's disk", .cents(1000), step: .cents(100),
        "$7.20 + $4 + $0.50", spotStandby + stored, "and with what is left out to more"),
      CostClaim(
        document: .executiveSummary, what: "either strategy, a month", said: .moneyRange(.cents(500), .cents(2000)),
        formula: "$24.50 + $4", gives: .money(pricing.month(of: machine(HourlyPrice(perMonth: .cents(2450))))),
        note: "the standby on demand is above the range"),
      CostClaim(
        document: .executiveSummary, what: "both strategies and snapshots, \"cheapest\"",
        said: .moneyRange(.cents(500), .cents(2000)), formula: "$10 + $11.20 + $0.50",
        gives: .money(pricing.month(ofVolume: disk) + spotStandby + stored),
        note: "together they cost more than each: $16.70 with the volume at $0.05"),
    ]
  }

  // MARK: Writing them down

  private static func claim(
    _ document: CostClaim.Document, _ what: String, _ said: Money, step: Money = .cents(1), _ formula: String,
    _ gives: Money, _ note: String = ""
  ) -> CostClaim {
    CostClaim(
      document: document, what: what, said: .money(said, step: step), formula: formula, gives: .money(gives),
      note: note)
  }

  private static func share(
    _ document: CostClaim.Document, _ what: String, _ percent: Int64, _ formula: String, _ gives: Ratio?
  ) -> CostClaim {
    CostClaim(
      document: document, what: what, said: .percent(percent), formula: formula, gives: .share(gives ?? .zero),
      note: "")
  }

  private static func payback(
    _ what: String, _ formula: String, _ saving: Money, _ note: String = ""
  ) -> CostClaim {
    let time = Payback.time(of: spotStandby, savingPerMonth: saving) ?? .zero
    return CostClaim(
      document: .executiveSummary, what: what, said: .tenthsOfDays(17), formula: formula,
      gives: .duration(time), note: note)
  }
}
