/// What one reading of a file, or one look at the fields it may have, gathers.
final class ReadingSession {
  enum Purpose {
    /// Reading values: problems are kept.
    case reading
    /// Listing the fields: nothing is read, every accessor gives its default or a placeholder.
    case listing
    /// Making a placeholder: nothing is kept at all.
    case blank
  }

  let purpose: Purpose
  var problems = ProblemList()
  private(set) var fields: [KnownField] = []
  /// How the listed fields hang together.
  private(set) var outline = FileOutline()
  private var listedPaths: Set<String> = []
  private var typesBeingListed: Set<ObjectIdentifier> = []
  /// Where the description of mappings within mappings ends, should a type contain itself without a `oneOf`.
  static let maximumListedSteps = 12
  private let listPaths: () -> [String]

  /// - Parameter paths: lists the paths of all fields of the file; called only when a message needs them.
  init(_ purpose: Purpose, paths: @escaping () -> [String] = { [] }) {
    self.purpose = purpose
    listPaths = paths
  }

  /// The paths of all fields that the file may have.
  private(set) lazy var knownPaths: [String] = listPaths()

  /// Keeps a field that is found while listing, by its key and the mapping it stands in.
  func add(_ field: KnownField, key: String, in mapping: NodePath) {
    guard listedPaths.insert(field.path).inserted else { return }
    fields.append(field)
    outline.fields[mapping.description, default: []].append((key, field))
  }

  /// Keeps keys of which a mapping must have exactly one; `words` are those that have no value.
  func add(choice keys: [String], words: [(key: String, help: String)], in mapping: NodePath) {
    guard purpose == .listing, !keys.isEmpty else { return }
    let path = mapping.description
    guard !outline.choices[path, default: []].contains(keys) else { return }
    outline.choices[path, default: []].append(keys)
    outline.words[path, default: []] += words
  }

  /// Lists the forms of a type, unless they are being listed already: a mixture of delays is a delay.
  func listingForms(of type: Any.Type, at place: NodePath, _ list: () -> Void) {
    guard purpose == .listing else { return }
    outline.note(type, at: place.description)
    guard typesBeingListed.insert(ObjectIdentifier(type)).inserted else { return }
    list()
    typesBeingListed.remove(ObjectIdentifier(type))
  }
}

/// A value's place in the file together with the reading that is under way.
struct ReadingPlace {
  let path: NodePath
  let session: ReadingSession

  func appending(_ step: NodePath.Step) -> ReadingPlace {
    ReadingPlace(path: path.appending(step), session: session)
  }

  /// Reports a problem of the value here.
  func report(
    _ message: String, at location: SourceLocation, suggestion: String? = nil, expected: String? = nil,
    severity: Problem.Severity = .error
  ) {
    guard session.purpose == .reading else { return }
    let subject = path.steps.isEmpty ? "" : "\(path): "
    let problem = Problem(
      subject + message, at: location, suggestion: suggestion, expected: expected, severity: severity)
    session.problems.append(problem)
  }
}
