import Failover
import Foundation

/// The text of a journal: `failoversim-journal 1`, then one entry a line, as a checksum of 8 hexadecimal digits, a
/// space, and JSON with its keys in order. Lines end with a line feed.
enum JournalLine {
  static let heading = "failoversim-journal 1\n"

  /// The line of an entry, with its end.
  static func text(of entry: JournalEntry) throws(JournalError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let json = [UInt8](try encoder.encode(entry))
      return Array(checksum(of: json).utf8) + [space] + json + [end]
    } catch {
      throw JournalError("an entry cannot be written as JSON: \(error)")
    }
  }

  /// - Parameter line: without its end.
  /// - Returns: `nil` when the line is not what was written.
  static func entry(in line: ArraySlice<UInt8>) -> JournalEntry? {
    guard line.count > 9, line[line.startIndex + 8] == space else { return nil }
    let json = Array(line[(line.startIndex + 9)...])
    guard Array(line.prefix(8)) == Array(checksum(of: json).utf8) else { return nil }
    return try? JSONDecoder().decode(JournalEntry.self, from: Data(json))
  }

  /// What a file holds.
  struct Contents: Sendable {
    var entries: [JournalEntry] = []
    /// How many bytes are whole; those after them were being written when the process or the machine stopped.
    var whole = 0
  }

  /// - Throws: `JournalError` with the number of a line that is damaged, or of another version.
  static func read(_ bytes: [UInt8], file: String) throws(JournalError) -> Contents {
    let heading = Array(heading.utf8)
    guard bytes.starts(with: heading) else {
      // A file that was being made is a beginning of the heading.
      if heading.starts(with: bytes) { return Contents() }
      throw JournalError("\(file) is no journal of version 1: name another file, or move this one away")
    }
    var contents = Contents(whole: heading.count)
    var number = 1
    while contents.whole < bytes.count {
      number += 1
      let rest = bytes[contents.whole...]
      guard let end = rest.firstIndex(of: end) else { return contents }
      guard let entry = entry(in: rest[..<end]) else {
        if end == bytes.count - 1 { return contents }
        throw JournalError(
          """
          \(file), line \(number) is damaged: a disk or a program has changed it since it was written. Nothing after \
          it can be trusted. List what the providers have under this run's labels, give back what is not needed, and \
          move the file away
          """)
      }
      contents.entries.append(entry)
      contents.whole = end + 1
    }
    return contents
  }

  private static let space = UInt8(ascii: " ")
  private static let end = UInt8(ascii: "\n")

  /// CRC-32 as in Ethernet, gzip and PNG (ISO 3309: reflected, polynomial 0xEDB88320), in 8 hexadecimal digits.
  static func checksum(of bytes: [UInt8]) -> String {
    var remainder = UInt32.max
    for byte in bytes { remainder = remainder >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] }
    let digits = String(~remainder, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Of each byte alone.
  private static let remainders: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
    }
  }
}
