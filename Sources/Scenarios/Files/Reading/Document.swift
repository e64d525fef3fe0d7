/// A YAML file on its way to a typed value: its tree, the options laid over it, and what is wrong so far.
///
/// ```swift
/// let (scenario, warnings) = try Document(contentsOf: "scenarios/warm-pool.yaml")
///   .setting(["detection.interval=10s"])
///   .read(Scenario.init)
/// ```
public struct Document: Sendable {
  public private(set) var root: Node
  /// The file's name, for messages.
  public let name: String
  private var problems: ProblemList

  /// Reads and parses a file of at most `limit` bytes.
  public init(contentsOf path: String, limit: Int = FileText.defaultLimit) throws(InvalidFile) {
    try self.init(FileText(contentsOf: path, limit: limit))
  }

  /// Parses bytes as the content of the file `name`.
  public init(bytes: [UInt8], name: String) throws(InvalidFile) {
    try self.init(FileText(bytes: bytes, name: name))
  }

  public init(_ file: FileText) throws(InvalidFile) {
    let name = file.name
    self.name = name
    (root, problems) = try NodeComposer.compose(file.text, file: .file(name)) { line, column in
      .position(file: name, line: line, column: column)
    }
  }

  /// Lays `path=value` texts over the file, later ones over earlier ones. What is wrong with them is reported
  /// together with what is wrong in the file, by `read`.
  ///
  /// - Parameter option: what the texts were given by, for messages.
  public func setting(_ overrides: [String], option: String = "--set") -> Document {
    var document = self
    for (index, text) in overrides.enumerated() {
      do throws(InvalidFile) {
        try document.root.apply(Override(text, option: option, number: index + 1))
      } catch {
        error.problems.forEach { document.problems.append($0) }
      }
    }
    return document
  }

  /// Lays values over the file, later ones over earlier ones.
  func laying(_ overrides: [Override]) -> Document {
    var document = self
    for override in overrides {
      do throws(InvalidFile) {
        try document.root.apply(override)
      } catch {
        error.problems.forEach { document.problems.append($0) }
      }
    }
    return document
  }

  /// Reads the file's top mapping into a value.
  ///
  /// - Throws: `InvalidFile` with everything that is wrong, warnings included, if anything is.
  /// - Returns: the value and what is merely doubtful.
  public func read<Value: Sendable>(
    _ build: @escaping @Sendable (MappingReader) -> Value
  ) throws(InvalidFile) -> (value: Value, warnings: [Problem]) {
    let session = ReadingSession(.reading) { KnownField.all(of: build).map(\.path) }
    session.problems = problems
    let place = ReadingPlace(path: NodePath(), session: session)
    guard let value = Kind.mapping(build).read(root, at: place), !session.problems.hasErrors else {
      throw InvalidFile(session.problems)
    }
    return (value, session.problems.sorted)
  }
}

extension KnownField {
  /// All fields that `build` asks for, in its order, each before the fields within it.
  public static func all<Value: Sendable>(
    of build: @escaping @Sendable (MappingReader) -> Value
  ) -> [KnownField] {
    listing(build).fields
  }

  fileprivate static func listing<Value: Sendable>(
    _ build: @escaping @Sendable (MappingReader) -> Value
  ) -> ReadingSession {
    let session = ReadingSession(.listing)
    Kind.mapping(build).describe(ReadingPlace(path: NodePath(), session: session))
    return session
  }
}

extension FileOutline {
  /// Everything that `build` asks for, as a tree.
  init<Value: Sendable>(of build: @escaping @Sendable (MappingReader) -> Value) {
    self = KnownField.listing(build).outline
  }
}
