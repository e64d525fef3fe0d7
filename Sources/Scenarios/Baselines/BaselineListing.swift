import Failover

extension Baseline {
  /// What it holds, for people.
  ///
  /// - Parameter path: of the file, for the heading.
  public func listing(path: String, style: Style = .plain) -> String {
    var lines = [
      "\(style(cell, .strong))  \(style("\(seedsText) · \(path)", .faint))",
      "  scenario \(source.file) · hash \(identity.hash) · world version \(modelVersion)",
      "  fingerprint \(samples.fingerprint)",
    ]
    if let trace = source.trace { lines.append("  interruptions of \(trace)") }
    if let until = source.until { lines.append("  each operation for \(Units.format(until))") }
    var table = TextTable([("", .left), ("value", .right), ("tolerance", .right)])
    for measure in Measure.judged {
      guard let metric = metrics[measure.name] else { continue }
      let unit = measure.figure.unit
      table.add([measure.name, Steps.text(metric.value, unit), Steps.text(metric.tolerance, unit)])
    }
    lines += table.lines(style)
    let phases = Incident.phaseNames.compactMap { name -> String? in
      guard samples.phases[name] != nil, let mean = samples.series(phase: name)?.value else { return nil }
      return "\(name) \(Steps.text(Int64(mean.rounded()), .duration))"
    }
    if !phases.isEmpty { lines.append("  phases, mean: " + phases.joined(separator: ", ")) }
    return lines.joined(separator: "\n") + "\n"
  }
}
