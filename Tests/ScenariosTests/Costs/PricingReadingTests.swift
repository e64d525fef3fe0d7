import Failover
import FailoverSim
import Testing

@testable import Scenarios

struct PricingReadingTests {
  private func scenario(_ overrides: String...) throws -> Scenario {
    try Catalogue.load("cpu-standby", overrides).scenario
  }

  private func problems(_ overrides: String...) throws -> [String] {
    do {
      _ = try Catalogue.load("cpu-standby", overrides)
      return []
    } catch let error as InvalidFile {
      return error.problems.map(\.message)
    }
  }

  @Test func `prices that a file does not give are the documents'`() throws {
    #expect(try scenario().pricing == .documented)
    #expect(try scenario().strategy.standby?.machine.disk == .gigabytes(100))
  }

  @Test func `every price can be given`() throws {
    let pricing = try scenario(
      "pricing.volume=$0.05/GB/month", "pricing.standbyDisk=$40/TB/month", "pricing.stoppedGPU=$14.40/month",
      "pricing.objectStorage=$0.015/GB/month", "pricing.download=$10/TB", "pricing.freeDownload=1.5",
      "pricing.gpuEgress=$0.02/GB", "pricing.standbyEgress=$0.12/GB"
    ).pricing
    #expect(
      pricing
        == Pricing(
          volume: StoragePrice(perGigabyteMonth: .cents(5)), standbyDisk: StoragePrice(perGigabyteMonth: .cents(4)),
          stoppedGPU: HourlyPrice(perHour: .cents(2)),
          objectStorage: StoragePrice(perGigabyteMonth: Money(nanodollars: 15_000_000)),
          download: TransferPrice(perGigabyte: .cents(1)), freeDownload: .percent(150),
          gpuEgress: TransferPrice(perGigabyte: .cents(2)), standbyEgress: TransferPrice(perGigabyte: .cents(12))))
  }

  @Test(arguments: [
    ("e2-medium", 3), ("e2-standard-4", 15), ("n2-standard-8", 40), ("c2-standard-16", 80),
  ]) func `a machine type has the documents' price on demand`(type: String, cents: Int64) throws {
    let standby = try scenario("standby.machineType=\(type)", "standby.spot=false").strategy.standby
    #expect(standby?.machine.price == HourlyPrice(perHour: .cents(cents)))
  }

  @Test func `a price that is given goes before the documents', also for an unknown machine`() throws {
    let known = try #require(try scenario("standby.price=$24.50/month").strategy.standby).machine
    #expect(known.price.cost(of: .billingMonth) == .cents(2_450))
    let unknown = try #require(
      try scenario("standby.machineType=t2a-standard-1", "standby.price=$0.0385/h").strategy.standby
    ).machine
    #expect(unknown.price.perHour.nanodollars == 38_500_000)
  }

  @Test func `an unknown machine is one message with the nearest name and the way to give a price`() throws {
    let known =
      "Known: e2-medium (2 vCPU, 4 GB), e2-standard-4 (4 vCPU, 16 GB), n2-standard-8 (8 vCPU, 32 GB), "
      + "c2-standard-16 (16 vCPU, 64 GB). For another one give a price, such as price: $0.05/h"
    #expect(
      try problems("standby.machineType=e2-medum") == [
        "standby.machineType: no price is known for the machine type 'e2-medum'; did you mean 'e2-medium'? \(known)"
      ])
    #expect(
      try problems("standby.machineType=m5.large", "standby.spot=false") == [
        "standby.machineType: no price is known for the machine type 'm5.large'. \(known)"
      ])
  }

  @Test func `a machine without a spot price says how to go on`() throws {
    #expect(
      try problems("standby.machineType=e2-standard-4") == [
        "standby.spot: no spot price is known for 'e2-standard-4'; write spot: false for $0.15/h, "
          + "or give a price, such as price: $0.05/h"
      ])
  }

  @Test func `the wrong kind of price is refused`() throws {
    #expect(
      try problems("pricing.volume=$5/month") == [
        "pricing.volume: expected a storage price such as $0.005/GB/month, found '$5/month'"
      ])
    #expect(try problems("pricing.download=-$1/GB").count == 1)
  }

  // MARK: Runs

  /// A day without faults, scaled to a month: what E3's table calls the standby's cost.
  private func month(_ overrides: String...) throws -> Cost {
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: []}", "standby.creation=0s", "sync.interval=1h"] + overrides,
      until: .seconds(86_400))
    return Metrics(run).bill.month
  }

  private func toTheCent(_ money: Money) -> Int64 { (money.nanodollars + 5_000_000) / 10_000_000 }

  @Test func `a simulated month of a standby costs $11.20 as a spot machine and up to $28.50 on demand`() throws {
    #expect(toTheCent(try month().overhead) == 1_120)
    #expect(toTheCent(try month("standby.price=$24.50/month").overhead) == 2_850)
    #expect(toTheCent(try month("standby.price=$0.034/h").overhead) == 2_848)
    #expect(toTheCent(try month("standby.spot=false").overhead) == 2_560)
    #expect(toTheCent(try month("standby.disk=0B").overhead) == 720)
    #expect(toTheCent(try month().gpu) == 28_800)
  }

  @Test func `the trace's prices go before the offers'`() throws {
    var scenario = try scenario("sync.interval=1h")
    func change(_ hours: Int, _ cents: Int64) -> InterruptionTrace.PriceChange {
      .init(at: .seconds(hours * 3600), price: HourlyPrice(perHour: .cents(cents)))
    }
    scenario.world.interruptions = .trace(
      try InterruptionTrace(
        runs: [.init(start: .zero, end: nil)], length: .seconds(86_400), source: "",
        prices: [change(0, 100), change(12, 50)]))
    scenario.life = .operation(.seconds(86_400))
    let run = try Run(scenario, seed: 1)
    let adopted = try #require(run.events.first { $0.kind.name == "primaryAdopted" }).time
    let morning = HourlyPrice(perHour: .cents(100)).cost(of: .seconds(43_200) - adopted)
    #expect(Metrics(run).cost.gpu == morning + .cents(600))
  }
}
