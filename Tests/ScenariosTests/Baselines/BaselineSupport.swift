import Failover
import Foundation

@testable import Scenarios

/// A folder that goes away with the last reference to it.
final class ScratchFolder {
  let path = NSTemporaryDirectory() + "baselines-test-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
    return file(name)
  }
}

/// Replications that are played once and drawn from many times.
enum StoredReplications {
  static let seeds = 160
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let unchanged = Result { try play() }

  /// A GPU is lost and a stopped one takes over; checked every second, which is ten times as fast to play as the file is.
  static func play(_ overrides: [String] = []) throws -> SeedSamples {
    let path = root + "/scenarios/warm-pool/incident.yaml"
    let scenario = try LoadedScenario(path: path, overrides: ["healthCheck.interval=1s"] + overrides).scenario
    return try SeedSamples(playing: scenario, firstSeed: 1, count: seeds, until: nil, workers: Workers())
  }
}

extension SeedSamples {
  /// The same figures of other seeds: those with these numbers.
  func choosing(_ seeds: [Int]) -> SeedSamples {
    SeedSamples(
      firstSeed: firstSeed, count: seeds.count, figures: figures.mapValues { values in seeds.map { values[$0] } },
      phases: phases.mapValues { values in seeds.map { values[$0] } }, fingerprint: "0")
  }

  /// Made-up values of one figure.
  static func made(_ values: [[Int64]], of figure: String = "mttrFull") -> SeedSamples {
    SeedSamples(firstSeed: 1, count: values.count, figures: [figure: values], phases: [:], fingerprint: "0")
  }
}

extension Measure {
  static func test(_ name: String) throws -> Measure { try Measure(name, at: .file("test")) }
}

extension Baseline {
  /// A baseline of made-up or chosen values, of the known scenario.
  init(testing samples: SeedSamples) throws {
    self.init(Source(file: "known.yaml"), ScenarioIdentity(try KnownScenario.load()), samples)
  }
}
