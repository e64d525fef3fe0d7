import Testing

/// Checks a closed form against a sample: the mean must be within four standard errors of the expected value. With
/// fixed seeds that is no gamble; for a new seed it fails once in 16,000 times.
func expectMean(
  _ sample: [Double], _ expected: Double, _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let statistics = SampleStatistics(sample)
  let error = (statistics.variance / statistics.count).squareRoot()
  #expect(
    abs(statistics.mean - expected) <= 4 * error,
    "\(comment) sample \(statistics.mean) ± \(error), expected \(expected)", sourceLocation: sourceLocation)
}

/// The same for a probability, with the standard error that the expected value itself implies.
func expectShare(
  _ hits: Int, of count: Int, _ expected: Double, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let share = Double(hits) / Double(count)
  let error = (expected * (1 - expected) / Double(count)).squareRoot()
  #expect(
    abs(share - expected) <= 4 * error + 1e-12,
    "\(comment) share \(share) ± \(error), expected \(expected)", sourceLocation: sourceLocation)
}
