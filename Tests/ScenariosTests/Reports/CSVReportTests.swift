import Failover
import Foundation
import Testing

@testable import Scenarios

struct CSVReportTests {
  @Test func `every event is a row with exactly its fields`() throws {
    for run in try Fixture.runs() {
      let rows = try rows(of: CSVReport.render(run))
      let header = try #require(rows.first)
      #expect(rows.count == run.events.count + 1)
      for (row, event) in zip(rows.dropFirst(), run.events) {
        guard row.count == header.count else {
          Issue.record("\(row.count) cells under \(header.count) headers")
          return
        }
        var cells: [String: String] = [:]
        for (name, cell) in zip(header, row) where !cell.isEmpty { cells[name] = cell }
        var expected = [
          "t_s": number(event.time.wholeNanoseconds, -9), "lane": "\(event.lane)", "kind": event.kind.name,
        ]
        for field in event.kind.fields { expected.merge(cell(of: field)) { $1 } }
        #expect(cells == expected)
      }
    }
  }

  @Test func `the columns are the same for every run`() throws {
    let headers = try Fixture.runs().map { CSVReport.render($0).prefix { $0 != "\n" } }
    #expect(Set(headers).count == 1)
    #expect(headers.first?.hasPrefix("t_s,lane,kind,instance,") == true)
    for name in ["bytesSent_bytes", "unsynced_bytes", "duration_s", "price_usd_per_hour"] {
      #expect(headers.first?.split(separator: ",").contains(Substring(name)) == true)
    }
  }

  private func cell(of field: EventField) -> [String: String] {
    switch field.value {
    case .text(let text): text.isEmpty ? [:] : [field.name: text]
    case .integer(let value): [field.name: "\(value)"]
    case .duration(let duration): [field.name + "_s": number(duration.wholeNanoseconds, -9)]
    case .bytes(let count): [field.name + "_bytes": "\(count.bytes)"]
    case .price(let price): [field.name + "_usd_per_hour": number(price.perHour.nanodollars, -9)]
    case .flag(let flag): [field.name: flag ? "true" : "false"]
    }
  }

  private func number(_ value: Int64, _ exponent: Int) -> String {
    Decimal(sign: .plus, exponent: exponent, significand: Decimal(value)).description
  }

  private struct Malformed: Error {
    var offset: Int
  }

  /// RFC 4180, read byte by byte: its grammar and nothing else, except that a line feed alone ends a line.
  private func rows(of text: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    func end() {
      row.append(String(decoding: cell, as: UTF8.self))
      cell = []
      wasQuoted = false
    }
    for (offset, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "\"") where isQuoted: (isQuoted, wasQuoted) = (false, true)
      case _ where isQuoted: cell.append(byte)
      case UInt8(ascii: "\"") where wasQuoted:
        cell.append(byte)
        isQuoted = true
      case UInt8(ascii: "\"") where cell.isEmpty: isQuoted = true
      case UInt8(ascii: ","): end()
      case UInt8(ascii: "\n"):
        end()
        rows.append(row)
        row = []
      case UInt8(ascii: "\""), UInt8(ascii: "\r"): throw Malformed(offset: offset)
      case _ where wasQuoted: throw Malformed(offset: offset)
      default: cell.append(byte)
      }
    }
    guard !isQuoted, row.isEmpty, cell.isEmpty else { throw Malformed(offset: text.utf8.count) }
    return rows
  }
}
