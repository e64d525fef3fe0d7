import Failover

/// The formats of a check.
public enum CheckFormat: String, Sendable, CaseIterable {
  case text, markdown, junit, json, html
}

/// What the checks of some baselines showed, as people and programs read it.
public struct CheckReport {
  let checks: [Check]
  let style: Style

  public init(_ checks: [Check], style: Style = .plain) {
    self.checks = checks
    self.style = style
  }

  /// The worst of all: a regression before what cannot be compared, that before an improvement.
  public var status: Check.Status { checks.map(\.status).max() ?? .fine }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: CheckFormat) throws -> String {
    switch format {
    case .text: text
    case .markdown: markdown
    case .junit: junit
    case .json: try CheckDocument(self).json.document()
    case .html: try HTMLReport.render(CheckDocument(self).json)
    }
  }

  /// All in one sentence.
  var verdict: String {
    let counts = Check.Status.allCases.reversed().compactMap { status -> String? in
      let number = checks.count { $0.status == status }
      return number == 0 ? nil : "\(number) \(status.name)"
    }
    return counts.isEmpty ? "nothing was checked" : counts.joined(separator: ", ")
  }

  /// The command that makes the improvements the new baselines; `nil` when nothing got better, or something got worse.
  var updateCommand: String? {
    let improved = checks.filter { $0.status == .improved }.map(\.path)
    return improved.isEmpty || status == .regressed
      ? nil : "simulate-failover baseline update \(improved.map(Self.shellWord).joined(separator: " "))"
  }

  /// A path as a shell reads it as one word.
  private static func shellWord(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      byte >= 0x80 || "/._-+=:,@%".utf8.contains(byte) || isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
    return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
  }

  // MARK: Text

  private var text: String {
    var lines = checks.flatMap(lines)
    lines.append(style(verdict, status.tone))
    if let updateCommand { lines.append("to keep what got better: \(updateCommand)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ check: Check) -> [String] {
    let heading = "\(style(check.cell, .strong))  \(style(check.status.name, check.status.tone))"
    switch check.result {
    case .failure(let reason): return [heading, "  \(reason)", ""]
    case .success(let findings):
      var table = TextTable([
        ("", .left), ("baseline", .right), ("now", .right), ("change", .right), ("99 % interval", .right),
        ("tolerance", .right), ("", .left),
      ])
      for judgement in findings.judgements where judgement.verdict != .noChange {
        table.add(judgement.cells, tone: judgement.verdict.tone, in: 6)
      }
      let unchanged = findings.judgements.count { $0.verdict == .noChange }
      let shown = findings.judgements.count - unchanged
      return [heading + style("  \(check.seeds) · \(check.path)", .faint)] + (shown > 0 ? table.lines(style) : [])
        + ["  \(unchanged) of \(findings.judgements.count) figures: no change"]
        + findings.limits.filter { !$0.holds }.map { "  \(style("limit broken", .bad)): \($0.sentence)" }
        + findings.remarks.map { "  \($0)" } + [""]
    }
  }
}

extension Check.Status {
  var name: String {
    switch self {
    case .fine: "fine"
    case .improved: "improved"
    case .notComparable: "not comparable"
    case .regressed: "regressed"
    }
  }

  fileprivate var tone: Style.Tone {
    switch self {
    case .fine, .improved: .good
    case .notComparable: .warning
    case .regressed: .bad
    }
  }
}

extension Verdict {
  fileprivate var tone: Style.Tone? {
    switch self {
    case .regressed: .bad
    case .improved: .good
    case .noChange: nil
    case .inconclusive: .warning
    }
  }

  /// With how many more seeds would tell.
  var sentence: String {
    switch self {
    case .inconclusive(let more?): "inconclusive, needs about \(more) more seed\(more == 1 ? "" : "s")"
    case .inconclusive(nil): "inconclusive, and no reasonable number of seeds would tell"
    default: name
    }
  }
}

extension Judgement {
  /// Name, baseline, now, change, interval, tolerance, verdict.
  var cells: [String] {
    [name, before.map(text) ?? "–", after.map(text) ?? "–", change, interval, text(tolerance), verdict.sentence]
  }

  var change: String {
    // Nobody gets that far any more, or somebody does at last.
    guard let before, let after else { return after == nil ? "gone" : "new" }
    return Steps.change(after - before, unit)
  }

  private var interval: String {
    guard let difference else { return "–" }
    guard let low = difference.low, let high = difference.high else { return "exact" }
    return "\(Steps.change(Int64(low.rounded()), unit)) to \(Steps.change(Int64(high.rounded()), unit))"
  }

  private func text(_ steps: Int64) -> String { Steps.text(steps, unit) }
}

extension Check.JudgedLimit {
  /// What is demanded and what is there.
  var sentence: String { "\(text), and it is \(value ?? "missing: nothing had a value")" }
}

extension Check.Findings {
  /// Where it changed, and what else one should know.
  var remarks: [String] {
    let isDifferent = judgements.contains { $0.verdict != .noChange }
    return (isDifferent ? whereItChanged.map { ["where: \($0)"] } ?? [] : [])
      + strategyChanges.prefix(20).map { "note: the strategy changed: \($0)" }
      + (strategyChanges.count > 20 ? ["note: and \(strategyChanges.count - 20) more settings of the strategy"] : [])
      + notes.map { "note: \($0)" }
  }
}
