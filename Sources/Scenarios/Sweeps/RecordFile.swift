import Foundation
import Synchronization

/// A record of finished work cannot be used.
public struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  /// Whether the file is one that must not be touched, and not merely one that cannot be written.
  public let isForeign: Bool
}

/// Finished work in a file, a line each, so that it can be taken up again wherever it was cut off.
///
/// The first line says of what. A line is written at once and in one piece; a last line without its end, left by a
/// program that was killed, is ignored and overwritten. While one program writes to a record, others are refused.
final class RecordFile<Entry: Codable & Sendable>: Sendable {
  /// The entries that were there.
  let entries: [Entry]
  private let path: String
  private let descriptor: Mutex<Int32>

  /// Opens the record at `path`, or begins one.
  ///
  /// - Parameter isValid: whether an entry can be of this work.
  /// - Throws: `RecordError` when the file is the record of other work or something else altogether, is being written to
  ///   by another program, or cannot be opened.
  init(path: String, _ header: RecordHeader, isValid: (Entry) -> Bool) throws {
    self.path = path
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure(path) }
    do {
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        throw RecordError(description: "\(path): another program is writing to this record", isForeign: true)
      }
      let (entries, length) = try Self.entries(Self.content(file, path), header, path, isValid)
      self.entries = entries
      guard ftruncate(file, off_t(length)) == 0, lseek(file, 0, SEEK_END) >= 0 else { throw Self.failure(path) }
      if length == 0 { try Self.write(Self.encoded(header), to: file, path) }
    } catch {
      close(file)
      throw error
    }
    descriptor = Mutex(file)
  }

  deinit { _ = descriptor.withLock { close($0) } }

  /// Keeps an entry.
  ///
  /// - Throws: `RecordError` when it cannot be written.
  func append(_ entry: Entry) throws {
    let line = try Self.encoded(entry)
    try descriptor.withLock { try Self.write(line, to: $0, path) }
  }

  private static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + [UInt8(ascii: "\n")]
  }

  private static func content(_ file: Int32, _ path: String) throws(RecordError) -> Data {
    do {
      return try FileHandle(fileDescriptor: file, closeOnDealloc: false).readToEnd() ?? Data()
    } catch {
      throw RecordError(description: "\(path): cannot be read: \(error.localizedDescription)", isForeign: true)
    }
  }

  /// - Returns: what the whole lines say, and how many bytes those take.
  private static func entries(
    _ content: Data, _ header: RecordHeader, _ path: String, _ isValid: (Entry) -> Bool
  ) throws -> ([Entry], length: Int) {
    func foreign(_ what: String) -> RecordError { RecordError(description: "\(path): \(what)", isForeign: true) }
    let expected = try encoded(header)
    guard let end = content.lastIndex(of: UInt8(ascii: "\n")) else {
      // Nothing, or a first line that was cut off.
      guard expected.starts(with: content) else {
        throw foreign("this is no record of a \(header.work); name another file")
      }
      return ([], 0)
    }
    let lines = content[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let decoder = JSONDecoder()
    guard let first = lines.first, let found = try? decoder.decode(RecordHeader.self, from: first) else {
      throw foreign("this is no record of a \(header.work); name another file")
    }
    guard Data(first) == expected.dropLast() else {
      throw foreign(
        "this is the record of another \(found.work), of \(quoted(found.scenario)) with \(found.cells) cells: the "
          + "scenario, an option or the program has changed since; name another file, or remove this one to begin again")
    }
    let entries = try lines.enumerated().dropFirst().map { index, line in
      guard let entry = try? decoder.decode(Entry.self, from: line), isValid(entry) else {
        throw foreign("line \(index + 1) of this record is damaged; remove it to play its cell again")
      }
      return entry
    }
    return (entries, end + 1 - content.startIndex)
  }

  private static func write(_ data: Data, to file: Int32, _ path: String) throws(RecordError) {
    do {
      try FileHandle(fileDescriptor: file, closeOnDealloc: false).write(contentsOf: data)
    } catch {
      throw failure(path)
    }
  }

  private static func failure(_ path: String) -> RecordError {
    RecordError(description: "\(path): \(String(cString: strerror(errno)))", isForeign: false)
  }
}

/// The first line of a record: of which work it is.
struct RecordHeader: Codable, Hashable, Sendable {
  /// The version of a sweep's format; `nil` in the record of a tuning.
  var sweepRecord: Int?
  /// The version of a tuning's format; `nil` in the record of a sweep.
  var tuningRecord: Int?
  var scenario: String
  /// `Sweep.identity(version:)`.
  var sweep: String
  var cells: Int

  static func sweep(_ sweep: Sweep, version: String) throws -> RecordHeader {
    RecordHeader(
      sweepRecord: 1, scenario: sweep.base.scenario.name, sweep: try sweep.identity(version: version),
      cells: sweep.cells.count)
  }

  static func tuning(_ sweep: Sweep, version: String) throws -> RecordHeader {
    RecordHeader(
      tuningRecord: 1, scenario: sweep.base.scenario.name, sweep: try sweep.identity(version: version),
      cells: sweep.cells.count)
  }

  /// For messages.
  var work: String { tuningRecord == nil ? "sweep" : "tuning" }
}
