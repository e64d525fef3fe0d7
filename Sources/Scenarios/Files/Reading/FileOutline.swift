/// The fields of a file as a tree, as found by asking the code that reads it: what a JSON Schema and a commented template
/// are made of.
///
/// Paths are written as in `KnownField.path`; that of the file's top mapping is `.`.
struct FileOutline: Sendable {
  /// The fields of each mapping by the mapping's path, in the order in which they are asked for.
  var fields: [String: [(key: String, field: KnownField)]] = [:]
  /// Groups of keys of which a mapping must have exactly one, by the mapping's path.
  var choices: [String: [[String]]] = [:]
  /// Keys without a value, by the path of the mapping in which they may stand.
  var words: [String: [(key: String, help: String)]] = [:]
  /// The names of types that are written in one of several forms, by the path where one is expected.
  private(set) var types: [String: String] = [:]
  /// Where the forms of a type are described: the first place where one is expected.
  private(set) var definitions: [(name: String, path: String)] = []

  /// Notes that one of the forms of a type is expected at a path.
  mutating func note(_ type: Any.Type, at path: String) {
    let name = Self.name(of: type)
    // Two forms at one place are forms of forms; the outer ones hold the inner ones.
    guard types[path] == nil else { return }
    types[path] = name
    if !definitions.contains(where: { $0.name == name }) { definitions.append((name, path)) }
  }

  /// The field at a path, if there is one.
  subscript(path: String) -> KnownField? {
    for members in fields.values {
      if let member = members.first(where: { $0.field.path == path }) { return member.field }
    }
    return nil
  }

  /// `Distribution` is `distribution`, a list of durations `durationList`.
  private static func name(of type: Any.Type) -> String {
    var name = String(describing: type)
    if name.hasPrefix("Array<"), name.hasSuffix(">") { name = String(name.dropFirst(6).dropLast()) + "List" }
    return name.prefix(1).lowercased() + name.dropFirst()
  }
}
