import Failover

/// The protections a scenario's `strategy` can name.
enum Protection: String, Sendable, Hashable, CaseIterable {
  case warmPool
  case cpuStandby
  case snapshots
}

extension Kind<[Protection]> {
  /// `none`, one word, or a list of words.
  static var protections: Kind {
    var kind = oneOf(
      "a protection or a list of them",
      .plain(.choice(OneProtection.self)) { $0.protection.map { [$0] } ?? [] },
      .plain(.list(of: .choice(Protection.self), atLeast: 1)) { $0 })
    kind.format = { $0.isEmpty ? "none" : "[\($0.map(\.rawValue).joined(separator: ", "))]" }
    return kind
  }
}

/// A strategy given by one word.
private enum OneProtection: String, Sendable, Hashable, CaseIterable {
  case none
  case warmPool
  case cpuStandby
  case snapshots

  var protection: Protection? { Protection(rawValue: rawValue) }
}
