/// One field that a file may have, as found by asking the code that reads it.
public struct KnownField: Sendable, Hashable {
  /// Another name of the field and what is written after it.
  public struct Alias: Sendable, Hashable {
    public let key: String
    public let shape: FieldShape
  }

  public enum Need: Sendable, Hashable {
    case required
    case optional
    /// Used when the key is absent, written as it would be in the file; `nil` when the default is given by
    /// the fields within.
    case defaults(to: String?)
  }

  /// Such as `offers[].price`; `[]` stands for any item of a list.
  public let path: String
  public let shape: FieldShape
  public let need: Need
  /// One line for people.
  public let help: String
  public let aliases: [Alias]
}

/// What is written in a file for a field: enough to print a JSON Schema.
///
/// The keys of a mapping are fields of their own, at longer paths. A type that contains itself is described
/// once; within itself it has a shape but no further fields.
public indirect enum FieldShape: Sendable, Hashable {
  /// Text with a unit; `pattern` is a regular expression for it.
  case quantity(noun: String, pattern: String, limits: [FieldLimit])
  /// A whole number without a unit.
  case count(limits: [FieldLimit])
  case bool
  case text
  /// One of these words.
  case choice([String])
  case list(of: FieldShape, minimumCount: Int)
  case mapping
  /// One of these words, a mapping with one of these keys, or one of these shapes written plainly.
  case forms(words: [String], keys: [String], plain: [FieldShape])
}

/// A bound of a value, written as it would be in the file.
public struct FieldLimit: Sendable, Hashable {
  public enum Side: Sendable, Hashable { case lower, upper }
  public let side: Side
  public let bound: String
  /// True when the bound itself is allowed.
  public let isInclusive: Bool
}
