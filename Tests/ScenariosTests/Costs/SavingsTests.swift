import Failover
import Foundation
import Testing

@testable import Scenarios

/// The figures of the documents, to the cent.
struct SavingsTests {
  private let gpu = HourlyPrice(perHour: .cents(50))
  private let pricing = Pricing.documented

  private func standby(_ price: HourlyPrice) -> Money {
    pricing.month(of: StandbyMachine(machineType: "e2-medium", isSpot: true, price: price, disk: .gigabytes(100)))
  }

  @Test func `a spot standby and its disk cost $11.20 a month, on demand $28.50, $28.48 or $25.60`() {
    #expect(standby(HourlyPrice(perHour: .cents(1))) == .cents(1_120))
    #expect(standby(HourlyPrice(perMonth: .cents(2_450))) == .cents(2_850))
    #expect(standby(HourlyPrice(perHour: Money(nanodollars: 34_000_000))) == .cents(2_848))
    #expect(standby(HourlyPrice(perHour: .cents(3))) == .cents(2_560))
  }

  @Test func `a warm pool costs $10 a month at the upper end, $5 at the lower`() {
    #expect(pricing.month(ofVolume: .gigabytes(100)) == .cents(1_000))
    var cheap = pricing
    cheap.volume = StoragePrice(perGigabyteMonth: .cents(5))
    #expect(cheap.month(ofVolume: .gigabytes(100)) == .cents(500))
  }

  @Test func `100 GB at B2 cost $0.50 a month, and with the spot standby $7.70 or $11.70, not $10`() {
    let stored = pricing.month(ofStored: .gigabytes(100))
    #expect(stored == .cents(50))
    #expect(HourlyPrice(perHour: .cents(1)).cost(of: .billingMonth) + stored == .cents(770))
    #expect(standby(HourlyPrice(perHour: .cents(1))) + stored == .cents(1_170))
  }

  @Test func `ten hours a day of $0.50 are $150 of $360, which saves 58 % and net of the standby 55 %`() throws {
    let hibernation = Hibernation(gpu: gpu, busyPerDay: .seconds(10 * 3600))
    #expect(hibernation.without == .cents(36_000))
    #expect(hibernation.with == .cents(15_000))
    #expect(hibernation.saved == .cents(21_000))
    #expect(hibernation.savedShare == Ratio(7, over: 12))
    #expect(hibernation.net(of: .cents(1_120)) == .cents(19_880))
    #expect(hibernation.netShare(of: .cents(1_120)) == Ratio(497, over: 900))
  }

  @Test func `40 % idle are $216, which saves 40 %`() {
    let hibernation = Hibernation(gpu: gpu, idle: .percent(40))
    #expect(hibernation.busyPerDay == .seconds(51_840))
    #expect(hibernation.with == .cents(21_600))
    #expect(hibernation.savedShare == Ratio(2, over: 5))
    #expect(hibernation.net(of: .cents(1_120)) == .cents(13_280))
    #expect(Hibernation(gpu: gpu, idle: .percent(60)).with == .cents(14_400))
  }

  @Test func `what never sleeps saves nothing, what never wakes everything, and a free GPU has no share`() {
    #expect(Hibernation(gpu: gpu, idle: .zero).saved == .zero)
    #expect(Hibernation(gpu: gpu, idle: .one).saved == .cents(36_000))
    #expect(Hibernation(gpu: .free, idle: .one).savedShare == nil)
  }

  @Test func `the standby pays for itself after 1.69 days of the net savings, or 1.6 of the savings`() throws {
    let net = try #require(Payback.time(of: .cents(1_120), savingPerMonth: .cents(19_880)))
    // 11.20 / 198.80 = 56 / 994 of 30 days.
    #expect(net == .nanoseconds(2_592_000_000_000_000 * 56 / 994))
    let gross = try #require(Payback.time(of: .cents(1_120), savingPerMonth: .cents(21_000)))
    #expect(gross == .seconds(138_240))
    #expect(Payback.time(of: .cents(1_120), savingPerMonth: .zero) == nil)
  }

  @Test func `ten hours of GPU and half an hour of standby are $4.075`() {
    let gpu = HourlyPrice(perHour: .cents(40)).cost(of: .seconds(36_000))
    let standby = HourlyPrice(perHour: .cents(15))
    #expect((gpu + standby.cost(of: .seconds(1_800))).nanodollars == 4_075_000_000)
    #expect((gpu + standby.cost(of: .seconds(37_800))).nanodollars == 5_575_000_000)
  }
}

struct CostClaimTests {
  @Test func `these claims agree with the documents' own numbers, the others do not`() {
    let wrong = CostClaims.all.filter { !$0.agrees }.map { "\($0.saidText): \($0.givenText)" }
    #expect(
      wrong == [
        "$24.50: $24.48", "$24.50: $21.60", "$28.50: $28.48", "$28.50: $25.60", "$11 to $28: $28.50",
        "$5 to $10: $10.50", "$150: $216.00", "$210: $144.00", "$198.80: $132.80", "55 %: 36.89 %",
        "1.7 days: 1.60 days", "1.7 days: 2.33 days", "50 to 80 %: 40.00 %", "$4.075: $5.575", "$10: $7.70",
        "$10: $11.70", "$5 to $20: $28.50", "$5 to $20: $21.70",
      ])
    let right = CostClaims.all.filter(\.agrees).map { "\($0.saidText): \($0.givenText)" }
    #expect(
      right == [
        "$7.20: $7.20", "$7: $7.20", "$11.20: $11.20", "$11: $11.20", "$28.50: $28.50", "$5 to $10: $10.00",
        "$360: $360.00", "$150: $150.00", "$210: $210.00", "58 %: 58.33 %", "$198.80: $198.80", "55 %: 55.22 %",
        "1.7 days: 1.69 days", "$4.075: $4.075", "10 %: 10.00 %", "$0.50: $0.50",
      ])
  }

  @Test func `a claim agrees when the formula rounds to it`() {
    func agrees(_ said: CostClaim.Said, _ gives: CostClaim.Figure) -> Bool {
      CostClaim(document: .standbyGuide, what: "", said: said, formula: "", gives: gives, note: "").agrees
    }
    #expect(agrees(.money(.cents(1_100), step: .cents(100)), .money(.cents(1_149))))
    #expect(!agrees(.money(.cents(1_100), step: .cents(100)), .money(.cents(1_150))))
    #expect(agrees(.money(.cents(1_100), step: .cents(100)), .money(.cents(1_050))))
    #expect(!agrees(.percent(55), .duration(.zero)))
    #expect(agrees(.tenthsOfDays(17), .duration(.seconds(86_400 * 165 / 100))))
    #expect(!agrees(.tenthsOfDays(17), .duration(.seconds(86_400 * 175 / 100))))
  }

  @Test func `the documentation shows these claims and these machines`() throws {
    let page = Catalogue.folder.deletingLastPathComponent().appendingPathComponent("docs/costs.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains(CostClaim.table(CostClaims.all)))
    for machine in MachineType.all {
      let spot = machine.spot.map { Units.format($0) } ?? "–"
      let row =
        "| \(machine.name) | \(machine.virtualCPUs) | \(machine.memory) | \(Units.format(machine.onDemand)) | \(spot) |"
      #expect(text.contains(row), "\(row)")
    }
    let pricing = Pricing.documented
    for (name, price) in [
      ("volume", Units.format(pricing.volume)), ("standbyDisk", Units.format(pricing.standbyDisk)),
      ("stoppedGPU", Units.format(pricing.stoppedGPU)), ("objectStorage", Units.format(pricing.objectStorage)),
      ("download", Units.format(pricing.download)), ("freeDownload", Units.format(pricing.freeDownload)),
      ("gpuEgress", Units.format(pricing.gpuEgress)), ("standbyEgress", Units.format(pricing.standbyEgress)),
    ] {
      #expect(text.contains("| `\(name)` | \(price) |"), "\(name): \(price)")
    }
  }
}
