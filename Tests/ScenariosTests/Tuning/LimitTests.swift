import Testing

@testable import Scenarios

@Suite struct LimitTests {
  @Test(arguments: [
    ("falseFailovers<0.1/month", "falseFailovers.mean", 0.1, FigureLimit.Comparator.less),
    ("cost < 15 /month", "cost.mean", 15, .less), ("cost<=$15.50", "cost.mean", 15.5, .atMost),
    ("mttrFull.p95<=10min", "mttrFull.p95", 600, .atMost), ("rpo.p99 < 90s", "rpo.p99", 90, .less),
    ("availability>=99.9%", "availability.mean", 0.999, .atLeast),
    ("availability.serving.p5 > 0.99", "availability.serving.p5", 0.99, .more),
    ("cost.month<20", "cost.mean", 20, .less),
  ])
  func `a limit is a figure, a comparison and an amount in the figure's unit`(
    text: String, name: String, bound: Double, comparator: FigureLimit.Comparator
  ) throws {
    let limit = try FigureLimit(text)
    #expect(limit.target.name == name)
    #expect((limit.bound - bound).magnitude < 1e-12)
    #expect(limit.comparator == comparator)
  }

  @Test(arguments: [
    "", "cost", "cost=5", "<5", "cost<", "cost<5s", "mttrFull<5", "mttrFull<5min/month", "mttx<5s", "cost<<5",
    "cost<5/year", "availability>=abc", "mttrFull.p96<5s", "cost<-", "mttd<$5",
  ])
  func `anything else is refused with one message that names the option`(text: String) {
    let error = #expect(throws: InvalidFile.self) { try FigureLimit(text, number: 2) }
    #expect(error?.problems.count == 1)
    #expect(error?.description.contains("--limit") ?? false)
  }

  @Test func `ten thousand damaged limits are read or refused`() {
    let names = ["falseFailovers", "mttrFull.p95", "availability.serving", "cost"]
    let seeds = ["<0.1/month", " <= 10min", ">=99.9%", "<$15/month"].map { Array($0.utf8) }
    var random = TestRandom(state: 1)
    var read = 0
    for round in 0..<10_000 {
      // A tenth with a damaged name: those take longest, as the nearest one is looked for.
      let name = Array(names[round % 4].utf8)
      let bytes = round % 10 == 0
        ? mutated(name + seeds[round % 4], with: seeds, using: &random)
        : name + mutated(seeds[round % 4], with: seeds, using: &random)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let limit = try? FigureLimit(text) else { continue }
      read += 1
      #expect(limit.bound.isFinite)
    }
    #expect(read > 100)
  }

  @Test func `what one wants the opposite of is no objective`() throws {
    #expect(throws: InvalidFile.self) { try Objective("availability", .minimize) }
    #expect(throws: InvalidFile.self) { try Objective("mttrFull", .maximize) }
    #expect(throws: InvalidFile.self) { try Objective("nothing") }
    #expect(try Objective("availability.p5", .maximize).sign == -1)
    #expect(try Objective(against: "availability").direction == .maximize)
  }

  @Test func `no false failover in few months leaves a doubt, and in many hardly any`() throws {
    let limit = try FigureLimit("falseFailovers<0.1/month")
    func doubt(_ months: Int) -> Double {
      limit.doubt(FigureSample(value: 0, influences: Array(repeating: 0, count: months)), weight: 1).met
    }
    // Poisson: at 0.1 a month none is seen in n months with probability exp(-n/10).
    #expect((doubt(10) - 0.36787944117144233).magnitude < 1e-12)
    #expect(doubt(100) < 5e-5)
  }

  @Test func `a limit that the mean is far beyond is surely broken`() throws {
    let limit = try FigureLimit("cost<15")
    let sample = try #require(FigureSample((0..<10).map { [16 + Double($0 % 2) / 10] }, .mean))
    #expect(limit.doubt(sample, weight: 1).broken < 1e-9)
    #expect(limit.doubt(sample, weight: 1).met > 0.999)
    #expect(try FigureLimit("cost<17").doubt(sample, weight: 1).met < 1e-9)
  }
}
