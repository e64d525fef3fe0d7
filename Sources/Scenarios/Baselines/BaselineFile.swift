import Failover
import Foundation

/// A baseline that may be a good file and yet cannot be compared with.
public struct NotComparable: Error, Sendable, Hashable, CustomStringConvertible {
  public let path: String
  /// A sentence without the path.
  public let reason: String

  public var description: String { "\(path): \(reason)" }
}

extension Baseline {
  /// The most that is read: a hundred times what ten thousand seeds of a month take would be a mistake.
  static let fileLimit = 16 << 20

  /// Reads a baseline.
  ///
  /// - Throws: `NotComparable` when there is no such file, or it has another format's version; `InvalidFile` when it is
  ///   no baseline.
  public init(contentsOf path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw NotComparable(
        path: path,
        reason: "there is no such baseline; make it with: simulate-failover baseline update \(path) --scenario FILE")
    }
    try self.init(json: FileText(contentsOf: path, limit: Self.fileLimit).text, name: path)
  }

  /// - Parameter name: of the file, for messages.
  /// - Throws: as `init(contentsOf:)`.
  init(json: String, name: String) throws {
    func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: .file(name))) }
    let data = Data(json.utf8)
    let decoder = JSONDecoder()
    struct Head: Decodable { var schemaVersion: Int }
    guard let head = try? decoder.decode(Head.self, from: data) else { throw problem("this is no baseline") }
    guard head.schemaVersion == Self.schemaVersion else {
      throw NotComparable(
        path: name,
        reason: "its format has version \(head.schemaVersion), and this program reads version \(Self.schemaVersion)")
    }
    let file: BaselineDocument
    do {
      file = try decoder.decode(BaselineDocument.self, from: data)
    } catch {
      throw problem("this baseline is damaged: \(Self.reason(error))")
    }
    if let fault = file.fault { throw problem("this baseline is damaged: \(fault)") }
    source = Source(
      file: file.scenario.file, settings: file.scenario.settings, trace: file.scenario.trace,
      until: file.scenario.until.map { .milliseconds($0) })
    modelVersion = file.modelVersion
    identity = ScenarioIdentity(name: file.scenario.name, world: file.world, strategy: file.strategy)
    samples = SeedSamples(
      firstSeed: file.seeds.first, count: file.seeds.count, figures: file.samples, phases: file.phases,
      fingerprint: file.fingerprint)
    metrics = [:]
    for (name, metric) in file.metrics {
      guard let measure = try? Measure(name, at: .file(name)),
        let value = samples.series(measure)?.value, Int64(value.rounded()) == metric.value
      else {
        throw problem("this baseline is damaged: metrics.\(shortened(name, to: 40)) does not follow from the samples")
      }
      metrics[name] = Metric(value: metric.value, tolerance: metric.tolerance)
    }
    guard identity.hash == file.scenario.hash else {
      throw problem("this baseline is damaged: scenario.hash does not follow from the name and the world")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "it cannot be read" }
    func place(_ path: [any CodingKey]) -> String {
      shortened(path.map(\.stringValue).joined(separator: "."), to: 80)
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      return "it is no JSON, or a number in it is not whole or out of range"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(place(context.codingPath)) is not what it should be"
    @unknown default: return "it cannot be read"
    }
  }

  /// The file: keys in alphabetical order, whole numbers only, nothing that depends on when or where it was made.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func document() throws -> String {
    try JSONValue.object([
      ("fingerprint", .text(samples.fingerprint)),
      ("metrics", Self.sorted(metrics) { name, metric in
        let unit = (try? Measure(name, at: .file(name)))?.figure.unit ?? .count
        return .line([
          "tolerance": .number(metric.tolerance), "unit": .text(Steps.name(unit)), "value": .number(metric.value),
        ])
      }),
      ("modelVersion", .number(modelVersion)),
      ("phases", Self.sorted(samples.phases) { .line(.array($1.map { JSONValue.number($0) })) }),
      ("samples", Self.sorted(samples.figures) { .line(.array($1.map { .array($0.map { JSONValue.number($0) }) })) }),
      ("scenario", .object([
        ("file", .text(source.file)), ("hash", .text(identity.hash)), ("name", .text(identity.name)),
        ("settings", .line(.array(source.settings.map(JSONValue.text)))),
        ("trace", source.trace.map(JSONValue.text) ?? .null),
        ("until", source.until.map { .number($0.wholeNanoseconds / 1_000_000) } ?? .null),
      ])),
      ("schemaVersion", .number(Self.schemaVersion)),
      ("seeds", .line(["count": .number(samples.count), "first": .number(samples.firstSeed)])),
      ("strategy", Self.sorted(identity.strategy) { .text($1) }),
      ("world", Self.sorted(identity.world) { .text($1) }),
    ]).document()
  }

  private static func sorted<Value>(
    _ members: [String: Value], _ json: (String, Value) -> JSONValue
  ) -> JSONValue {
    .object(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: json($0.key, $0.value)) })
  }
}

/// The file as it is.
private struct BaselineDocument: Decodable {
  struct Scenario: Decodable {
    var file: String
    var hash: String
    var name: String
    var settings: [String]
    var trace: String?
    var until: Int64?
  }

  struct Seeds: Decodable {
    var count: Int
    var first: UInt64
  }

  struct Metric: Decodable {
    var tolerance: Int64
    var value: Int64
  }

  var fingerprint: String
  var metrics: [String: Metric]
  var modelVersion: Int
  var phases: [String: [Int64]]
  var samples: [String: [[Int64]]]
  var scenario: Scenario
  var seeds: Seeds
  var strategy: [String: String]
  var world: [String: String]

  /// What is wrong with it; `nil` for nothing.
  var fault: String? {
    guard (1...Baseline.largestSeedCount).contains(seeds.count) else {
      return "seeds.count must be between 1 and \(Baseline.largestSeedCount)"
    }
    guard !samples.isEmpty else { return "it holds no samples" }
    if let until = scenario.until, !(1...Steps.largest / 1_000).contains(until) {
      return "scenario.until is out of range"
    }
    for (name, values) in samples.sorted(by: { $0.key < $1.key }) where values.count != seeds.count {
      return "samples.\(shortened(name, to: 40)) has \(values.count) seeds and not \(seeds.count)"
    }
    for (name, values) in phases.sorted(by: { $0.key < $1.key }) where values.count != seeds.count {
      return "phases.\(shortened(name, to: 40)) has \(values.count) seeds and not \(seeds.count)"
    }
    let numbers = samples.values.joined().joined()
    let isLarge = numbers.contains { $0.magnitude > Steps.largest }
      || phases.values.joined().contains { $0.magnitude > Steps.largest }
      || metrics.values.contains { !(0...Steps.largest).contains($0.tolerance) || $0.value.magnitude > Steps.largest }
    return isLarge ? "a number is out of range" : nil
  }
}
