/// How far two means of independent replications lie apart.
struct OracleComparison: CustomStringConvertible {
  struct Estimate {
    var mean: Double
    var standardError: Double

    init(_ values: [Double]) {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      standardError = (squares / (count - 1) / count).squareRoot()
    }
  }

  var simulated: Estimate
  var oracle: Estimate

  init(_ simulated: [Double], _ oracle: [Double]) {
    self.simulated = Estimate(simulated)
    self.oracle = Estimate(oracle)
  }

  init(_ name: String, _ simulated: [Oracle.Replication], _ oracle: [Oracle.Replication]) {
    self.init(simulated.compactMap { $0[name] }, oracle.compactMap { $0[name] })
  }

  var standardError: Double {
    let (a, b) = (simulated.standardError, oracle.standardError)
    return (a * a + b * b).squareRoot()
  }

  /// In standard errors of the difference.
  var distance: Double { (simulated.mean - oracle.mean) / standardError }

  var description: String {
    "simulated \(simulated.mean), oracle \(oracle.mean): \(distance) standard errors apart"
  }
}
