import Compression
import Foundation

/// The two figures the original project took for granted, put to the test on the user's data.
public struct Claims: Sendable {
  public struct Verdict: Hashable, Sendable, Codable {
    public var claim: String
    public var input: String
    public var kind: DataKind
    public var synthetic: Bool
    public var holds: Bool
    public var figures: String
  }

  /// What has to be measured to answer them, on top of the memory and thread settings of `plan`.
  public static func plan(basedOn plan: BenchmarkPlan) throws(MethodNameError) -> BenchmarkPlan {
    var plan = plan
    plan.codecs = [.lz4(acceleration: 1)]
    plan.filters = [try .init("none"), try .init("bitshuffle")]
    return plan
  }

  /// The answers, from a report that contains those rows.
  public static func verdicts(_ report: BenchmarkReport) -> [Verdict] {
    report.rows.filter { $0.codec == "lz4:1" }.map { row in
      func verdict(_ claim: String, _ holds: Bool, _ figures: String) -> Verdict {
        Verdict(
          claim: claim, input: row.input, kind: row.kind, synthetic: row.synthetic, holds: holds,
          figures: figures)
      }
      let setting = "\(Format.chunk(row.chunkBytes)) chunks, \(row.threads) thread(s)"
      if row.filter == "none" {
        let stored = row.stored ? "; the data did not shrink, so this is a copy, not decompression" : ""
        return verdict(
          "LZ4 decompresses at 4 GB/s", row.decompress.median >= 4_000 && !row.stored,
          "\(gigabytes(row.decompress.median)) GB/s into warm pages (fastest "
            + "\(gigabytes(row.decompress.fastest))), \(gigabytes(row.decompressFresh)) into fresh ones, "
            + "ratio \(Format.fixed(row.ratio, 2)), \(setting)\(stored)")
      }
      let plain = report.rows.first {
        $0.codec == "lz4:1" && $0.filter == "none" && $0.input == row.input
          && $0.chunkBytes == row.chunkBytes && $0.threads == row.threads
      }
      let beside = plain.map { ", \(Format.fixed($0.ratio, 2)) without the filter" } ?? ""
      return verdict(
        "LZ4 + bitshuffle reduces 4x", row.ratio >= 4,
        "\(Format.fixed(row.ratio, 2))x with \(row.filter)\(beside), \(setting)")
    }
  }

  /// The answers in any of the formats.
  static func rendered(_ report: BenchmarkReport, as format: ReportFormat) throws -> String {
    let verdicts = verdicts(report)
    switch format {
    case .text: return text(verdicts)
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let answers = Answers(machine: report.machine, libraries: report.libraries, verdicts: verdicts)
      return String(decoding: try encoder.encode(answers), as: UTF8.self) + "\n"
    case .csv:
      let lines = verdicts.map { cells($0).map(csvField).joined(separator: ",") }
      return (["claim,input,kind,holds,figures"] + lines).joined(separator: "\n") + "\n"
    case .markdown:
      let titles = ["claim", "input", "kind", "holds", "figures"]
      let table = Table(
        columns: titles.map { .init(title: $0, isNumber: false) }, rows: verdicts.map(cells))
      return table.markdown() + "\n"
    }
  }

  private struct Answers: Codable {
    var schemaVersion = 1
    var machine: MachineDescription
    var libraries: LibraryVersions
    var verdicts: [Verdict]
  }

  private static func cells(_ verdict: Verdict) -> [String] {
    [
      verdict.claim, verdict.input, verdict.kind.rawValue, verdict.holds ? "holds" : "does not hold",
      verdict.figures,
    ]
  }

  static func text(_ verdicts: [Verdict]) -> String {
    var lines: [String] = []
    for claim in ["LZ4 decompresses at 4 GB/s", "LZ4 + bitshuffle reduces 4x"] {
      lines.append("\"\(claim)\"")
      for verdict in verdicts where verdict.claim == claim {
        let label = verdict.synthetic ? "\(verdict.kind.rawValue), synthetic" : verdict.kind.rawValue
        lines.append(
          "  \(verdict.holds ? "holds         " : "does not hold ") \(Format.left(label, 24)) "
            + "\(verdict.input): \(verdict.figures)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func gigabytes(_ megabytes: Double) -> String { Format.fixed(megabytes / 1_000, 2) }
}
