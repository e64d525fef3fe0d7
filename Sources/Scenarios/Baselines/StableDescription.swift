import Failover

/// Everything a value is made of, down to numbers and texts, in a form that is the same in every process.
///
/// Swift's own hashing is seeded anew each time, and sets and dictionaries have no order. Here stored properties come in
/// the order in which they are declared, and what has no order is sorted.
struct StableDescription: Sendable, Hashable {
  /// A number or a text, and the names that lead to it: `healthCheck.failureThreshold`.
  struct Leaf: Sendable, Hashable {
    var path: String
    var text: String
  }

  private(set) var leaves: [Leaf] = []

  init(_ value: Any, path: String = "") { add(value, path) }

  /// 64 bits that change with every leaf.
  var hash: Fingerprint {
    var fingerprint = Fingerprint()
    for leaf in leaves {
      fingerprint.add(leaf.path)
      fingerprint.add(leaf.text)
    }
    return fingerprint
  }

  private mutating func add(_ value: Any, _ path: String) {
    if let text = Self.text(of: value) {
      leaves.append(Leaf(path: path, text: text))
      return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if let child = mirror.children.first { add(child.value, path) } else { add("none", path) }
    case .collection where !mirror.children.isEmpty:
      for (index, child) in mirror.children.enumerated() { add(child.value, "\(path)[\(index)]") }
    case .set where !mirror.children.isEmpty, .dictionary where !mirror.children.isEmpty:
      let members = mirror.children.map { StableDescription($0.value).leaves }
      for (index, member) in members.sorted(by: Self.precedes).enumerated() {
        leaves += member.map { Leaf(path: Self.joined("\(path)[\(index)]", $0.path), text: $0.text) }
      }
    case .collection, .set, .dictionary: leaves.append(Leaf(path: path, text: "empty"))
    default:
      guard !mirror.children.isEmpty else {
        leaves.append(Leaf(path: path, text: "\(value)"))
        return
      }
      for child in mirror.children { add(child.value, Self.joined(path, child.label ?? "")) }
    }
  }

  private static func precedes(_ a: [Leaf], _ b: [Leaf]) -> Bool {
    for (left, right) in zip(a, b) where left != right { return (left.path, left.text) < (right.path, right.text) }
    return a.count < b.count
  }

  /// How a value that is one thing is written; `nil` for one that has parts.
  private static func text(of value: Any) -> String? {
    switch value {
    case let value as Duration: Units.format(value)
    case let value as ByteCount: Units.format(value)
    case let value as DataRate: Units.format(value)
    case let value as Money: Units.format(value)
    case let value as HourlyPrice: Units.format(value)
    case let value as Ratio: Units.format(value)
    case let value as String: value
    case let value as Double: "\(value)"
    case let value as Bool: "\(value)"
    case let value as any BinaryInteger: "\(value)"
    default: nil
    }
  }

  private static func joined(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : name.isEmpty ? path : "\(path).\(name)"
  }
}
