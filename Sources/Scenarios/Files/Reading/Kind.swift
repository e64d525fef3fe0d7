/// What a value of a file may be and how it becomes a `Value`.
///
/// Kinds are put together: `.duration.positive`, `.list(of: .hourlyPrice).notEmpty`, `.mapping(Offer.init)`.
public struct Kind<Value: Sendable>: Sendable {
  typealias Reader = @Sendable (Node, ReadingPlace) -> Value?

  /// What to expect, for messages: `a duration such as 30s or 5min`.
  let phrase: String
  /// Where the fields within the value are described, if it has any.
  var describe: @Sendable (ReadingPlace) -> Void = { _ in }
  /// The value as it would be written in a file; `nil` for what has no short form.
  var format: @Sendable (Value) -> String? = { _ in nil }
  /// Any value: what reading goes on with after a problem, so that one run finds all of them.
  let placeholder: @Sendable () -> Value
  /// True when a key with nothing after it means a value without content, as in a mapping whose keys are all
  /// commented out.
  var emptyContent: Node.Content?

  var lower: Limit?
  var upper: Limit?

  private let baseShape: @Sendable ([FieldLimit]) -> FieldShape
  private let reader: Reader

  struct Limit: Sendable {
    let field: FieldLimit
    let isMet: @Sendable (Value) -> Bool
  }

  init(
    _ phrase: String, shape: @escaping @Sendable ([FieldLimit]) -> FieldShape,
    placeholder: @escaping @Sendable () -> Value, reader: @escaping Reader
  ) {
    self.phrase = phrase
    self.baseShape = shape
    self.placeholder = placeholder
    self.reader = reader
  }

  var shape: FieldShape { baseShape([lower?.field, upper?.field].compactMap { $0 }) }

  /// Reads a node; on a problem reports it and returns `nil`.
  func read(_ node: Node, at place: ReadingPlace) -> Value? {
    var node = node
    if case .null(isWritten: false) = node.content, let emptyContent { node.content = emptyContent }
    guard let value = reader(node, place) else { return nil }
    if let limits = brokenLimits(by: value) {
      let found = format(value).map { ", found \($0)" } ?? ""
      place.report("must be \(limits)\(found)", at: node.location)
      return nil
    }
    return value
  }

  private func brokenLimits(by value: Value) -> String? {
    if let lower, !lower.isMet(value) { return words(for: lower, and: upper) }
    if let upper, !upper.isMet(value) { return words(for: upper, and: lower) }
    return nil
  }

  private func words(for broken: Limit, and other: Limit?) -> String {
    if let lower, let upper, lower.field.isInclusive, upper.field.isInclusive, other != nil {
      return "between \(lower.field.bound) and \(upper.field.bound)"
    }
    switch (broken.field.side, broken.field.isInclusive) {
    case (.lower, true): return "at least \(broken.field.bound)"
    case (.lower, false): return "greater than \(broken.field.bound)"
    case (.upper, true): return "at most \(broken.field.bound)"
    case (.upper, false): return "less than \(broken.field.bound)"
    }
  }

  /// The same text read into another type.
  ///
  /// - Parameter back: the value as read, so that a default can be written out; leave it out where that is
  ///   not possible.
  public func map<Other: Sendable>(
    _ transform: @escaping @Sendable (Value) -> Other, back: (@Sendable (Other) -> Value)? = nil
  ) -> Kind<Other> {
    let kind = self
    var other = Kind<Other>(
      phrase, shape: { _ in kind.shape }, placeholder: { transform(kind.placeholder()) },
      reader: { node, place in kind.read(node, at: place).map(transform) })
    other.describe = describe
    other.emptyContent = emptyContent
    if let back { other.format = { kind.format(back($0)) } }
    return other
  }
}

// MARK: - Limits

extension Kind where Value: Comparable {
  /// At least `bound`. Replaces an earlier lower limit, also that of kinds that are never negative by
  /// themselves.
  public func atLeast(_ bound: Value) -> Kind { limited(.lower, bound, isInclusive: true) }
  /// More than `bound`.
  public func greaterThan(_ bound: Value) -> Kind { limited(.lower, bound, isInclusive: false) }
  /// At most `bound`.
  public func atMost(_ bound: Value) -> Kind { limited(.upper, bound, isInclusive: true) }
  /// Less than `bound`.
  public func lessThan(_ bound: Value) -> Kind { limited(.upper, bound, isInclusive: false) }
  /// From `low` to `high`, both included.
  public func between(_ low: Value, _ high: Value) -> Kind { atLeast(low).atMost(high) }

  private func limited(_ side: FieldLimit.Side, _ bound: Value, isInclusive: Bool) -> Kind {
    let field = FieldLimit(side: side, bound: format(bound) ?? "\(bound)", isInclusive: isInclusive)
    var kind = self
    switch side {
    case .lower:
      kind.lower = Limit(field: field) { $0 > bound || (isInclusive && $0 == bound) }
    case .upper:
      kind.upper = Limit(field: field) { $0 < bound || (isInclusive && $0 == bound) }
    }
    return kind
  }
}

/// Values that have a zero, so that a kind of them can be `positive`.
public protocol HasZero: Comparable, Sendable {
  static var zero: Self { get }
}

extension Kind where Value: HasZero {
  /// Greater than zero.
  public var positive: Kind { greaterThan(.zero) }
  /// Of either sign: takes away the lower limit.
  public var signed: Kind {
    var kind = self
    kind.lower = nil
    return kind
  }
}
