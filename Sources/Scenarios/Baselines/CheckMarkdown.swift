/// A check for the summary page of a build: the verdict first, everything else folded away.
extension CheckReport {
  /// GitHub refuses summaries of a step above 1 MiB; this leaves room for what other commands write there.
  static let markdownLimit = 900_000

  var markdown: String {
    var text = "## Failover check: \(verdict)\n\n" + checks.prefix(200).map(headline).joined() + "\n"
    if checks.count > 200 { text += "… and \(checks.count - 200) more\n\n" }
    if let updateCommand { text += "To keep what got better: `\(updateCommand)`\n\n" }
    var omitted = 0
    for check in checks {
      let details = details(check)
      if text.utf8.count + details.utf8.count > Self.markdownLimit { omitted += 1 } else { text += details }
    }
    guard omitted > 0 else { return text }
    return text + "\nThe details of \(omitted) more checks are left out: the page would be too large.\n"
  }

  /// One line: what it is about, how it ended and what did it.
  private func headline(_ check: Check) -> String {
    let name = "- **\(Self.escaped(check.cell))**: "
    switch check.result {
    case .failure(let reason): return name + "not comparable: \(Self.escaped("\(reason.reason)"))\n"
    case .success(let findings):
      let broken = findings.limits.filter { !$0.holds }.map { "limit \($0.sentence)" }
      let worse = findings.regressions.map { "\($0.name) \($0.change)" }
      let better = check.status == .improved ? findings.improvements.map { "\($0.name) \($0.change)" } : []
      let unclear = findings.judgements.count { if case .inconclusive = $0.verdict { true } else { false } }
      var parts = [check.status.name] + broken + worse + better
      if unclear > 0 { parts.append("\(unclear) figures inconclusive") }
      if !(worse + better).isEmpty, let place = findings.whereItChanged { parts.append("where: \(place)") }
      return name + parts.map(Self.escaped).joined(separator: " · ") + "\n"
    }
  }

  private func details(_ check: Check) -> String {
    guard case .success(let findings) = check.result else { return "" }
    let rows = findings.judgements.map { "| \($0.cells.map(Self.escaped).joined(separator: " | ")) |\n" }
    let remarks = findings.limits.map { "- limit \($0.sentence)\($0.holds ? "" : ": **broken**")" }
      + findings.remarks.map { "- \(Self.escaped($0))" }
    let summary = "\(Self.escaped(check.cell)): \(findings.judgements.count) figures, \(check.seeds)"
    return "<details><summary>\(summary)</summary>\n\n"
      + "| figure | baseline | now | change | 99 % interval | tolerance | |\n|---|---:|---:|---:|---:|---:|---|\n"
      + rows.joined() + (remarks.isEmpty ? "" : "\n" + remarks.joined(separator: "\n") + "\n") + "\n</details>\n\n"
  }

  /// Names come from files: none may end a cell or begin a tag.
  private static func escaped(_ text: String) -> String {
    shortened(text, to: 1_000).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("|", with: "\\|")
  }
}
