import Failover

/// The documents' claims beside what was simulated: as text, as a Markdown table, and for programs.
public struct ClaimsSection: Sendable {
  let verdicts: [ClaimVerdict]
  let style: Style

  /// - Parameter verdicts: those of a scenario one after the other, as `Claim.verdicts(for:)` gives them.
  public init(_ verdicts: [ClaimVerdict], style: Style = .plain) {
    self.verdicts = verdicts
    self.style = style
  }

  /// The widest line of reasons, in characters.
  private static let width = 120

  static let compressionNote =
    "Claims on compression (4 GB/s, 4x) are measured, not simulated: docs/compression.md."
  private static let assumedNote = "* follows from times that the scenario itself sets."
  private static let betterNote = "better: sooner or cheaper than the document says."

  public func render() -> String { lines.joined(separator: "\n") + "\n" }

  var lines: [String] {
    guard !verdicts.isEmpty else { return [] }
    var table = TextTable([
      ("document", .left), ("claim", .left), ("says", .right), ("simulated", .right), ("holds", .left),
    ])
    for verdict in verdicts {
      table.add(
        [
          verdict.claim.document.rawValue, verdict.claim.what, verdict.claim.says, verdict.markedSimulated,
          verdict.outcome.text,
        ], tone: verdict.outcome.tone, in: 4)
    }
    var rows = table.lines(style)
    let title = style("What the documents claim, and what the simulation gives", .heading)
    var lines = ["", "  " + title, rows.removeFirst()]
    for (index, row) in rows.enumerated() {
      let verdict = verdicts[index]
      if index == 0 || verdicts[index - 1].scenario != verdict.scenario { lines += heading(verdict) }
      lines.append(row)
      lines += wrapped(verdict.reasons).map { "      " + style($0, .faint) }
    }
    return lines + [""] + footnotes.map { "  " + style($0, .faint) }
  }

  private func heading(_ verdict: ClaimVerdict) -> [String] {
    let own = verdicts.filter { $0.scenario == verdict.scenario }
    let counts = ClaimVerdict.Outcome.allCases.compactMap { outcome in
      let count = own.count { $0.outcome == outcome }
      return count == 0 ? nil : "\(count) \(outcome.text)"
    }
    let size = "\(verdict.seeds) \(verdict.seeds == 1 ? "seed" : "seeds") · \(verdict.incidentText)"
    let facts = "\(size) · \(counts.joined(separator: ", "))"
    return ["", "  " + style(verdict.scenario, .strong) + "  " + style(facts, .faint)]
  }

  private var footnotes: [String] {
    (verdicts.contains { $0.isMarked } ? [Self.assumedNote] : [])
      + (verdicts.contains { $0.outcome == .better } ? [Self.betterNote] : []) + [Self.compressionNote]
  }

  /// Broken between words.
  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, 6 + line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + (line.isEmpty ? [] : [line])
  }

  /// A table for a page, with the same notes under it.
  public var markdown: String {
    let head = [
      "| scenario | document | claim | says | simulated | holds | why |", "|---|---|---|---:|---:|---|---|",
    ]
    let rows = verdicts.map { verdict in
      let cells = [
        verdict.scenario, verdict.claim.document.rawValue, verdict.claim.what, verdict.claim.says,
        verdict.markedSimulated.replacing("*", with: "\\*"),
        verdict.outcome == .doesNotHold ? "**no**" : verdict.outcome.text, verdict.reasons,
      ]
      // A scenario's name may hold what ends a cell.
      return "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }
    let notes = footnotes.map { $0.replacing("*", with: "\\*") }
    return (head + rows + [""] + [notes.joined(separator: "\n\n")]).joined(separator: "\n") + "\n"
  }

  /// An array with an object for each verdict.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func json() throws -> String { try value.document() }

  var value: JSONValue { .array(verdicts.map(\.json)) }
}

extension ClaimVerdict {
  var incidentText: String { incidents == 1 ? "1 incident" : "\(incidents) incidents" }

  /// Whether the scenario itself sets the time.
  fileprivate var isMarked: Bool { claim.isAssumed && outcome != .notSeen }

  fileprivate var markedSimulated: String { isMarked ? simulated + "*" : simulated }

  /// Why, and what a reader should know of the claim.
  fileprivate var reasons: String { claim.note.isEmpty ? why : "\(why) (\(claim.note))" }

  var json: JSONValue {
    [
      "scenario": .text(scenario),
      "seeds": .number(seeds),
      "incidents": .number(incidents),
      "document": .text(claim.document.rawValue),
      "strategy": .text(claim.subject.rawValue),
      "claim": .text(claim.what),
      "says": .text(claim.says),
      "simulated": .text(simulated),
      "outcome": .text(outcome.rawValue),
      "isAssumed": .literal("\(claim.isAssumed)"),
      "counts": counts.map { counts in
        .line([
          "sooner": .number(counts.sooner), "within": .number(counts.within), "later": .number(counts.later),
        ])
      } ?? .null,
      "why": .text(why),
      "note": claim.note.isEmpty ? .null : .text(claim.note),
    ]
  }
}

extension ClaimVerdict.Outcome {
  var tone: Style.Tone {
    switch self {
    case .holds, .better: .good
    case .doesNotHold: .warning
    case .notSeen: .faint
    }
  }
}
