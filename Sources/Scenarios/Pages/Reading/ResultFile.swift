import Failover

/// A result that was written with `--format json`.
public struct ResultFile {
  /// The largest result that is read: 256 MB, a hundred times a month of incidents every hour.
  public static let limit = 256_000_000

  /// What a result is of.
  enum Kind: String, CaseIterable {
    case run, comparison, sweep, tuning, check
  }

  let kind: Kind
  let root: ResultNode

  /// Reads a file.
  ///
  /// - Throws: `InvalidFile` naming the file and what was expected.
  public init(path: String) throws(InvalidFile) {
    try self.init(FileText(contentsOf: path, limit: Self.limit))
  }

  init(_ file: FileText) throws(InvalidFile) {
    try self.init(JSONReader.value(of: file), file: file.name)
  }

  /// - Parameter file: the file's name, or what stands for it in messages.
  init(_ value: JSONValue, file: String) throws(InvalidFile) {
    root = ResultNode(value, file: file)
    let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .object = root.value, let named = try root.optional("kind") else {
      throw root.problem(
        "this is no result of run, compare, sweep, tune or check with --format json: it has no kind (\(known))")
    }
    let name = try named.text()
    guard let kind = Kind(rawValue: name) else {
      throw root.problem("results of kind '\(shortened(name, to: 40))' are not known here; known: \(known)")
    }
    self.kind = kind
    let version = try root.literal("schemaVersion")
    guard version == "1" else {
      throw root.problem("schemaVersion \(shortened(version, to: 20)) is not known here; this program reads 1")
    }
  }
}
