/// The name of one protection of one workspace, from its beginning until everything it paid for has been given back,
/// however many processes work on it one after the other.
public struct RunID: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public let rawValue: String

  /// - Returns: `nil` unless it is 1 to 32 small letters and digits. A hyphen is not among them, so that no run's
  ///   labels can begin like another one's.
  public init?(validating text: String) {
    let isValid = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    guard isValid, (1...32).contains(text.utf8.count) else { return nil }
    rawValue = text
  }

  /// What was written down by somebody who had it validated.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// With what the labels of this run begin, and those of no other.
  public var prefix: String { "failoversim-\(rawValue)-" }

  public var description: String { rawValue }
}

/// The label of something that a run creates: `failoversim-<run>-<number>`, which is a valid name by RFC 1035 (small
/// letters, digits and hyphens, a letter first, at most 63 characters), as compute providers ask for.
public struct ResourceLabel: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public let rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// - Parameter number: counted from 1 within the run, and never used twice.
  public init(_ run: RunID, _ number: Int) { rawValue = run.prefix + String(number) }

  /// The number of a label of that run; `nil` for any other text.
  public func number(in run: RunID) -> Int? {
    guard rawValue.hasPrefix(run.prefix) else { return nil }
    return Int(rawValue.dropFirst(run.prefix.count))
  }

  public var description: String { rawValue }
}
