import Failover

extension Rubric {
  /// The version of the file format that this program reads.
  public static let schemaVersion = 1

  /// Reads a rubric file and the `path=value` texts laid over it.
  ///
  /// - Throws: `InvalidFile` with every problem of the file.
  /// - Returns: the rubric, and what is doubtful in the file.
  public static func read(
    path: String, overrides: [String] = []
  ) throws(InvalidFile) -> (rubric: Rubric, warnings: [Problem]) {
    let (rubric, warnings) = try Document(contentsOf: path).setting(overrides).read(Rubric.init)
    return (rubric, warnings)
  }

  /// Reads the top mapping of a rubric file.
  public init(_ reader: MappingReader) {
    let version = reader.value(
      "schemaVersion", .count, default: Self.schemaVersion, help: "version of this file format")
    reader.check(
      version == Self.schemaVersion, "schemaVersion",
      message: "this program reads version \(Self.schemaVersion) of the format")
    name = reader.required("name", .text, help: "a short name, as in file names")
    summary = reader.required("summary", .text, help: "one sentence: what it marks by")
    categories = reader.required(
      "categories", .list(of: .mapping(Category.init), atLeast: 1), help: "what is marked, each by itself")
    reader.check(weightsOf: categories.filter { $0.weight > .zero }.map(\.weight), "categories")
    let names = categories.map(\.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      reader.check(false, "categories", message: "\(quoted(names[twice])) is there twice")
    }
  }
}

extension Rubric.Category {
  init(_ reader: MappingReader) {
    name = reader.required("name", .text, help: "such as recovery time")
    let given = reader.optional(
      "weight", .fraction.greaterThan(.zero), help: "its part of the whole mark; all weights add up to 100%")
    scoring = reader.oneOf(
      "how it is marked",
      .keyed(
        "components", .list(of: .mapping(Rubric.Component.init), atLeast: 1), help: "the metrics it is computed from"
      ) { .components($0) },
      Form<Rubric.Scoring>.keyed(
        "notMeasurable", .text, help: "why a run says nothing about it; it carries no weight then"
      ) { .notMeasurable($0) })
    weight = given ?? .zero
    switch scoring {
    case .components(let components) where !components.isEmpty:
      reader.check(
        given != nil, "weight", "components", message: "is missing; what is measured carries weight, such as 20%")
      reader.check(weightsOf: components.map(\.weight), "components")
    case .components: break
    case .notMeasurable:
      reader.check(given == nil, "weight", message: "what is not measurable carries no weight")
    }
  }
}

extension Rubric.Component {
  init(_ reader: MappingReader) {
    let definition = reader.required("metric", .metric, help: "the metric that is marked")
    metric = definition?.name ?? ""
    weight = reader.value(
      "weight", .fraction.greaterThan(.zero), default: .one,
      help: "its part of the category's mark; the weights of its components add up to 100%")
    curve = reader.required(
      "points", .curve(of: definition?.unit),
      help: "[value, mark] pairs, straight lines between them, level beyond the ends")
    if let definition {
      let (curve, better) = (curve, definition.better)
      reader.warn(
        unless: curve.isMonotonic(better), "points", "metric",
        message: "\(definition.name) is better when it is \(better.rawValue), but its marks go the other way")
    }
  }
}

extension MappingReader {
  /// Reports weights that do not add up to one.
  ///
  /// - Parameter key: the list that holds them.
  fileprivate func check(weightsOf weights: [Ratio], _ key: String) {
    guard let weights = CommonDenominator(weights) else {
      return check(false, key, message: "the weights are too fine to be added up; write them in whole per cent")
    }
    guard !weights.numerators.isEmpty || key == "categories" else { return }
    let sum = weights.total.map(percentText) ?? "another sum"
    check(weights.total == .one, key, message: "the weights add up to \(sum), not 100%")
  }
}

extension Kind<MetricDefinition?> {
  /// The name of a metric. The placeholder is `nil`: nothing can be said of the points of an unknown metric.
  static var metric: Kind {
    let names = MetricTable.names
    let phrase = "the name of a metric such as \(names[0])"
    return Kind(phrase, shape: { _ in .choice(names) }, placeholder: { nil }) { node, place in
      guard case .scalar(let text, _) = node.content else {
        place.report("expected \(phrase), found \(node.found)", at: node.location)
        return nil
      }
      if let definition = MetricTable.definition(text) { return definition }
      let near = nearest(to: text, among: names)
      // There are too many names to list where one of them is near.
      let known = "Known: \(names.joined(separator: ", "))"
      place.report(
        "unknown metric \(quoted(text))", at: node.location, suggestion: near, expected: near == nil ? known : nil)
      return nil
    }
  }
}

extension Kind<Score> {
  /// A mark from 0 to 10, such as 8 or 8.5.
  static var score: Kind {
    let phrase = "a mark from 0 to 10"
    return quantity(
      "mark", phrase, pattern: "^ *[0-9]+(\\.[0-9]+)? *$", placeholder: .zero,
      parse: { text throws(UnitError) in
        let billionths = try Units.billionths(text, phrase: phrase)
        guard let score = Score(billionths: billionths) else { throw .malformed(text, phrase: phrase) }
        return score
      },
      format: { Figures.trimmed($0.billionths, per: 1_000_000_000, decimals: 9) })
  }
}

extension Kind<ScoreCurve> {
  /// Points such as `[[10min, 10], [1h, 0]]`, strictly increasing in value.
  ///
  /// - Parameter unit: that of the values; `nil` when it is not known, and anything will do.
  static func curve(of unit: MetricUnit?) -> Kind {
    let phrase = "two or more points, each a value and a mark in brackets: [[\(unit.example), 10], …]"
    return Kind(phrase, shape: { _ in shape(of: unit) }, placeholder: { ScoreCurve(.origin, []) }) { node, place in
      guard let unit else { return ScoreCurve(.origin, []) }
      guard case .sequence(let items) = node.content, items.count >= 2 else {
        place.report("expected \(phrase); found \(node.foundItems)", at: node.location)
        return nil
      }
      let (value, mark) = (Kind<MetricValue>.metricValue(unit), Kind<Score>.score)
      var points: [ScoreCurve.Point] = []
      var isValid = true
      for (index, item) in items.enumerated() {
        let here = place.appending(.index(index))
        guard let point = Self.point(item, value, mark, at: here) else {
          isValid = false
          continue
        }
        if let last = points.last, point.steps <= last.steps {
          here.report(
            "values must increase from point to point; \(point.value.written) follows \(last.value.written)",
            at: item.location)
          isValid = false
        }
        points.append(point)
      }
      guard isValid, let first = points.first else { return nil }
      return ScoreCurve(first, Array(points.dropFirst()))
    }
  }

  private static func shape(of unit: MetricUnit?) -> FieldShape {
    let units = unit.map { [$0] } ?? MetricUnit.allCases
    let cells = units.map { Kind<MetricValue>.metricValue($0).shape } + [Kind<Score>.score.shape]
    return .list(of: .list(of: .forms(words: [], keys: [], plain: cells), minimumCount: 2), minimumCount: 2)
  }

  private static func point(
    _ node: Node, _ value: Kind<MetricValue>, _ mark: Kind<Score>, at place: ReadingPlace
  ) -> ScoreCurve.Point? {
    guard case .sequence(let cells) = node.content, cells.count == 2 else {
      place.report("expected a value and a mark in brackets; found \(node.foundItems)", at: node.location)
      return nil
    }
    let figure = value.read(cells[0], at: place.appending(.index(0)))
    let score = mark.read(cells[1], at: place.appending(.index(1)))
    guard let figure, let score else { return nil }
    guard let point = ScoreCurve.Point(figure, score) else {
      place.report("must not be finer than a billionth", at: cells[0].location)
      return nil
    }
    return point
  }
}

extension MetricUnit? {
  /// A value of the unit, for messages.
  fileprivate var example: String {
    switch self {
    case .duration: "10min"
    case .money: "$10"
    case .share: "99%"
    case .count, nil: "1"
    case .bytes: "40MB"
    }
  }
}

extension Node {
  /// What is here, with the length of a list.
  fileprivate var foundItems: String {
    guard case .sequence(let items) = content else { return found }
    return "a list of \(items.count)"
  }
}
