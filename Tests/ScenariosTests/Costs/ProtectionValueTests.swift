import Failover
import Testing

@testable import Scenarios

struct ProtectionValueTests {
  private func figures(
    gpu: Int64, standby: Int64, full: Int, degraded: Int, down: Int, lost: Int64
  ) -> ProtectionValue.Figures {
    var cost = Cost()
    cost[.gpu] = .cents(gpu)
    cost[.standby] = .cents(standby)
    var availability = Availability(of: [], until: .zero)
    availability.full = Bills.hours(full)
    availability.degraded = Bills.hours(degraded)
    availability.down = Bills.hours(down)
    return ProtectionValue.Figures(cost: cost, availability: availability, lostWork: .cents(lost))
  }

  @Test func `an hour of service gained costs the overhead over the hours, or with GPUs the whole difference`() {
    let value = ProtectionValue(
      protected: figures(gpu: 28_000, standby: 1_120, full: 700, degraded: 10, down: 10, lost: 50),
      unprotected: figures(gpu: 20_000, standby: 0, full: 500, degraded: 0, down: 220, lost: 2_050))
    #expect(value.serviceGained == Bills.hours(210))
    #expect(value.fullServiceGained == Bills.hours(200))
    #expect(value.overhead == .cents(1_120))
    #expect(value.extraCost == .cents(9_120))
    #expect(value.overheadPerHourGained == HourlyPrice(perHour: Money(nanodollars: 11_200_000_000 / 210)))
    #expect(value.extraCostPerHourGained == HourlyPrice(perHour: Money(nanodollars: 91_200_000_000 / 210)))
    #expect(value.lostWorkAvoided == .cents(2_000))
  }

  @Test func `what gains nothing has no price an hour`() {
    let same = figures(gpu: 100, standby: 10, full: 10, degraded: 0, down: 1, lost: 0)
    let value = ProtectionValue(protected: same, unprotected: same)
    #expect(value.overheadPerHourGained == nil && value.extraCostPerHourGained == nil)
    let worse = ProtectionValue(
      protected: figures(gpu: 100, standby: 10, full: 9, degraded: 0, down: 2, lost: 0), unprotected: same)
    #expect(worse.serviceGained == .zero - Bills.hours(1))
    #expect(worse.overheadPerHourGained == nil)
  }

  @Test func `a run's lost work is the age of its data at each fault, at the price of the GPU`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let figures = ProtectionValue.Figures(Metrics(run))
    let ages = Incident.all(in: run.events).compactMap(\.recoveryPoint)
    #expect(ages.count > 2)
    let dollars = ages.reduce(0) { $0 + $1.inSeconds } * 0.45 / 3600
    #expect(abs(figures.lostWork.inDollars - dollars) < 1e-8)
    #expect(figures.cost == Metrics(run).cost && figures.availability == Metrics(run).availability)
  }

  @Test func `a run's incidents cost the standby from the fault on and the new GPU from its order on`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let orders = run.events.filter { $0.kind.name == "instanceCreated" }.map(\.time)
    // Without failed attempts there is one order an incident.
    let incidents = Incident.all(in: run.events).filter { $0.fullService != nil && $0.attempts.count == 1 }
    #expect(incidents.count > 2)
    let charges = Charges(of: run)
    for incident in incidents {
      let (fault, full) = (try #require(incident.fault), try #require(incident.fullService))
      let order = try #require(orders.first { $0 > fault })
      let dollars = (full - fault).inSeconds * 0.01 / 3600 + (full - order).inSeconds * 0.45 / 3600
      let spent = IncidentCost(incident, lost: .zero, in: charges).spent
      #expect(abs(spent.gpu.inDollars + spent.standby.inDollars - dollars) < 1e-8)
    }
  }
}
