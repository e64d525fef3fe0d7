/// One `path=value` of the command line, which stands in for a line of the file.
struct Override: Sendable, Hashable {
  let path: NodePath
  let value: Node
  let location: SourceLocation

  private static let maximumSteps = 32

  init(path: NodePath, value: Node, location: SourceLocation) {
    self.path = path
    self.value = value
    self.location = location
  }

  /// Parses `a.b.c=value`; items of a list are `faults[0]` or `faults.0`, and `health.` is short for `healthCheck.`.
  /// The value is plain text as in a file; in brackets, braces or quotes it is YAML.
  ///
  /// - Parameters:
  ///   - option: how the option is called, for messages: `--set`.
  ///   - number: its place among the options, from 1.
  init(_ text: String, option: String, number: Int) throws(InvalidFile) {
    let location = SourceLocation.option("\(option) \(text)", number: number)
    self.location = location
    guard let equals = text.firstIndex(of: "=") else {
      throw InvalidFile(Problem("expected path=value, such as clock.overshoot=0.49ms", at: location))
    }
    path = try Self.path(String(text[..<equals]), at: location)
    value = try Self.value(String(text[text.index(after: equals)...]), at: location)
  }

  static func path(_ text: String, at location: SourceLocation) throws(InvalidFile) -> NodePath {
    var path = NodePath()
    for part in text.trimmingSpaces.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      let name = pieces.first.map(String.init) ?? ""
      let malformed = InvalidFile(
        Problem("\(quoted(text)) is not a path; expected one such as offers[0].price", at: location))
      guard !name.isEmpty, !name.contains("]") else { throw malformed }
      path.steps.append(.key(name))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", piece.count > 1, piece.dropLast().utf8.allSatisfy(isDigit) else {
          throw malformed
        }
        guard let index = Int(piece.dropLast()) else { throw malformed }
        path.steps.append(.index(index))
      }
    }
    if path.steps.count > 1, path.steps.first == .key("health") { path.steps[0] = .key("healthCheck") }
    guard path.steps.count <= maximumSteps else {
      throw InvalidFile(Problem("the path has more than \(maximumSteps) steps", at: location))
    }
    return path
  }

  private static func value(_ text: String, at location: SourceLocation) throws(InvalidFile) -> Node {
    let text = text.trimmingSpaces
    guard let first = text.first, "[{\"'".contains(first) else { return .plain(text, at: location) }
    let (node, problems) = try NodeComposer.compose(text, file: location) { _, _ in location }
    if problems.hasErrors { throw InvalidFile(problems) }
    return node
  }
}

extension Node {
  /// Puts the value of an override at its path, making the mappings that lead to it.
  ///
  /// - Throws: what is in the way: a list that ends earlier, a value that has no keys.
  mutating func apply(_ override: Override) throws(InvalidFile) {
    try set(override.path.steps[...], of: override)
  }

  private mutating func set(_ steps: ArraySlice<NodePath.Step>, of override: Override) throws(InvalidFile) {
    guard let step = steps.first else {
      self = override.value
      return
    }
    let rest = steps.dropFirst()
    // What does not exist yet becomes what the path needs; only a mapping can be made from nothing.
    if case .null = content, case .key = step { self = Node(.mapping([]), at: override.location) }
    switch (content, step) {
    case (.mapping(var entries), .key(let key)):
      let index = entries.firstIndex { $0.key == key } ?? entries.endIndex
      if index == entries.endIndex {
        let nothing = Node(.null(isWritten: false), at: override.location)
        entries.append(Entry(key: key, keyLocation: override.location, value: nothing))
      }
      try entries[index].value.set(rest, of: override)
      if rest.isEmpty { entries[index].keyLocation = override.location }
      content = .mapping(entries)
    case (.sequence(var items), _):
      guard let index = step.listIndex else {
        throw blocked(override, steps, "is a list; name an item, such as [0]")
      }
      guard items.indices.contains(index) else { throw blocked(override, steps, Self.extent(of: items)) }
      try items[index].set(rest, of: override)
      content = .sequence(items)
    case (.mapping(let entries), _):
      let keys = entries.prefix(10).map(\.key).joined(separator: ", ")
      throw blocked(override, steps, "is a mapping, not a list; its keys are \(shortened(keys, to: 200))")
    case (.null, _):
      throw blocked(override, steps, "has no items")
    case (.scalar, _):
      throw blocked(override, steps, "is \(found) and has nothing within")
    }
  }

  private static func extent(of items: [Node]) -> String {
    switch items.count {
    case 0: "is an empty list"
    case 1: "has one item, [0]"
    default: "has \(items.count) items, [0] to [\(items.count - 1)]"
    }
  }

  private func blocked(
    _ override: Override, _ steps: ArraySlice<NodePath.Step>, _ what: String
  ) -> InvalidFile {
    let path = NodePath(steps: Array(override.path.steps[..<steps.startIndex]))
    let subject = path.steps.isEmpty ? "the file" : quoted(path.description)
    return InvalidFile(Problem("\(subject) \(what)", at: override.location))
  }
}

extension NodePath.Step {
  /// The item meant in a list: `[0]`, or a key of digits.
  fileprivate var listIndex: Int? {
    switch self {
    case .index(let index): index
    case .key(let word): word.utf8.allSatisfy(isDigit) ? Int(word) : nil
    case .anyItem: nil
    }
  }
}
