extension Kind {
  /// A list of values of one kind, with at least `minimumCount` items.
  public static func list<Element>(of element: Kind<Element>, atLeast minimumCount: Int = 0) -> Kind
  where Value == [Element] {
    let phrase = "a list, each item \(element.phrase)"
    let shape = FieldShape.list(of: element.shape, minimumCount: minimumCount)
    var kind = Kind(phrase, shape: { _ in shape }, placeholder: { [] }) { node, place in
      guard case .sequence(let items) = node.content else {
        place.report("expected \(phrase); found \(node.found)", at: node.location)
        return nil
      }
      guard items.count >= minimumCount else {
        let items = minimumCount == 1 ? "item" : "items"
        place.report("must have at least \(minimumCount) \(items)", at: node.location)
        return nil
      }
      let values = items.enumerated().map { index, item in
        element.read(item, at: place.appending(.index(index)))
      }
      return values.contains { $0 == nil } ? nil : values.compactMap { $0 }
    }
    kind.describe = { element.describe($0.appending(.anyItem)) }
    kind.emptyContent = .sequence([])
    kind.format = { values in
      let texts = values.compactMap(element.format)
      return texts.count == values.count ? "[\(texts.joined(separator: ", "))]" : nil
    }
    return kind
  }

  /// A mapping that `build` reads key by key; keys it does not read are unknown.
  public static func mapping(_ build: @escaping @Sendable (MappingReader) -> Value) -> Kind {
    let phrase = "a mapping (lines of 'key: value')"
    var kind = Kind(phrase, shape: { _ in .mapping }, placeholder: { build(.blank()) }) { node, place in
      guard case .mapping(let entries) = node.content else {
        place.report("expected \(phrase), found \(node.found)", at: node.location)
        return nil
      }
      let reader = MappingReader(entries, at: node.location, place: place)
      let value = build(reader)
      reader.finish()
      return reader.hasFailed ? nil : value
    }
    kind.describe = { place in
      if place.path.steps.count < ReadingSession.maximumListedSteps {
        _ = build(MappingReader(listing: place))
      }
    }
    kind.emptyContent = .mapping([])
    return kind
  }

  /// One of several forms: a bare word, a value written plainly, or a mapping with one of several keys.
  ///
  /// ```swift
  /// .oneOf("a delay", .plain(.duration, Delay.constant), .fields("uniform", help: "…", Delay.uniform))
  /// ```
  /// - Parameters:
  ///   - noun: what all of them are, with its article: `a delay`.
  ///   - first: stands in after a problem, so it must not contain the whole kind again.
  public static func oneOf(_ noun: String, _ first: Form<Value>, _ others: Form<Value>...) -> Kind {
    oneOf(noun, first, others)
  }

  /// The same with forms that are made from a table.
  public static func oneOf(_ noun: String, _ first: Form<Value>, _ others: [Form<Value>]) -> Kind {
    let forms = [first] + others
    let keyed = forms.filter { $0.style != .plain }
    let plain = forms.filter { $0.style == .plain }
    let words = forms.filter { $0.style == .word }
    let phrase = "\(noun): " + alternatives(forms.map(\.example))
    let shape = FieldShape.forms(
      words: words.map(\.name), keys: forms.filter { $0.style == .keyed }.map(\.name),
      plain: plain.map(\.shape))
    var kind = Kind(phrase, shape: { _ in shape }, placeholder: first.placeholder) { node, place in
      switch node.content {
      case .mapping(let entries) where !keyed.isEmpty:
        let reader = MappingReader(entries, at: node.location, place: place)
        let value = reader.oneOf(noun, keyed, otherwise: first)
        reader.finish()
        return reader.hasFailed ? nil : value
      case .scalar(let text, _):
        if let word = words.first(where: { $0.name == text }) { return word.placeholder() }
        if let form = plain.first(where: { $0.mayBe(text) }) { return form.read(node, place) }
        if keyed.contains(where: { $0.name == text }) {
          place.report("\(quoted(text)) needs a value; write '\(text): …'", at: node.location)
        } else if let near = nearest(to: text, among: keyed.map(\.name)) {
          place.report("unknown value \(quoted(text))", at: node.location, suggestion: near)
        } else {
          place.report("expected \(phrase), found \(node.found)", at: node.location)
        }
        return nil
      case .sequence where plain.contains(where: \.isList):
        return plain.first(where: \.isList)?.read(node, place)
      default:
        place.report("expected \(phrase), found \(node.found)", at: node.location)
        return nil
      }
    }
    kind.describe = { place in
      place.session.listingForms(of: Value.self, at: place.path) {
        _ = MappingReader(listing: place).oneOf(noun, keyed, otherwise: first)
        plain.forEach { $0.describe(place) }
      }
    }
    return kind
  }
}

/// One of the ways in which a value may be written; see `Kind.oneOf` and `MappingReader.oneOf`.
public struct Form<Value: Sendable>: Sendable {
  enum Style: Sendable { case word, plain, keyed }

  let style: Style
  let name: String
  let help: String
  /// As it is written: `checkHealth`, `30s`, `uniform: …`.
  let example: String
  let shape: FieldShape
  let placeholder: @Sendable () -> Value
  let read: @Sendable (Node, ReadingPlace) -> Value?
  let describe: @Sendable (ReadingPlace) -> Void

  var isList: Bool {
    if case .list = shape { true } else { false }
  }

  /// Whether a text looks like the value: a word is no quantity, and is better told what the forms are.
  func mayBe(_ text: String) -> Bool {
    switch shape {
    case .quantity, .count: text.first?.isLetter != true
    case .list, .mapping: false
    case .bool, .text, .choice, .forms: true
    }
  }

  /// A bare word, such as `- checkHealth`.
  public static func word(_ name: String, _ value: Value, help: String = "") -> Form {
    Form(
      style: .word, name: name, help: help, example: name, shape: .choice([name]), placeholder: { value },
      read: { node, place in
        // `- checkHealth:` with nothing after it is the same word.
        if case .null = node.content { return value }
        place.report("takes no value, found \(node.found)", at: node.location)
        return nil
      },
      describe: { _ in })
  }

  /// A value without a key, such as `delay: 5s`.
  public static func plain<Plain>(_ kind: Kind<Plain>, _ make: @escaping @Sendable (Plain) -> Value) -> Form {
    Form(
      style: .plain, name: "", help: "", example: kind.phrase, shape: kind.shape,
      placeholder: { make(kind.placeholder()) }, read: { kind.read($0, at: $1).map(make) },
      describe: kind.describe)
  }

  /// A key with a value, such as `- wait: 0.5s`.
  public static func keyed<Content>(
    _ name: String, _ kind: Kind<Content>, help: String, _ make: @escaping @Sendable (Content) -> Value
  ) -> Form {
    Form(
      style: .keyed, name: name, help: help, example: "\(name): …", shape: kind.shape,
      placeholder: { make(kind.placeholder()) }, read: { kind.read($0, at: $1).map(make) },
      describe: kind.describe)
  }

  /// A key with a mapping, such as `uniform: {low: 1s, high: 2s}`.
  public static func fields(
    _ name: String, help: String, _ build: @escaping @Sendable (MappingReader) -> Value
  ) -> Form {
    keyed(name, .mapping(build), help: help) { $0 }
  }
}
