import Failover
import Foundation
import Testing

@Suite struct WarmPoolStateTests {
  @Test func `every state can be reached from disabled, and active from every state`() {
    func closure(_ start: WarmPoolState, _ step: ((WarmPoolState, WarmPoolState)) -> (WarmPoolState, WarmPoolState))
      -> Set<WarmPoolState>
    {
      var reached: Set<WarmPoolState> = [start]
      for _ in WarmPoolState.allCases {
        for transition in WarmPoolState.transitions {
          let (from, to) = step((transition.from, transition.to))
          if reached.contains(from) { reached.insert(to) }
        }
      }
      return reached
    }
    #expect(closure(.disabled) { $0 } == Set(WarmPoolState.allCases))
    #expect(closure(.active) { ($0.1, $0.0) } == Set(WarmPoolState.allCases))
  }

  @Test func `no transition is listed twice and none is refused`() {
    let pairs = WarmPoolState.transitions.map { "\($0.from) \($0.to)" }
    #expect(Set(pairs).count == pairs.count)
    for from in WarmPoolState.allCases {
      for to in WarmPoolState.allCases {
        #expect(from.allows(to) == pairs.contains("\(from) \(to)"))
      }
    }
    #expect(!WarmPoolState.failover.allows(.active), "a new second GPU has to be made first")
    #expect(!WarmPoolState.failover.allows(.disabled), "a failover is not switched off in its middle")
  }

  @Test func `the documentation shows the table's diagram`() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/phases.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains("```mermaid\n\(WarmPoolState.diagram)\n```"))
  }
}

@Suite struct MachineChoiceTests {
  private let query = OfferQuery(
    minimumMemory: .gigabytes(8), maximumPrice: HourlyPrice(perHour: .cents(50)), regions: ["TH", "VN"])

  private func offer(
    _ id: String, _ machine: String, cents: Int64 = 40, gpu: String = "RTX 4090", region: String = "TH",
    verified: Bool = true
  ) -> Offer {
    Offer(
      id: id, gpuName: gpu, memory: .gigabytes(32), price: HourlyPrice(perHour: .cents(cents)), region: region,
      machine: MachineID(machine), isVerified: verified)
  }

  private func machines(_ pool: WarmPool, _ offers: [Offer]) -> [String] {
    pool.machines(among: offers, for: query).map(\.machine.rawValue)
  }

  @Test func `only verified offers that the recovery accepts count towards a machine's GPUs`() {
    let offers = [
      offer("1", "two"), offer("2", "two"), offer("3", "one"), offer("4", "unverified", verified: false),
      offer("5", "unverified", verified: false), offer("6", "dear", cents: 40), offer("7", "dear", cents: 60),
      offer("8", "far", region: "US"), offer("9", "far", region: "US"),
    ]
    #expect(machines(WarmPool(), offers) == ["two"])
    #expect(machines(WarmPool(minimumGPUs: 3), offers) == [])
  }

  @Test func `a preferred GPU comes before a cheaper one, then price decides, then the id`() {
    let offers = [
      offer("1", "cheap", cents: 20, gpu: "RTX 3090"), offer("2", "cheap", cents: 20, gpu: "RTX 3090"),
      offer("3", "dear", cents: 50), offer("4", "dear", cents: 50), offer("6", "b", cents: 45), offer("7", "b", cents: 45),
      offer("5", "a", cents: 45), offer("8", "a", cents: 45),
    ]
    #expect(machines(WarmPool(), offers) == ["cheap", "a", "b", "dear"])
    #expect(machines(WarmPool(preferredGPUs: ["RTX_4090", "A100"]), offers) == ["a", "b", "dear", "cheap"])
    let first = WarmPool(preferredGPUs: ["RTX 4090"]).machines(among: offers, for: query).first
    #expect(first?.offers.map(\.id) == ["5", "8"])
  }

  @Test func `the choice does not depend on the order of the offers`() {
    var offers = [
      offer("1", "a", cents: 30), offer("2", "a", cents: 35), offer("3", "b", cents: 30), offer("4", "b", cents: 30),
      offer("5", "c", cents: 29, gpu: "A100"),
    ]
    let pool = WarmPool(preferredGPUs: ["A100"])
    let expected = pool.machines(among: offers, for: query)
    #expect(expected.map(\.machine.rawValue) == ["a", "b"])
    // Every rotation of every swap: not all 120 orders, but each pair in both.
    for swapped in offers.indices {
      offers.swapAt(0, swapped)
      for _ in offers.indices {
        offers.append(offers.removeFirst())
        #expect(pool.machines(among: offers, for: query) == expected)
      }
    }
  }
}
