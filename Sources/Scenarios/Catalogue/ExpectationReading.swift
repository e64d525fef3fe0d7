import Failover

extension Expectation {
  /// `{metric: mttd.max, atMost: 30.4s}` or `{events: noOffer, atLeast: 1}`.
  init(_ reader: MappingReader) {
    let figure = reader.oneOf(
      "a figure", .keyed("metric", .metric, help: "a metric by name") { Asked.metric($0) },
      Form<Asked>.keyed("events", .eventKind, help: "how often this kind of event is in the log") { .events($0) })
    let unit: MetricUnit? =
      switch figure {
      case .metric(let definition): definition?.unit
      case .events: .count
      }
    self.figure =
      switch figure {
      case .metric(let definition): .metric(definition?.name ?? "")
      case .events(let kind): .events(kind)
      }
    let kind = Kind<MetricValue>.metricValue(of: unit)
    let exactly = reader.optional("equals", kind, help: "exactly this")
    let least = reader.optional("atLeast", kind, help: "no less than this")
    let most = reader.optional("atMost", kind, help: "no more than this")
    reader.check(
      exactly != nil || least != nil || most != nil, "metric", "events",
      message: "says nothing; give equals, atLeast or atMost")
    reader.check(
      exactly == nil || (least == nil && most == nil), "equals", message: "give equals alone")
    if let least, let most {
      reader.check(!least.exceeds(most), "atLeast", "atMost", message: "atLeast must not be more than atMost")
    }
    atLeast = exactly ?? least
    atMost = exactly ?? most
  }

  private enum Asked: Sendable {
    case metric(MetricDefinition?)
    case events(String)
  }
}

extension Kind<String> {
  /// The name of a kind of event.
  fileprivate static var eventKind: Kind {
    let names = EventKind.names
    let phrase = "the name of a kind of event such as \(names[0])"
    return Kind(phrase, shape: { _ in .choice(names) }, placeholder: { names[0] }) { node, place in
      guard case .scalar(let text, _) = node.content else {
        place.report("expected \(phrase), found \(node.found)", at: node.location)
        return nil
      }
      if names.contains(text) { return text }
      let near = nearest(to: text, among: names)
      // There are too many names to list where one of them is near.
      let known = "Known: \(names.joined(separator: ", "))"
      place.report(
        "unknown kind of event \(quoted(text))", at: node.location, suggestion: near,
        expected: near == nil ? known : nil)
      return nil
    }
  }
}

extension Kind<MetricValue> {
  /// A figure in a unit; while nothing is known of the unit, anything that is a figure in some unit.
  fileprivate static func metricValue(of unit: MetricUnit?) -> Kind {
    let kinds = (unit.map { [$0] } ?? MetricUnit.allCases).map { metricValue($0) }
    guard unit == nil else { return kinds[0] }
    let shape = FieldShape.forms(words: [], keys: [], plain: kinds.map(\.shape))
    return Kind("a figure", shape: { _ in shape }, placeholder: { .count(0) }) { _, _ in .count(0) }
  }
}

extension Kind<LedgerEntry> {
  /// The id of an entry of the ledger.
  static var ledgerEntry: Kind { choice(LedgerEntry.all.map { ($0.id, $0) }) }
}
