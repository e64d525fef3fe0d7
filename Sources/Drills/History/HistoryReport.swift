import Failover
import Foundation
import Scenarios

/// The drills that have been played, as people and programs read them.
public struct HistoryReport: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case text, json
  }

  /// The oldest first.
  public var records: [DrillRecord]

  public init(_ records: [DrillRecord]) { self.records = records }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: Format, style: Style = .plain) throws -> String {
    switch format {
    case .text: text(style)
    case .json: try JSONValue.array(records.map(\.json)).document()
    }
  }

  private func text(_ style: Style) -> String {
    guard !records.isEmpty else { return "no drill has been played\n" }
    var drills = TextTable([
      ("ended (UTC)", .left), ("scenario", .left), ("where", .left), ("detected (s)", .right),
      ("standby serves (s)", .right), ("GPU serves (s)", .right), ("lost writes", .right), ("oldest (s)", .right),
      ("cost ($)", .right), ("outcome", .left),
    ])
    for record in records {
      let seconds = [record.detection, record.degradedService, record.fullService].map(Self.seconds)
      drills.add(
        [Self.date(record.endedAt), record.scenario, record.place.rawValue] + seconds + [
          record.lostWrites.map { "\($0)" } ?? "-", Self.seconds(record.lostAge),
          record.cost.map { fixedDecimals($0, per: 1_000_000, decimals: 4) } ?? "-", record.failure ?? "recovered",
        ], tone: record.failure == nil ? .good : .bad, in: 9)
    }
    var medians = TextTable([
      ("scenario", .left), ("where", .left), ("drills", .right), ("failed", .right), ("detected p50 (s)", .right),
      ("standby serves p50 (s)", .right), ("GPU serves p50 (s)", .right), ("last against p50 (s)", .right),
    ])
    for group in groups { medians.add(group.cells) }
    let lines = [style("Drills", .heading)] + drills.lines(style) + ["", style("By scenario", .heading)]
      + medians.lines(style)
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Group {
    var records: [DrillRecord]

    var cells: [String] {
      let detected = records.compactMap(\.detection).map(Double.init)
      let degraded = records.compactMap(\.degradedService).map(Double.init)
      let full = records.compactMap(\.fullService).map(Double.init)
      let change = full.last.map { Int64($0 - full.median) }
      return [
        records[0].scenario, records[0].place.rawValue, "\(records.count)", "\(records.count { $0.failure != nil })",
      ] + [detected, degraded, full].map { $0.isEmpty ? "-" : HistoryReport.seconds(Int64($0.median)) }
        + [change.map { ($0 > 0 ? "+" : "") + HistoryReport.seconds($0) } ?? "-"]
    }
  }

  /// In the order in which each was played first.
  private var groups: [Group] {
    var groups: [Group] = []
    for record in records {
      if let index = groups.firstIndex(where: {
        $0.records[0].scenario == record.scenario && $0.records[0].place == record.place
      }) {
        groups[index].records.append(record)
      } else {
        groups.append(Group(records: [record]))
      }
    }
    return groups
  }

  private static func seconds(_ milliseconds: Int64?) -> String {
    milliseconds.map { fixedDecimals($0, per: 1000, decimals: 2) } ?? "-"
  }

  /// A time in seconds since 1970 as day and time of day.
  private static func date(_ seconds: Int64) -> String {
    let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(includingFractionalSeconds: false)
    return Date(timeIntervalSince1970: Double(seconds)).formatted(style)
  }
}
