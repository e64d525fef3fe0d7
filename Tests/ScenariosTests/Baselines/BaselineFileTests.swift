import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct BaselineFileTests {
  private func baseline(seeds: Int = 5) throws -> Baseline {
    let scenario = try KnownScenario.load()
    let samples = try SeedSamples(playing: scenario, firstSeed: 3, count: seeds, until: nil, workers: Workers())
    let source = Baseline.Source(
      file: "../known.yaml", settings: ["a=1", "b=\"x\""], trace: "trace é.csv", until: .seconds(86_400))
    return Baseline(source, ScenarioIdentity(scenario), samples)
  }

  @Test func `what is written is what is read`() throws {
    let written = try baseline()
    let text = try written.document()
    let read = try Baseline(json: text, name: "known.json")
    #expect(read == written)
    #expect(try read.document() == text)
  }

  @Test func `keys are sorted, numbers are whole, and nothing says when or where it was made`() throws {
    let text = try baseline().document()
    // A second reader and writer, which sorts keys: it finds nothing to change but white space.
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let sorted = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    let plain = String(decoding: sorted, as: UTF8.self)
    #expect(text.filter { !$0.isWhitespace } == plain.filter { !$0.isWhitespace })
    let keys = try #require(object as? [String: Any]).keys.sorted()
    #expect(
      keys == [
        "fingerprint", "metrics", "modelVersion", "phases", "samples", "scenario", "schemaVersion", "seeds", "strategy",
        "world",
      ])
    let samples = try #require((object as? [String: Any])?["samples"] as? [String: [[NSNumber]]])
    #expect(samples.values.joined().joined().allSatisfy { $0.doubleValue == $0.doubleValue.rounded() })
    #expect(!text.contains(ProcessInfo.processInfo.hostName))
  }

  @Test func `the number of workers changes no byte`() throws {
    let scenario = try KnownScenario.load()
    let texts = try [1, 2, 7].map { workers in
      try Baseline(
        .init(file: "known.yaml"), ScenarioIdentity(scenario),
        SeedSamples(playing: scenario, firstSeed: 1, count: 20, until: nil, workers: Workers(workers))
      ).document()
    }
    #expect(Set(texts).count == 1)
  }

  @Test func `the means are those of what the replications showed`() throws {
    let scenario = try KnownScenario.load()
    let baseline = try baseline(seeds: 8)
    let times = try (0..<8).map { index in
      try ReplicationPlan(baseSeed: 3).observe(scenario, replication: index).values[KnownScenario.figure]
    }.joined()
    let mean = times.reduce(0, +) / Double(times.count)
    let stored = try #require(baseline.metrics["mttrDegraded.mean"]?.value)
    #expect(abs(Double(stored) / 1_000 - mean) < 0.002)
    // The fault is found after half a second, in every seed.
    #expect(baseline.samples.phases["detection"] == Array(repeating: 500, count: 8))
  }

  @Test func `a single seed has the fingerprint of its run, and several one over all`() throws {
    let scenario = try KnownScenario.load()
    let run = try Run(scenario, seed: 3)
    #expect(try baseline(seeds: 1).samples.fingerprint == run.fingerprint.description)
    #expect(try baseline(seeds: 2).samples.fingerprint != run.fingerprint.description)
  }

  @Test(arguments: [
    ("\"count\": 2", "\"count\": 3", "samples."), ("\"count\": 2", "\"count\": 0", "seeds.count must be"),
    ("\"count\": 2", "\"count\": 2.5", "a number in it is not whole"),
    ("\"first\": 3", "\"first\": -1", "a number in it is not whole or out of range"),
    ("\"name\": \"known\"", "\"name\": \"other\"", "scenario.hash does not follow"),
    ("\"value\": 500", "\"value\": 501", "does not follow from the samples"),
    ("\"seeds\"", "\"seed\"", "seeds is missing"), ("\"mttd\": [[", "\"mttx\": [[", "does not follow"),
    ("[500]", "[5000000000000000]", "out of range"),
    ("[500]", "[50000000000000000000]", "a number in it is not whole"),
    ("\"mttd.mean\"", "\"mttx.mean\"", "metrics.mttx.mean"),
    ("\"until\": 86400000", "\"until\": -5", "scenario.until is out of range"),
  ])
  func `a damaged baseline is refused by the place that is wrong`(old: String, new: String, message: String) throws {
    let text = try baseline(seeds: 2).document()
    try #require(text.contains(old))
    let error = try #require(throws: InvalidFile.self) {
      _ = try Baseline(json: text.replacing(old, with: new), name: "x.json")
    }
    #expect(error.description.contains("x.json: error: this baseline is damaged: "))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func `another version of the format is not comparable, and what is no baseline is bad input`() throws {
    let text = try baseline(seeds: 1).document()
    let newer = text.replacing("\"schemaVersion\": 1", with: "\"schemaVersion\": 2")
    let error = try #require(throws: NotComparable.self) { _ = try Baseline(json: newer, name: "x.json") }
    #expect(error.description == "x.json: its format has version 2, and this program reads version 1")
    for text in ["", "{}", "[]", "null", "{\"schemaVersion\": \"1\"}", "name: x"] {
      #expect(throws: InvalidFile.self) { _ = try Baseline(json: text, name: "x.json") }
    }
  }

  @Test func `10,000 mutilated baselines are read or refused`() throws {
    var small = try baseline(seeds: 1)
    small.identity = ScenarioIdentity(name: "known", world: ["gpu": "0"], strategy: ["a": "b"])
    small.samples.figures = ["mttd": [[500]]]
    small.samples.phases = ["detection": [500]]
    small.metrics = ["mttd.mean": .init(value: 500, tolerance: 0)]
    let text = Array(try small.document().utf8)
    _ = try Baseline(json: String(decoding: text, as: UTF8.self), name: "x.json")
    let pieces = ["1e999", "-1", "null", "[[]]", "{}", "\"\\ud800\"", "99999999999999999999", "0.5"].map { Array($0.utf8) }
    let refused = try Workers().map(10_000) { index -> Bool in
      var random = TestRandom(state: UInt64(index))
      let bytes = mutated(text, with: pieces, using: &random)
      do {
        let baseline = try Baseline(json: String(decoding: bytes, as: UTF8.self), name: "x.json")
        // What is accepted can be judged and written.
        _ = try baseline.document()
        _ = baseline.listing(path: "x.json")
        return false
      } catch is InvalidFile {
        return true
      } catch is NotComparable {
        return true
      }
    }.count { $0 }
    #expect((1..<10_000).contains(refused))
  }

  @Test func `a file is named from the folder of the baseline`() {
    #expect(Baseline.Source.path(of: "scenarios/a.yaml", seenFrom: "baselines/a.json") == "../scenarios/a.yaml")
    #expect(Baseline.Source.path(of: "a.yaml", seenFrom: "a.json") == "a.yaml")
    #expect(Baseline.Source.path(of: "/x/y/a.yaml", seenFrom: "/x/z/b/a.json") == "../../y/a.yaml")
    #expect(Baseline.Source.path(of: "./b/../a.yaml", seenFrom: "c/a.json") == "../a.yaml")
  }
}
