/// Turns what the code that reads a file asks for into a JSON Schema of such files.
///
/// The schema accepts every file that the reader accepts. What it cannot say is left to the reader: rules that bind
/// several values together, bounds of values with units other than zero, and how a number is spelled (`1e3`, `0x10`).
struct OutlineSchema {
  private let outline: FileOutline
  /// Trying a pattern takes far longer than anything else here, and all durations have the same.
  private let numberForms: [String: NumberForms]

  init(_ outline: FileOutline) {
    self.outline = outline
    var forms: [String: NumberForms] = [:]
    for pattern in outline.fields.values.joined().flatMap({ $0.field.patterns }) where forms[pattern] == nil {
      forms[pattern] = NumberForms(pattern)
    }
    numberForms = forms
  }

  func document(_ title: String) -> JSONValue {
    let schema = mapping(at: ".")
    let definitions = outline.definitions.map { name, path in (key: name, value: forms(at: path)) }
    return JSONSchema.document(title, schema, definitions: definitions)
  }

  // MARK: Mappings

  /// Whether a mapping may be empty, which a key with nothing after it stands for.
  private func mayBeEmpty(_ path: String) -> Bool {
    let fields = outline.fields[path, default: []]
    return outline.choices[path, default: []].isEmpty && fields.allSatisfy { $0.field.need != .required }
  }

  private func mapping(at path: String) -> JSONValue {
    var properties: [(key: String, value: JSONValue)] = []
    var required: [String] = []
    var rules: [JSONValue] = []
    let choices = outline.choices[path, default: []]
    for (key, field) in outline.fields[path, default: []] {
      // A key that is chosen is there, and so must its value be.
      let isChosen = choices.contains { $0.contains(key) }
      properties.append((key, property(field, isNeeded: field.need == .required || isChosen)))
      for alias in field.aliases {
        let schema = optional(value(alias.shape, at: field.path), field, isNeeded: field.need == .required)
        properties.append((alias.key, schema.adding([("description", .text("another name of '\(key)': \(field.help)"))])))
      }
      let names = [key] + field.aliases.map(\.key)
      if field.need == .required, names.count == 1 { required.append(key) }
      rules += names.count == 1 ? [] : [exactlyOne(of: names, orNone: field.need != .required)]
    }
    for (key, help) in outline.words[path, default: []] {
      properties.append((key, ["type": "null", "description": .text(help)]))
    }
    var members: [(key: String, value: JSONValue)] = [
      ("type", "object"), ("properties", .object(properties)), ("additionalProperties", .literal("false")),
    ]
    if choices.count == 1, choices[0].count == properties.count {
      // Nothing but one of the keys; said by number, an editor's message is one line and not one a key.
      members += [("minProperties", .number(1)), ("maxProperties", .number(1))]
    } else {
      rules += choices.map { exactlyOne(of: $0, orNone: false) }
    }
    if !required.isEmpty { members.append(("required", .line(.array(required.map(JSONValue.text))))) }
    if rules.count == 1 { members += rules[0].members } else if !rules.isEmpty { members.append(("allOf", .array(rules))) }
    return .object(members)
  }

  private func exactlyOne(of keys: [String], orNone: Bool) -> JSONValue {
    var alternatives = keys.map { JSONValue.line(["required": .array([.text($0)])]) }
    if orNone {
      let present = JSONValue.array(alternatives)
      alternatives.append(.line(["not": ["anyOf": present]]))
    }
    return ["oneOf": .array(alternatives)]
  }

  private func property(_ field: KnownField, isNeeded: Bool) -> JSONValue {
    var notes: [(key: String, value: JSONValue)] = [("description", .text(field.help))]
    if case .defaults(let text?) = field.need {
      notes.append(("default", DefaultValue(text, shape: field.shape).json))
    }
    return optional(value(field.shape, at: field.path), field, isNeeded: isNeeded).adding(notes)
  }

  /// A key whose value is `null` counts as absent; nothing after the key of a mapping or a list means an empty one.
  private func optional(_ schema: JSONValue, _ field: KnownField, isNeeded: Bool) -> JSONValue {
    let mayBeNull = !isNeeded || emptyIsEnough(field.shape, at: field.path)
    return mayBeNull ? JSONSchema.nullable(schema) : schema
  }

  private func emptyIsEnough(_ shape: FieldShape, at path: String) -> Bool {
    switch shape {
    case .mapping: mayBeEmpty(path)
    case .list(_, let minimumCount): minimumCount == 0
    default: false
    }
  }

  // MARK: Values

  private func value(_ shape: FieldShape, at path: String) -> JSONValue {
    switch shape {
    case .quantity(_, let pattern, let limits):
      return QuantitySchema(pattern, numberForms[pattern] ?? NumberForms(pattern), limits).json
    case .count(let limits): return QuantitySchema("^[+-]?[0-9]+$", .whole, limits).json
    case .bool:
      let spellings: [JSONValue] = [.literal("true"), .literal("false"), "true", "false"]
      return .line(["type": .array(["boolean", "string"]), "enum": .array(spellings)])
    case .text: return .line(["type": .array(["string", "number", "boolean"]), "minLength": .number(1)])
    case .choice(let words): return .line(["enum": .array(words.flatMap(Self.spellings))])
    case .list(let element, let minimumCount):
      let place = path == "." ? "[]" : path + "[]"
      let item = value(element, at: place)
      var members: [(key: String, value: JSONValue)] = [
        ("type", "array"), ("items", emptyIsEnough(element, at: place) ? JSONSchema.nullable(item) : item),
      ]
      if minimumCount > 0 { members.append(("minItems", .number(minimumCount))) }
      return .object(members)
    case .mapping: return mapping(at: path)
    case .forms(let words, _, let plain):
      if let type = outline.types[path] { return JSONSchema.reference(type) }
      // What has no keys needs no description of its own.
      return anyOf((words.isEmpty ? [] : [JSONSchema.words(words)]) + plain.map { value($0, at: path) })
    }
  }

  /// The ways of writing a value that has several, at the first place where it is expected.
  private func forms(at path: String) -> JSONValue {
    guard let shape = shape(at: path), case .forms(let words, let keys, let plain) = shape else { return .object([]) }
    let scalars = (words.isEmpty ? [] : [JSONSchema.words(words)]) + plain.map { value($0, at: path) }
    return anyOf(scalars + (keys.isEmpty && words.isEmpty ? [] : [mapping(at: path)]))
  }

  /// The shape of what is expected at a path, which may be that of a list's items.
  private func shape(at path: String) -> FieldShape? {
    guard path.hasSuffix("[]") else { return outline[path]?.shape }
    switch shape(at: String(path.dropLast(2))) {
    case .list(let element, _)?: return element
    case .forms(_, _, let plain)?:
      for case .list(let element, _) in plain { return element }
      return nil
    default: return nil
    }
  }

  /// Text, lists and mappings exclude each other; two kinds of text may not, so that any of them will do.
  private func anyOf(_ schemas: [JSONValue]) -> JSONValue {
    var seen: Set<String> = []
    let different = schemas.filter { schema in (try? schema.document()).map { seen.insert($0).inserted } ?? true }
    if different.count == 1 { return different[0] }
    let kinds = different.map { $0.members.first { $0.key == "type" }?.value }
    let scalars = kinds.count { kind in
      if case .text("object")? = kind { return false }
      if case .text("array")? = kind { return false }
      return true
    }
    return [scalars <= 1 ? "oneOf" : "anyOf": .array(different)]
  }

  /// A word, and the number that YAML takes it for where it looks like one.
  private static func spellings(of word: String) -> [JSONValue] {
    let isNumber = (try? ExactDecimal(word[...])) != nil && !word.hasPrefix("0")
    return [.text(word)] + (isNumber ? [.literal(word)] : [])
  }
}

extension KnownField {
  /// The patterns of the field and of its other names.
  fileprivate var patterns: [String] { shape.patterns + aliases.flatMap(\.shape.patterns) }
}

extension FieldShape {
  fileprivate var patterns: [String] {
    switch self {
    case .quantity(_, let pattern, _): [pattern]
    case .list(let element, _): element.patterns
    case .forms(_, _, let plain): plain.flatMap(\.patterns)
    case .count, .bool, .text, .choice, .mapping: []
    }
  }
}
