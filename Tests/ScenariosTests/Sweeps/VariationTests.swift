import Testing

@testable import Scenarios

@Suite struct VariationTests {
  @Test(arguments: [
    ("a=1,2,3", ["1", "2", "3"]),
    ("health.interval=5s, 10s", ["5s", "10s"]),
    ("a=relay,direct", ["relay", "direct"]),
    ("a={uniform: {low: 1s, high: 2s}},5s", ["{uniform: {low: 1s, high: 2s}}", "5s"]),
    ("a=[1h, 2h],'x,y'", ["[1h, 2h]", "'x,y'"]),
    ("a=2s..30s:n15", (1...15).map { "\(2 * $0)s" }),
    ("a=1..5:1", ["1", "2", "3", "4", "5"]),
    ("a=1..4", ["1", "2", "3", "4"]),
    ("a=2s..10s:3s", ["2s", "5s", "8s"]),
    ("a=0..1:n5", ["0", "0.25", "0.5", "0.75", "1"]),
    ("a=1..10:n3", ["1", "6", "10"]),
    ("a=1.0..10.0:n3", ["1", "5.5", "10"]),
    ("a=0%..100%:n3", ["0%", "50%", "100%"]),
    ("a=1s..100s:log3", ["1s", "10s", "1min40s"]),
    ("a=1..100:log5", ["1", "3", "10", "32", "100"]),
    ("a=2s..30s:n4", ["2s", "11.3333s", "20.6667s", "30s"]),
    ("a=10MB/s..1Gbit/s:n2", ["10MB/s", "1Gbit/s"]),
    ("a=$0.10/h..$0.50/h:$0.20/h", ["$0.10/h", "$0.30/h", "$0.50/h"]),
    ("a=1GB..4GB:n4,10GB", ["1GB", "2GB", "3GB", "4GB", "10GB"]),
    ("a=../traces/x.csv", ["../traces/x.csv"]),
  ] as [(String, [String])])
  func `lists and ranges become values`(text: String, values: [String]) throws {
    #expect(try Variation(text).values == values)
  }

  @Test(arguments: [
    ("a", "expected path=values"), ("=1", "is not a path"), ("a=", "empty value"), ("a=1,,2", "empty value"),
    ("a=1,2,1", "there twice"), ("a=5s..2s:n3", "ends at 2s"), ("a=1s..5", "same kind as 1s"),
    ("a=1s..5s:n1", "from 2 to 10000"), ("a=1s..5s:0s", "is no spacing"), ("a=1s..5s:2", "is no spacing"),
    ("a=0s..5s:log4", "above zero"), ("a=0s..5s:log", "above zero"), ("a=0..1:0.000000001", "more than 10000 steps"),
    ("a=1s..5s,9s", "needs a spacing"), ("a=1s..5s:nmany", "from 2 to 10000"),
  ])
  func `what is neither is refused with the reason`(text: String, message: String) {
    let error = #expect(throws: InvalidFile.self) { try Variation(text) }
    #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
  }

  @Test func `a quantity reads back from its text`() throws {
    for text in ["3", "-0.25", "12%", "1min30s", "1.2GB", "512MiB", "100Mbit/s", "$0.45", "$0.45/h", "0.49ms"] {
      let quantity = try #require(Quantity(text))
      #expect(Quantity(quantity.text) == quantity)
    }
    for text in ["", "five", "5 bananas", "..", "-", "$", "1e5", "NaN"] { #expect(Quantity(text) == nil) }
  }

  @Test func `ten thousand broken texts are read or refused, and never more`() {
    var random = TestRandom(state: 17)
    let seeds = ["a=2s..30s:n15", "b.c[1]=1..5:1,7", "x=1s..60s:log", "y={a: [1, 2]},'q,r'", "z=-9000000000..9000000000:n3"]
      .map { Array($0.utf8) }
    var read = 0
    for index in 0..<10_000 {
      let bytes = mutated(seeds[index % seeds.count], with: seeds, using: &random)
      guard let variation = try? Variation(String(decoding: bytes, as: UTF8.self)) else { continue }
      read += 1
      #expect(!variation.value(at: 0.999).isEmpty)
    }
    #expect(read > 1_000)
  }
}

@Suite struct CellSamplingTests {
  private func cells(_ sampling: CellSampling, _ texts: String..., seed: UInt64 = 1) throws -> [[String]] {
    let variations = try texts.map { try Variation($0) }
    return try sampling.combinations(of: variations, seed: seed) { _ in true }.cells.map { $0.map(\.value) }
  }

  @Test func `a grid has every combination once, the last varying fastest`() throws {
    #expect(try cells(.grid, "a=1,2", "b=x,y,z") == [["1", "x"], ["1", "y"], ["1", "z"], ["2", "x"], ["2", "y"], ["2", "z"]])
    #expect(try cells(.grid, "a=2s..30s:n15", "b=1..5:1").count == 75)
    #expect(throws: InvalidFile.self) { try cells(.grid, "a=1s..2s") }
    #expect(throws: InvalidFile.self) { try cells(.grid, "a=1..1000:1", "b=1..1000:1") }
  }

  @Test func `an even spread fills every interval of the range equally`() throws {
    let cells = try cells(.sobol(cells: 64), "a=0.0..64.0", "b=1s..65s", "c=1,2,3,4")
    #expect(cells.count == 64)
    for column in [0, 1] {
      let origin = column == 0 ? 0.0 : 1.0
      let places = try cells.map { Int(try #require(Quantity($0[column])).magnitude - origin) }
      #expect(Set(places).count == 64)
    }
    for value in ["1", "2", "3", "4"] { #expect(cells.count { $0[2] == value } == 16) }
  }

  @Test func `the first pair of dimensions of the sequence fills every small square`() {
    let sequence = SobolSequence(dimensions: 12)
    for level in 1...4 {
      let side = 1 << level
      let squares = (0..<UInt32(side * side)).map { index -> [Int] in
        sequence.point(index).prefix(2).map { Int($0 * Double(side)) }
      }
      #expect(Set(squares).count == side * side)
    }
    for dimension in 0..<12 {
      let places = (0..<UInt32(256)).map { Int(sequence.point($0)[dimension] * 256) }
      #expect(Set(places).count == 256, "\(dimension)")
    }
  }

  @Test func `random cells depend on the seed alone, are different, and end where there are no more`() throws {
    let first = try cells(.random(cells: 30), "a=1s..100s:log", "b=1..9:1")
    #expect(try first == cells(.random(cells: 30), "a=1s..100s:log", "b=1..9:1"))
    #expect(try first != cells(.random(cells: 30), "a=1s..100s:log", "b=1..9:1", seed: 2))
    #expect(Set(first).count == 30)
    #expect(try cells(.random(cells: 30), "a=1,2", "b=3,4").count == 4)
  }
}
