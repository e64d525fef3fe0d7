/// All values of a time before and after a change, seed after seed: what a curve of both is drawn from.
struct DistributionChange: Sendable, Hashable {
  /// How many values are written down; of more, as many quantiles, so that a document stays small whatever was played.
  static let limit = 1_000

  /// Of the figure: `mttrFull`.
  let name: String
  /// In ascending order, in milliseconds.
  let before: [Int64]
  let after: [Int64]

  /// - Parameters:
  ///   - before: the values of each seed.
  ///   - after: the same after the change.
  /// - Returns: `nil` when there is none at all.
  init?(_ name: String, from before: [[Int64]], to after: [[Int64]]) {
    self.name = name
    self.before = before.joined().sorted()
    self.after = after.joined().sorted()
    if self.before.isEmpty, self.after.isEmpty { return nil }
  }

  /// At most `limit` values that have the same distribution: by the nearest rank, the last of each of as many equal
  /// parts.
  static func shown(_ sorted: [Int64]) -> [Int64] {
    guard sorted.count > limit else { return sorted }
    return (1...limit).map { sorted[($0 * sorted.count + limit - 1) / limit - 1] }
  }
}
