import Failover
import Foundation
import Testing

@testable import Scenarios

/// The same bills by other ways: second by second, part by part, and as a mean over chance.
struct SecondAccountTests {
  /// Goes through a log second by second and asks each machine and thing what it costs.
  private struct Clerk {
    var state: [String: (isGPU: Bool, isRunning: Bool, perSecond: Int64)] = [:]
    var kept: [String: Int64] = [:]
    var machines: Int64 = 0
    var byteSeconds: Int64 = 0

    mutating func apply(_ kind: EventKind) {
      switch kind {
      case .instanceCreated(let id, let offer):
        state[id.rawValue] = (true, true, offer.price.perHour.nanodollars / 3600)
      case .standbyCreated(let instance, _):
        state[instance.id.rawValue] = (false, true, instance.price.perHour.nanodollars / 3600)
      case .instanceStopped(let id): state[id.rawValue]?.isRunning = false
      case .instanceStarted(let id): state[id.rawValue]?.isRunning = true
      case .interrupted(let id, _, _): state[id.rawValue]?.isRunning = false
      case .instanceDestroyed(let id): state[id.rawValue] = nil
      case .snapshotSaved(let report): kept[report.id.rawValue] = report.stored.bytes
      case .snapshotDeleted(let id): kept[id.rawValue] = nil
      default: break
      }
    }

    mutating func passSecond() {
      for machine in state.values where machine.isRunning { machines += machine.perSecond }
      for size in kept.values { byteSeconds += size }
    }
  }

  private func randomLog(_ random: inout TestRandom, seconds: Int) throws -> [Event] {
    var events: [Event] = []
    for second in 0..<seconds where Int.random(in: 0..<20, using: &random) == 0 {
      let id = InstanceID("\(Int.random(in: 0..<6, using: &random))")
      // Whole nanodollars a second, so that the clerk need not round.
      let price = HourlyPrice(perHour: Money(nanodollars: 3600 * Int64.random(in: 1...500_000, using: &random)))
      let size = ByteCount(Int64.random(in: 1...1_000_000_000, using: &random))
      let name = "\(Int.random(in: 0..<10, using: &random))"
      let isStandby = id.rawValue == "5"
      let kinds: [EventKind] = [
        isStandby
          ? .standbyCreated(Instance(id: id, status: .running, address: nil, price: price), type: "t")
          : .instanceCreated(id, Bills.offer(price)),
        .instanceStopped(id), .instanceStarted(id), .instanceDestroyed(id),
        .interrupted(id, cause: "", unsynced: .zero), .snapshotDeleted(SnapshotID(name)),
        // A name is used once at a time.
        events.contains(where: { $0.kind.name == "snapshotSaved" && $0.kind.fields[0].value == .text(name) })
          ? .noOffer : Bills.snapshot(name, stored: size),
      ]
      let kind = try #require(kinds.randomElement(using: &random))
      events.append(Event(time: .seconds(second), lane: .orchestrator, kind: kind))
    }
    return events
  }

  @Test func `the bill of any log is that of a clerk who looks every second`() throws {
    var random = TestRandom(state: 21)
    var largest = Money.zero
    for _ in 0..<100 {
      let events = try randomLog(&random, seconds: 1_000)
      var clerk = Clerk()
      var next = 0
      for second in 0..<1_000 {
        while next < events.count, events[next].time <= .seconds(second) {
          clerk.apply(events[next].kind)
          next += 1
        }
        clerk.passSecond()
      }
      let cost = Charges(of: events, until: .seconds(1_000)).cost
      #expect(cost.gpu + cost.standby == Money(nanodollars: clerk.machines))
      // $0.005 for 10⁹ bytes and 2,592,000 s is one nanodollar for 518,400,000 byte-seconds.
      #expect(cost[.objectStorage].nanodollars == clerk.byteSeconds / 518_400_000)
      largest = max(largest, cost.gpu)
    }
    #expect(largest > .zero)
  }

  @Test func `the parts of a run cost together what the whole costs, but for a nanodollar an item and part`() throws {
    var random = TestRandom(state: 22)
    for _ in 0..<50 {
      let log = try randomLog(&random, seconds: 1_000)
      let charges = Charges(of: log, until: .seconds(1_000))
      let cuts = (0..<9).map { _ in Int.random(in: 0...1_000_000, using: &random) }.sorted()
      let bounds = [0] + cuts + [1_000_001]
      var sum = Cost()
      for (start, end) in zip(bounds, bounds.dropFirst()) {
        sum = sum + charges.cost(from: .milliseconds(start), to: .milliseconds(end))
      }
      for item in CostItem.allCases {
        let missing = charges.cost[item] - sum[item]
        #expect((0...10).contains(missing.nanodollars), "\(item)")
      }
    }
  }

  /// A GPU that is up for exponential times of mean U and away for exponential times of mean D is paid for a share
  /// U ÷ (U + D) of a long time T, with the variance 2 U² D² T ÷ (U + D)³ of the time (two-state Markov chain).
  @Test(arguments: [(34.0, 0.25), (1.35, 0.25), (10, 10)])
  func `the mean bill of a GPU that comes and goes is the closed form of an alternating renewal process`(
    up: Double, down: Double
  ) throws {
    var random = TestRandom(state: 23)
    let (runs, length) = (40, 720.0)
    var total = 0.0
    var faults = 0
    for _ in 0..<runs {
      func wait(_ mean: Double) -> Double { -mean * log(1 - Double.random(in: 0..<1, using: &random)) }
      var (time, number) = (0.0, 0)
      var events: [Event] = []
      func record(_ kind: EventKind) {
        events.append(Event(time: .nanoseconds(Int64(time * 3.6e12)), lane: .orchestrator, kind: kind))
      }
      // In the long run the process is up at the start with the share's probability.
      if Double.random(in: 0..<1, using: &random) > up / (up + down) { time += wait(down) }
      while time < length {
        record(.instanceCreated(InstanceID("\(number)"), Bills.offer()))
        time += wait(up)
        guard time < length else { break }
        record(Bills.lost("\(number)"))
        faults += 1
        number += 1
        time += wait(down)
      }
      total += Charges(of: events, until: .seconds(720 * 3600)).cost.gpu.inDollars
    }
    let cycle = up + down
    let expected = 0.40 * length * up / cycle
    let deviation = 0.40 * (2 * up * up * down * down * length / (cycle * cycle * cycle) / Double(runs)).squareRoot()
    #expect(abs(total / Double(runs) - expected) < 4 * deviation, "\(total / Double(runs)) for \(expected)")
    let losses = length / cycle
    #expect(abs(Double(faults) / Double(runs) - losses) < 4 * (losses / Double(runs)).squareRoot() + 0.5)
  }
}
