import Failover
import FailoverSim
import Foundation

/// A scenario file with what is laid over it, read once and played with many values.
public struct ScenarioSource: Sendable {
  public let path: String
  let document: Document
  let overrides: [String]
  let trace: String?

  /// - Parameters:
  ///   - path: a scenario file.
  ///   - overrides: `path=value` texts for every cell.
  ///   - trace: a file of recorded interruptions for every cell.
  /// - Throws: `InvalidFile` when the file cannot be read as YAML.
  public init(path: String, overrides: [String] = [], trace: String? = nil) throws(InvalidFile) {
    self.path = path
    self.overrides = overrides
    self.trace = trace
    document = try Document(contentsOf: path).setting(overrides)
  }

  /// The scenario as it is without a cell's values.
  ///
  /// - Throws: as `LoadedScenario` does.
  public func load() throws -> LoadedScenario { try load([]) }

  /// The scenario with a cell's values.
  ///
  /// - Throws: as `LoadedScenario` does; what is wrong with a value names the option that gave it.
  public func load(_ parameters: [Cell.Parameter]) throws -> LoadedScenario {
    try LoadedScenario(
      document: document.setting(parameters.map { "\($0.path)=\($0.value)" }, option: "--vary"), path: path,
      trace: trace)
  }

  /// What the file, or what is laid over it, says at a place; `nil` where it says nothing or a list.
  func value(at place: NodePath) -> String? {
    if case .scalar(let text, _)? = node(at: place)?.content { text } else { nil }
  }

  /// Whether the scenario says the same at a place as `value` does, written as a plain value or as a list of such.
  func says(_ value: String, at place: NodePath) -> Bool {
    switch node(at: place)?.content {
    case .scalar(let text, _)?: return text == value || Quantity(text).map { $0 == Quantity(value) } ?? false
    case .sequence(let items)?:
      let texts = items.compactMap { item in if case .scalar(let text, _) = item.content { text } else { nil as String? } }
      return texts.count == items.count && "[\(texts.joined(separator: ","))]" == value.filter { $0 != " " }
    default: return false
    }
  }

  private func node(at place: NodePath) -> Node? {
    var node = document.root
    for step in place.steps {
      switch (node.content, step) {
      case (.mapping(let entries), .key(let key)):
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        node = entry.value
      case (.sequence(let items), .index(let index)) where items.indices.contains(index): node = items[index]
      default: return nil
      }
    }
    return node
  }

  /// 64 bits that change with the content of every file that decides what is played.
  func contentHash() throws -> UInt64 {
    var hash = StableHash.fnv1a64(try FileText(contentsOf: path).text.utf8)
    func mix(_ bytes: some Sequence<UInt8>) {
      hash = StableHash.finalise(hash ^ StableHash.finalise(StableHash.fnv1a64(bytes)))
    }
    for text in overrides { mix(text.utf8) }
    let file = try document.read(ScenarioFile.init).value
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    let named = file.trace?.path.map { directory.appendingPathComponent($0) }
    let calibration = file.snapshots.calibration.map { URL(fileURLWithPath: $0, relativeTo: directory) }
    for url in [trace.map { URL(fileURLWithPath: $0) } ?? named, calibration] {
      mix(url.flatMap { try? Data(contentsOf: $0) } ?? Data())
    }
    return hash
  }
}
