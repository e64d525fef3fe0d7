import Failover

/// Questions to a log, for tables that compare single figures.
struct LogQuery {
  let run: Run

  /// The times of all events of a kind.
  func times(_ name: String) -> [Duration] { run.events.filter { $0.kind.name == name }.map(\.time) }

  func count(_ name: String) -> Int { times(name).count }

  func first(_ name: String) -> Duration? { times(name).first }

  /// From the first event of one kind to the first of another; `nil` when either is missing.
  func span(_ start: String, _ end: String) -> Duration? {
    guard let start = first(start), let end = first(end) else { return nil }
    return end - start
  }

  /// The first particular of that name in an event of that kind.
  func field(_ event: String, _ field: String, occurrence: Int = 0) -> FieldValue? {
    let found = run.events.filter { $0.kind.name == event }
    guard occurrence < found.count else { return nil }
    return found[occurrence].kind.fields.first { $0.name == field }?.value
  }

  func text(_ event: String, _ name: String) -> String {
    switch field(event, name) {
    case .text(let text): text
    case .price(let price): price.description
    case .integer(let number): "\(number)"
    case .bytes(let bytes): bytes.description
    case .duration(let duration): Figures.seconds(duration)
    case .flag(let flag): "\(flag)"
    case nil: "–"
    }
  }

  /// The script's phases in order.
  var scriptPhases: [Phase] { Phase.ofScript(in: run.events) }
}
