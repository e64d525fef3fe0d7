/// Reads the keys of one mapping.
///
/// A type of the model is read by an initialiser (or function) that takes a reader and asks for each key:
///
/// ```swift
/// init(_ reader: MappingReader) {
///   interval = reader.value(
///     "interval", .duration.positive, default: .seconds(30), help: "Time between checks")
/// }
/// ```
/// A problem never stops the reading: it is noted, and a default or placeholder takes the value's place, so
/// that one run finds everything that is wrong with a file. Values of a file with problems are never handed
/// out. Keys that nothing asked for are unknown. The same code lists the fields for help and schema, by being
/// run without values; so ask for every key, not only for those that other values make necessary, and make
/// nothing of the values that would trap on a placeholder, such as a range.
public final class MappingReader {
  private let entries: [Node.Entry]
  private let location: SourceLocation
  private let place: ReadingPlace
  /// Keys asked for; their aliases are accepted but not advertised.
  private var keys: [String] = []
  private var aliases: [String] = []
  private var failedKeys: Set<String> = []
  private var missingForm: String?
  private(set) var hasFailed = false

  init(_ entries: [Node.Entry], at location: SourceLocation, place: ReadingPlace) {
    self.entries = entries
    self.location = location
    self.place = place
  }

  /// A reader that lists the fields below a place.
  convenience init(listing place: ReadingPlace) {
    self.init([], at: .file(""), place: place)
  }

  /// A reader of nothing, for placeholders.
  static func blank() -> MappingReader {
    MappingReader(listing: ReadingPlace(path: NodePath(), session: ReadingSession(.blank)))
  }

  // MARK: Values

  /// The value of a key that must be there.
  public func required<Value>(
    _ key: String, _ kind: Kind<Value>, also aliases: KeyAlias<Value>..., help: String
  ) -> Value {
    if let value = read(key, kind, aliases, need: .required, help: help) { return value }
    if place.session.purpose == .reading, !failedKeys.contains(key) {
      let subject = place.path.steps.isEmpty ? "" : "\(place.path): "
      let problem = Problem("\(subject)'\(key)' is missing; expected \(kind.phrase)", at: location)
      place.session.problems.append(problem)
      fail(key)
    }
    return kind.placeholder()
  }

  /// The value of a key, or a default where the key is absent.
  public func value<Value>(
    _ key: String, _ kind: Kind<Value>, default standard: Value, also aliases: KeyAlias<Value>...,
    help: String
  ) -> Value {
    read(key, kind, aliases, need: .defaults(to: kind.format(standard)), help: help) ?? standard
  }

  /// The value of a key, or `nil` where the key is absent.
  public func optional<Value>(
    _ key: String, _ kind: Kind<Value>, also aliases: KeyAlias<Value>..., help: String
  ) -> Value? {
    read(key, kind, aliases, need: .optional, help: help)
  }

  /// The value of a mapping whose own fields have defaults: where the key is absent, all of them apply.
  public func section<Value: Sendable>(
    _ key: String, help: String, _ build: @escaping @Sendable (MappingReader) -> Value
  ) -> Value {
    let kind = Kind<Value>.mapping(build)
    if let value = read(key, kind, [], need: .defaults(to: nil), help: help) { return value }
    if failedKeys.contains(key) || place.session.purpose != .reading { return kind.placeholder() }
    guard let value = kind.read(Node(.mapping([]), at: location), at: place.appending(.key(key))) else {
      fail(key)
      return kind.placeholder()
    }
    return value
  }

  /// The value given by exactly one of several keys that stand among the others of this mapping.
  ///
  /// - Parameter noun: what they are, with an article: `a fault`.
  public func oneOf<Value>(_ noun: String, _ first: Form<Value>, _ others: Form<Value>...) -> Value {
    oneOf(noun, [first] + others, otherwise: first)
  }

  func oneOf<Value>(_ noun: String, _ forms: [Form<Value>], otherwise standIn: Form<Value>) -> Value {
    keys += forms.map(\.name)
    if place.session.purpose == .listing {
      for form in forms where form.style == .keyed {
        let here = place.appending(.key(form.name))
        let path = here.path.description
        place.session.add(
          KnownField(path: path, shape: form.shape, need: .optional, help: form.help, aliases: []), key: form.name,
          in: place.path)
        form.describe(here)
      }
      place.session.add(
        choice: forms.map(\.name), words: forms.filter { $0.style == .word }.map { ($0.name, $0.help) }, in: place.path)
    }
    let given = forms.compactMap { form in entry(form.name).map { (form, $0) } }
      .sorted { $0.1.keyLocation < $1.1.keyLocation }
    guard let (form, entry) = given.first else {
      missingForm = "expected \(noun) by one of the keys \(forms.map(\.name).joined(separator: ", "))"
      return standIn.placeholder()
    }
    if given.count > 1 {
      let names = given.map { "'\($0.0.name)'" }
      place.report("only one of \(alternatives(names)) may be given", at: given[1].1.keyLocation)
      hasFailed = true
    }
    guard let value = form.read(entry.value, place.appending(.key(form.name))) else {
      fail(form.name)
      return standIn.placeholder()
    }
    return value
  }

  // MARK: Checks

  /// True when the key is written in this mapping.
  public func has(_ key: String) -> Bool { entry(key) != nil }

  /// Reports a problem unless `condition` holds; for what only several values together show.
  ///
  /// Nothing is reported when one of the keys already has a problem: its value is only a stand-in then.
  /// - Parameter keys: the keys involved, the one to change first.
  public func check(_ condition: Bool, _ keys: String..., message: @autoclosure () -> String) {
    guard !condition, failedKeys.isDisjoint(with: keys) else { return }
    report(message(), keys.first, severity: .error)
    hasFailed = true
  }

  /// Warns of a value that can be used but is doubtful, unless `condition` holds.
  public func warn(unless condition: Bool, _ keys: String..., message: @autoclosure () -> String) {
    guard !condition, failedKeys.isDisjoint(with: keys) else { return }
    report(message(), keys.first, severity: .warning)
  }

  private func report(_ message: String, _ key: String?, severity: Problem.Severity) {
    let here = key.map { place.appending(.key($0)) } ?? place
    here.report(message, at: key.flatMap(entry)?.value.location ?? location, severity: severity)
  }

  /// Reports the keys nothing asked for; called once everything is read.
  func finish() {
    let accepted = Set(keys + aliases)
    let unknown = entries.filter { !accepted.contains($0.key) }
    for entry in unknown {
      reportUnknown(entry)
      hasFailed = true
    }
    if let missingForm {
      // A misspelt key is the likelier reason than a forgotten one, and has been reported.
      if unknown.isEmpty { place.report(missingForm, at: location) }
      hasFailed = true
    }
  }

  private func reportUnknown(_ entry: Node.Entry) {
    let known = "Known here: " + keys.sorted().joined(separator: ", ")
    var problem = Problem(
      "unknown key \(quoted(entry.key))", at: entry.keyLocation,
      suggestion: nearest(to: entry.key, among: keys + aliases), expected: known)
    if entry.keyLocation.isOption {
      // On the command line the whole path is wrong as likely as its last word.
      let path = place.path.appending(.key(entry.key))
      problem.message = "unknown key \(quoted(path.description))"
      problem.suggestion = path.nearestKnown(to: entry, among: place.session.knownPaths) ?? problem.suggestion
    }
    if place.session.purpose == .reading { place.session.problems.append(problem) }
  }

  // MARK: Finding entries

  private func entry(_ key: String) -> Node.Entry? { entries.first { $0.key == key } }

  private func fail(_ key: String) {
    failedKeys.insert(key)
    hasFailed = true
  }

  /// Reads a key; `nil` when it is absent or a problem was reported. Defaults are written out only for listing.
  private func read<Value>(
    _ key: String, _ kind: Kind<Value>, _ aliases: [KeyAlias<Value>], need: @autoclosure () -> KnownField.Need,
    help: String
  ) -> Value? {
    keys.append(key)
    self.aliases += aliases.map(\.key)
    let here = place.appending(.key(key))
    if place.session.purpose == .listing {
      let names = aliases.map { KnownField.Alias(key: $0.key, shape: $0.kind.shape) }
      let path = here.path.description
      let field = KnownField(path: path, shape: kind.shape, need: need(), help: help, aliases: names)
      place.session.add(field, key: key, in: place.path)
      kind.describe(here)
    }
    var given = ([KeyAlias(key, kind)] + aliases).compactMap { name in entry(name.key).map { (name, $0) } }
    // An option overrides the file also where the two call the field by different names.
    if given.contains(where: { $0.1.keyLocation.isOption }) { given.removeAll { !$0.1.keyLocation.isOption } }
    given.sort { $0.1.keyLocation < $1.1.keyLocation }
    if given.count > 1, given.allSatisfy({ !$0.1.keyLocation.isOption }) {
      let (name, entry) = given[1]
      here.report("'\(name.key)' and '\(given[0].0.key)' are the same field; give one", at: entry.keyLocation)
      fail(key)
      return nil
    }
    guard let (name, entry) = given.last else { return nil }
    // `key: null` takes a value back; nothing at all after the key is more likely an oversight.
    if case .null(isWritten: true) = entry.value.content { return nil }
    var spelling = name.kind
    (spelling.lower, spelling.upper) = (kind.lower, kind.upper)
    guard let value = spelling.read(entry.value, at: place.appending(.key(name.key))) else {
      fail(key)
      return nil
    }
    return value
  }
}

/// Another name for a key, with its own way of writing the value; the limits are those of the key itself.
public struct KeyAlias<Value: Sendable>: Sendable {
  let key: String
  let kind: Kind<Value>

  init(_ key: String, _ kind: Kind<Value>) {
    self.key = key
    self.kind = kind
  }

  public static func key(_ key: String, _ kind: Kind<Value>) -> KeyAlias { KeyAlias(key, kind) }
}

extension KeyAlias<Duration> {
  /// A name after which a bare number of seconds stands, as Kubernetes has them: `periodSeconds: 10`.
  public static func seconds(_ key: String) -> KeyAlias { KeyAlias(key, .seconds) }
}
