import Yams

/// From the YAML library's tree to ours.
struct NodeConverter {
  private let locate: Locator
  private let masks: RepeatedKeys.Masks
  private var count = 0
  /// What is wrong but does not keep the rest from being read.
  private(set) var problems = ProblemList()

  init(locate: @escaping Locator, masks: RepeatedKeys.Masks) {
    self.locate = locate
    self.masks = masks
  }

  mutating func convert(_ node: Yams.Node, depth: Int = 0) throws(InvalidFile) -> Node {
    let location = location(of: node)
    count += 1
    guard count <= NodeComposer.maximumNodes else {
      let message =
        "there are more than \(NodeComposer.maximumNodes) values; each alias (*name) repeats all it stands for"
      throw InvalidFile(Problem(message, at: location))
    }
    guard depth <= NodeComposer.maximumDepth else {
      throw InvalidFile(NodeComposer.tooDeep(at: location))
    }
    switch node {
    case .scalar(let scalar):
      return convert(scalar, at: location)
    case .sequence(let sequence):
      refuse(tag: sequence.tag, at: location)
      var items: [Node] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1)) }
      return Node(.sequence(items), at: location)
    case .mapping(let mapping):
      refuse(tag: mapping.tag, at: location)
      return Node(.mapping(try entries(of: mapping, depth: depth)), at: location)
    case .alias:
      // The composer replaces aliases; this case exists for trees made to be written.
      return Node(.null(isWritten: false), at: location)
    }
  }

  private mutating func entries(of mapping: Yams.Node.Mapping, depth: Int) throws(InvalidFile) -> [Node.Entry]
  {
    var entries: [Node.Entry] = []
    var indexOfKey: [String: Int] = [:]
    for (key, value) in mapping {
      let location = location(of: key)
      let value = try convert(value, depth: depth + 1)
      guard case .scalar(let scalar) = key else {
        problems.append(Problem("a key must be a plain word, not a list or a mapping", at: location))
        continue
      }
      let name = unmasked(scalar)
      if name == "<<" {
        problems.append(Problem("merging with '<<' is not supported; write the keys out", at: location))
      } else if let first = indexOfKey[name] {
        let line = entries[first].keyLocation.line.map { "; it was first given in line \($0)" } ?? ""
        problems.append(Problem("key \(quoted(name)) is given twice in one mapping\(line)", at: location))
      } else {
        indexOfKey[name] = entries.count
        entries.append(Node.Entry(key: name, keyLocation: location, value: value))
      }
    }
    return entries
  }

  private mutating func convert(_ scalar: Yams.Node.Scalar, at location: SourceLocation) -> Node {
    let isQuoted =
      scalar.tag.rawValue == Tag.Name.str.rawValue || scalar.style == .literal || scalar.style == .folded
    if isQuoted { return Node(.scalar(scalar.string, isQuoted: true), at: location) }
    refuse(tag: scalar.tag, at: location)
    return .plain(scalar.string, at: location)
  }

  private mutating func refuse(tag: Tag, at location: SourceLocation) {
    guard !["", "!"].contains(tag.rawValue) else { return }
    problems.append(Problem("tags such as \(quoted(tag.rawValue)) are not supported", at: location))
  }

  private func location(of node: Yams.Node) -> SourceLocation {
    locate(node.mark?.line ?? 1, node.mark?.column ?? 1)
  }

  private func unmasked(_ key: Yams.Node.Scalar) -> String {
    guard let mark = key.mark, !key.string.isEmpty,
      let original = masks[RepeatedKeys.Position(line: mark.line, column: mark.column)]
    else { return key.string }
    return String(original) + String(String.UnicodeScalarView(key.string.unicodeScalars.dropFirst()))
  }
}
