/// A value of a YAML file with the place it was written at: the tree that is laid over with options and then
/// read into types. Aliases are already replaced by what they stand for.
public struct Node: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// Text; `isQuoted` tells `"30"` from `30`.
    case scalar(String, isQuoted: Bool)
    case sequence([Node])
    case mapping([Entry])
    /// No value: nothing at all after the key, or (`isWritten`) `null` or `~`.
    case null(isWritten: Bool)
  }

  /// A key of a mapping with its value; keys keep the order of the file and are unique.
  public struct Entry: Sendable, Hashable {
    public var key: String
    public var keyLocation: SourceLocation
    public var value: Node
  }

  public var content: Content
  public var location: SourceLocation

  init(_ content: Content, at location: SourceLocation) {
    self.content = content
    self.location = location
  }

  /// The node of plain (unquoted) text, where `null` and `~` mean that there is no value.
  static func plain(_ text: String, at location: SourceLocation) -> Node {
    switch text {
    case "": Node(.null(isWritten: false), at: location)
    case "~", "null", "Null", "NULL": Node(.null(isWritten: true), at: location)
    default: Node(.scalar(text, isQuoted: false), at: location)
    }
  }

  /// What is here, for a message: `'ten'`, `a list`, `a mapping` or `nothing`.
  var found: String {
    switch content {
    case .scalar(let text, _): quoted(text)
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .null: "nothing"
    }
  }
}

/// The way from the root of a file to a value, written like `offers[2].price`.
struct NodePath: Sendable, Hashable, CustomStringConvertible {
  enum Step: Sendable, Hashable {
    case key(String)
    case index(Int)
    /// Any item of a list, in the description of a file's fields.
    case anyItem
  }

  var steps: [Step] = []

  func appending(_ step: Step) -> NodePath { NodePath(steps: steps + [step]) }

  /// `.` for the root.
  var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + shortened(key, to: 60)
      case .index(let index): text += "[\(index)]"
      case .anyItem: text += "[]"
      }
    }
    return text.isEmpty ? "." : text
  }
}

extension NodePath {
  /// The full path of a field that this path, which leads to an unknown key, was most likely meant to be; the
  /// steps that an option would have made below the key belong to the path.
  ///
  /// - Parameter known: paths in which `[]` stands for any item.
  func nearestKnown(to entry: Node.Entry, among known: [String]) -> String? {
    var steps = self.steps
    var value = entry.value
    while case .mapping(let entries) = value.content, entries.count == 1, entries[0].keyLocation.isOption {
      steps.append(.key(entries[0].key))
      value = entries[0].value
    }
    let indices = steps.compactMap { if case .index(let index) = $0 { index } else { nil } }
    let pattern = NodePath(steps: steps.map { if case .index = $0 { .anyItem } else { $0 } }).description
    guard var path = nearest(to: pattern, among: known) else { return nil }
    for index in indices {
      guard let range = path.firstRange(of: "[]") else { break }
      path.replaceSubrange(range, with: "[\(index)]")
    }
    return path
  }
}
