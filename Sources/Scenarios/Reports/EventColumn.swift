import Failover

/// The unit of a field of an event, and how the formats show it.
enum FieldUnit: Sendable, Hashable {
  case none
  case seconds
  case bytes
  case dollarsPerHour

  /// What is appended to a field's name where nothing else tells the unit: in tables and in traces.
  var suffix: String {
    switch self {
    case .none: ""
    case .seconds: "_s"
    case .bytes: "_bytes"
    case .dollarsPerHour: "_usd_per_hour"
    }
  }

  /// The key in JSON of a field in this unit; see `EventField.jsonKey`.
  func jsonKey(of name: String) -> String {
    switch self {
    case .none, .seconds: name
    case .bytes: name.hasPrefix("bytes") ? name : name + "Bytes"
    case .dollarsPerHour: name + "PerHour"
    }
  }
}

extension FieldValue {
  var unit: FieldUnit {
    switch self {
    case .text, .integer, .flag: .none
    case .duration: .seconds
    case .bytes: .bytes
    case .price: .dollarsPerHour
    }
  }

  /// The value in the unit above, as a table shows it; the same in every format.
  var plainText: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .duration(let duration): duration.secondsText
    case .bytes(let count): "\(count.bytes)"
    case .price(let price): price.perHour.dollarsText
    case .flag(let flag): "\(flag)"
    }
  }

  var json: JSONValue {
    if case .text(let text) = self { .text(text) } else { .literal(plainText) }
  }
}

extension EventField {
  /// The name with its unit, such as `duration_s`.
  var header: String { name + value.unit.suffix }

  /// The name in JSON, where seconds are the rule: `duration`, but `unsyncedBytes` and `pricePerHour`.
  var jsonKey: String { value.unit.jsonKey(of: name) }
}

/// A column of a table of events: one for each name that a field of any kind of event has.
///
/// The list is fixed, so that a spreadsheet made for one run fits every other.
struct EventColumn: Sendable, Hashable {
  /// As in `EventField.name`.
  var name: String
  var unit: FieldUnit = .none

  var header: String { name + unit.suffix }

  /// Who and where, what and how much, how often, how long, why.
  static let all: [EventColumn] = [
    .init(name: "instance"), .init(name: "primary"), .init(name: "standby"),
    .init(name: "machineType"), .init(name: "address"), .init(name: "role"),
    .init(name: "from"), .init(name: "to"), .init(name: "phase"), .init(name: "step"),
    .init(name: "machine"), .init(name: "machines"), .init(name: "volume"), .init(name: "snapshot"),
    .init(name: "base"), .init(name: "model"), .init(name: "compression"), .init(name: "storage"),
    .init(name: "fault"), .init(name: "isFalse"), .init(name: "at"), .init(name: "by"), .init(name: "request"),
    .init(name: "offer"), .init(name: "gpu"), .init(name: "region"),
    .init(name: "price", unit: .dollarsPerHour), .init(name: "acceptable"), .init(name: "fromCache"),
    .init(name: "files"), .init(name: "bytesSent", unit: .bytes), .init(name: "unsynced", unit: .bytes),
    .init(name: "size", unit: .bytes), .init(name: "used", unit: .bytes),
    .init(name: "capacity", unit: .bytes), .init(name: "content", unit: .bytes),
    .init(name: "stored", unit: .bytes), .init(name: "downloaded", unit: .bytes),
    .init(name: "limit", unit: .dollarsPerHour), .init(name: "digest"), .init(name: "source"), .init(name: "destination"),
    .init(name: "attempt"), .init(name: "attempts"), .init(name: "failures"), .init(name: "threshold"),
    .init(name: "failovers"), .init(name: "lead", unit: .seconds), .init(name: "silence", unit: .seconds),
    .init(name: "download", unit: .seconds), .init(name: "decompress", unit: .seconds),
    .init(name: "unpack", unit: .seconds), .init(name: "creation", unit: .seconds),
    .init(name: "snapshotStarted", unit: .seconds), .init(name: "snapshotCompleted", unit: .seconds),
    .init(name: "load", unit: .seconds),
    .init(name: "answer", unit: .seconds),
    .init(name: "polls"), .init(name: "method"),
    .init(name: "duration", unit: .seconds), .init(name: "after", unit: .seconds),
    .init(name: "probing", unit: .seconds), .init(name: "retryIn", unit: .seconds),
    .init(name: "lastSyncStarted", unit: .seconds), .init(name: "lastSyncCompleted", unit: .seconds),
    .init(name: "cause"), .init(name: "reason"), .init(name: "detail"),
    .init(name: "subject"), .init(name: "message"), .init(name: "text"),
  ]
}
