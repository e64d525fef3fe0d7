import Failover
import FailoverSim
import Foundation

/// What a scenario showed once, to be laid beside what it shows later.
public struct Baseline: Sendable, Hashable {
  /// The version of the file format.
  public static let schemaVersion = 1
  /// More seeds tell nothing that fewer would not.
  public static let largestSeedCount = 10_000

  /// Which scenario file was played, and what was laid over it.
  public struct Source: Sendable, Hashable {
    /// Relative to the folder of the baseline.
    public var file: String
    /// `path=value` texts.
    public var settings: [String]
    /// A file of recorded interruptions, relative to the folder of the baseline.
    public var trace: String?
    /// Ends an operation earlier or later than the scenario says; whole milliseconds.
    public var until: Duration?

    public init(file: String, settings: [String] = [], trace: String? = nil, until: Duration? = nil) {
      self.file = file
      self.settings = settings
      self.trace = trace
      self.until = until
    }

    /// How a file is called from the folder of a baseline, whatever the working directory.
    public static func path(of file: String, seenFrom baseline: String) -> String {
      func parts(_ url: URL) -> [String] { url.standardizedFileURL.pathComponents }
      let target = parts(URL(fileURLWithPath: file))
      let folder = parts(URL(fileURLWithPath: baseline).deletingLastPathComponent())
      let common = zip(target, folder).prefix { $0 == $1 }.count
      return (Array(repeating: "..", count: folder.count - common) + target[common...]).joined(separator: "/")
    }

    /// Reads the scenario.
    ///
    /// - Parameters:
    ///   - path: of the baseline.
    ///   - overrides: laid over the settings.
    /// - Throws: as `LoadedScenario` does.
    func load(besides path: String, overrides: [String] = []) throws -> LoadedScenario {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      func place(_ name: String) -> String { URL(fileURLWithPath: name, relativeTo: folder).path }
      return try LoadedScenario(path: place(file), overrides: settings + overrides, trace: trace.map(place))
    }
  }

  /// A stored figure, in whole steps.
  struct Metric: Sendable, Hashable {
    var value: Int64
    /// By how much it may get worse.
    var tolerance: Int64
  }

  public var source: Source
  public var modelVersion: Int
  var identity: ScenarioIdentity
  var samples: SeedSamples
  /// By the measure's name.
  var metrics: [String: Metric]

  /// How many seeds were played.
  public var seeds: Int { samples.count }
  public var firstSeed: UInt64 { samples.firstSeed }

  /// Plays what a baseline at `path` is to hold.
  ///
  /// - Parameters:
  ///   - path: where the baseline will be; the source's files are relative to its folder.
  ///   - seeds: how many, from `firstSeed` on; 1 to `largestSeedCount`.
  /// - Throws: as `LoadedScenario` does; `ReplicationError`.
  public init(
    _ source: Source, at path: String, firstSeed: UInt64 = 1, seeds: Int, workers: Workers = Workers(),
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws {
    let scenario = try source.load(besides: path).scenario
    if case .drill = scenario.life, source.until != nil {
      throw ScenarioError("\(source.file): a drill plays its script to the end; it has no --until")
    }
    let samples = try SeedSamples(
      playing: scenario, firstSeed: firstSeed, count: max(1, min(seeds, Self.largestSeedCount)), until: source.until,
      workers: workers, progress: progress)
    self.init(source, ScenarioIdentity(scenario), samples)
  }

  init(_ source: Source, _ identity: ScenarioIdentity, _ samples: SeedSamples) {
    self.source = source
    self.identity = identity
    self.samples = samples
    modelVersion = ModelVersion.current
    let bootstrap = Bootstrap(seeds: samples.count, seed: samples.firstSeed)
    metrics = [:]
    for measure in Measure.judged {
      guard let series = samples.series(measure), let value = series.value else { continue }
      metrics[measure.name] = Metric(
        value: Int64(value.rounded()), tolerance: Tolerance.derived(from: series, bootstrap))
    }
  }

  /// The scenario's name and what is laid over its file: `cpu-standby (sync.route=direct)`.
  public var cell: String {
    source.settings.isEmpty ? identity.name : "\(identity.name) (\(source.settings.joined(separator: ", ")))"
  }

  /// `100 seeds from 1`
  public var seedsText: String { seeds == 1 ? "seed \(firstSeed)" : "\(seeds) seeds from \(firstSeed)" }
}
