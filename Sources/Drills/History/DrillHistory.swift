import Foundation
import Scenarios
import SystemPackage

/// The drills that have been played, in a file with a line of JSON for each.
public struct DrillHistory: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Adds a drill. The line is written in one piece, so that two programs can write to one file.
  ///
  /// - Throws: `OutputError`.
  public func append(_ record: DrillRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.append, .create],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(line) }
    } catch {
      throw OutputError(description: "the history cannot be written: \(path): \(error)")
    }
  }

  /// Every drill, the oldest first. A last line that a crash has cut short is passed over.
  ///
  /// - Throws: `InvalidFile` with the number of the line that is none.
  public func records() throws(InvalidFile) -> [DrillRecord] {
    let text = try FileText(contentsOf: path, limit: Self.limit).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var records: [DrillRecord] = []
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      do {
        let record = try JSONDecoder().decode(DrillRecord.self, from: Data(line.utf8))
        guard record.schemaVersion == DrillRecord.schemaVersion else {
          throw UnknownVersion(version: record.schemaVersion)
        }
        records.append(record)
      } catch {
        // What a whole line ends with is missing.
        if index == lines.count - 1 { break }
        let reason = (error as? UnknownVersion)?.description ?? "not the record of a drill"
        throw InvalidFile(Problem(reason, at: .position(file: path, line: index + 1, column: 1)))
      }
    }
    return records
  }

  /// In bytes: some hundred thousand drills.
  private static let limit = 64 << 20

  private struct UnknownVersion: Error, CustomStringConvertible {
    var version: Int
    var description: String {
      "this program reads version \(DrillRecord.schemaVersion) of the format, and this is version \(version)"
    }
  }
}
