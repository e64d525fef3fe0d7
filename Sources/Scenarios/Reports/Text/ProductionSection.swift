import Failover

/// What the drill's compressed times stand for: the documents' word for production beside a simulated month of it.
struct ProductionSection {
  let drill: Run
  let production: Run
  let style: Style

  var lines: [String] {
    var table = TextTable([
      ("", .left), ("drill", .right), ("documents say of production", .right), ("simulated", .right),
      ("holds", .left),
    ])
    let (drilled, lived) = (ClaimEvidence(drill), ClaimEvidence(production))
    for claim in Claim.production {
      let verdict = claim.verdict(on: lived)
      table.add(
        [
          claim.what, claim.verdict(on: drilled).simulated, claim.says, verdict.simulated, verdict.outcome.text,
        ], tone: verdict.outcome.tone, in: 4)
    }
    let title = "In production (\(production.scenario.name), \(Figures.human(production.length)))"
    return ["", "  " + style(title, .heading)] + table.lines(style)
  }
}
