import Failover
import Foundation
import Testing

@testable import Scenarios

/// Files that were changed at one place are accepted or refused by the reader and by the schema alike.
///
/// What a schema cannot say, so that the reader alone refuses it, and what is therefore not generated here:
/// - rules between several values (low above high, weights that do not add up, an offer's id given twice);
/// - the unit of a figure, which is that of the metric named beside it;
/// - bounds of values with units, but for zero (`150%` of a share is only seen as the number 1.5);
/// - how a number is spelled (`1e3`, `0x10`), a key given twice, aliases, tags;
/// - a key with nothing after it where a value is expected, which a schema cannot tell from `null`;
/// - the names of codecs, and everything about other files.
@Suite struct MutationTests {
  /// Parts of the messages of rules that a schema cannot say.
  private static let beyondSchemas = [
    "weights add up", "says nothing of when", "give one of", "is no method", "give equals, atLeast or atMost", "no price is known",
    "what is measured carries weight", "values must increase", "reads version", "of version", "in that order",
    "low must", "is a mapping (lines of 'key: value'), found nothing", "must be at least 1: ", "lasts to the end",
    "does not hold the workspace", "nobody would notice", "maximum must not",
    "atLeast must not be more", "more standbys than workspaces",
  ]

  private static func isBeyondSchemas(_ message: String) -> Bool {
    // The unit of a bound or a point is that of the metric which is named beside it.
    let isFigure = message.hasPrefix("expect[") || message.hasPrefix("categories[")
    return beyondSchemas.contains { message.contains($0) } || isFigure && message.contains("has no unit")
  }

  /// Places of a file's tree and what may be put there.
  private enum Change: CaseIterable {
    case unknownKey, misspeltKey, listForValue, mappingForValue, textForValue, wordForMapping, missingKey, negative, empty
    case minus, zero, half, null
  }

  private struct Mutant {
    var name: String
    var text: String
  }

  @Test(.enabled(if: Validator.isThere, "\(Validator.absence)"), arguments: [
    (FileKind.scenario, "scenarios/cpu-standby.yaml"), (.scenario, "scenarios/report-18.63.yaml"),
    (.scenario, "scenarios/combined"), (.scenario, "scenarios/faults"), (.rubric, "rubrics/failover.yaml"),
    (.calibration, "reports/compression-calibration.json"),
  ])
  func `reader and schema agree on changed files`(kind: FileKind, path: String) throws {
    let root = Catalogue.folder.deletingLastPathComponent()
    let paths = try ScenarioCatalogue.paths([root.appendingPathComponent(path).path])
    var random = TestRandom(state: UInt64(path.utf8.count))
    var mutants: [Mutant] = []
    for number in 0..<90 {
      let path = paths[number % paths.count]
      let tree = try Document(contentsOf: path).root
      let change = Change.allCases[number % Change.allCases.count]
      guard let changed = mutate(tree, change, &random) else { continue }
      mutants.append(Mutant(name: "\(path): \(changed.what)", text: try changed.tree.json.document()))
    }
    #expect(mutants.count > 60)
    let problems = try Validator.problems(of: mutants.map(\.text), suffix: "json", by: kind.schema())
    var refused = 0
    for (mutant, problem) in zip(mutants, problems) {
      let found = read(kind, mutant.text)
      refused += found.isEmpty ? 0 : 1
      if problem.isEmpty {
        let unsaid = found.filter { !Self.isBeyondSchemas($0) }
        #expect(unsaid.isEmpty, "\(mutant.name): only the reader refuses it: \(unsaid)")
      } else {
        #expect(!found.isEmpty, "\(mutant.name): only the schema refuses it: \(problem)")
      }
    }
    // Some changes do no harm; most must.
    #expect(refused > mutants.count / 3)
  }

  /// The errors that the reader finds.
  private func read(_ kind: FileKind, _ text: String) -> [String] {
    do throws(InvalidFile) {
      let document = try Document(bytes: Array(text.utf8), name: "test")
      switch kind {
      case .rubric: _ = try document.read(Rubric.init)
      case .calibration: _ = try document.read(CalibrationFile.init)
      default: _ = try document.read(ScenarioFile.init)
      }
      return []
    } catch {
      return error.problems.filter { $0.severity == .error }.map(\.message)
    }
  }

  // MARK: Changing a tree

  private func mutate(_ tree: Node, _ change: Change, _ random: inout TestRandom) -> (tree: Node, what: String)? {
    let places = tree.places.filter { place in
      switch change {
      case .unknownKey, .misspeltKey, .missingKey, .wordForMapping: place.node.isMapping
      case .listForValue, .mappingForValue, .textForValue, .negative, .empty, .minus, .zero, .half, .null:
        place.node.isScalar
      }
    }
    guard !places.isEmpty else { return nil }
    let place = places[Int.random(in: 0..<places.count, using: &random)]
    var node = place.node
    switch change {
    case .unknownKey: node = node.addingUnknownKey()
    case .misspeltKey: node = node.renamingKey(Int.random(in: 0..<max(1, node.count), using: &random))
    case .missingKey: node = node.removingKey(Int.random(in: 0..<max(1, node.count), using: &random))
    case .listForValue: node.content = .sequence([Node(.sequence([]), at: node.location)])
    case .mappingForValue: node = Node(.mapping([]), at: node.location).addingUnknownKey()
    case .textForValue: node.content = .scalar("?!", isQuoted: true)
    case .wordForMapping: node.content = .scalar("?!", isQuoted: true)
    case .negative: node.content = .scalar("-7 parsecs", isQuoted: true)
    case .empty: node.content = .scalar("", isQuoted: true)
    case .minus: node.content = .scalar("-7", isQuoted: false)
    case .zero: node.content = .scalar("0", isQuoted: false)
    case .half: node.content = .scalar("0.5", isQuoted: false)
    case .null: node.content = .null(isWritten: true)
    }
    return (tree.replacing(place.path[...], with: node), "\(change) at \(place.path)")
  }
}

extension Node {
  fileprivate struct Place {
    var path: [Int]
    var node: Node
  }

  fileprivate var isMapping: Bool { if case .mapping(let entries) = content { !entries.isEmpty } else { false } }
  fileprivate var isScalar: Bool { if case .scalar = content { true } else { false } }
  fileprivate var count: Int { if case .mapping(let entries) = content { entries.count } else { 0 } }

  /// This node and all below it.
  fileprivate var places: [Place] {
    let children: [Node] =
      switch content {
      case .sequence(let items): items
      case .mapping(let entries): entries.map(\.value)
      case .scalar, .null: []
      }
    return [Place(path: [], node: self)]
      + children.enumerated().flatMap { index, child in
        child.places.map { Place(path: [index] + $0.path, node: $0.node) }
      }
  }

  fileprivate func replacing(_ path: ArraySlice<Int>, with node: Node) -> Node {
    guard let index = path.first else { return node }
    var copy = self
    switch content {
    case .sequence(var items):
      items[index] = items[index].replacing(path.dropFirst(), with: node)
      copy.content = .sequence(items)
    case .mapping(var entries):
      entries[index].value = entries[index].value.replacing(path.dropFirst(), with: node)
      copy.content = .mapping(entries)
    case .scalar, .null: break
    }
    return copy
  }

  private func changing(_ change: (inout [Entry]) -> Void) -> Node {
    guard case .mapping(var entries) = content else { return self }
    change(&entries)
    var copy = self
    copy.content = .mapping(entries)
    return copy
  }

  fileprivate func addingUnknownKey() -> Node {
    let value = Node(.scalar("1", isQuoted: true), at: location)
    return changing { $0.append(Entry(key: "zzUnknown", keyLocation: location, value: value)) }
  }

  fileprivate func renamingKey(_ index: Int) -> Node { changing { $0[index].key += "Zz" } }
  fileprivate func removingKey(_ index: Int) -> Node { changing { $0.remove(at: index) } }

  /// The tree as JSON, in which YAML's plain words and numbers are what YAML takes them for.
  fileprivate var json: JSONValue {
    switch content {
    case .null: .null
    case .sequence(let items): .array(items.map(\.json))
    case .mapping(let entries): .object(entries.map { ($0.key, $0.value.json) })
    case .scalar(let text, isQuoted: true): .text(text)
    case .scalar(let text, isQuoted: false): Self.isPlain(text) ? .literal(text) : .text(text)
    }
  }

  private static func isPlain(_ text: String) -> Bool {
    if ["true", "false", "0", "0.5"].contains(text) { return true }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return (try? ExactDecimal(digits)) != nil && !digits.hasPrefix("0")
  }
}
