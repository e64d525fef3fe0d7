import Foundation
import Synchronization

/// A sweep's record cannot be used.
public struct SweepRecordError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  /// Whether the file is one that must not be touched, and not merely one that cannot be written.
  public let isForeign: Bool
}

/// The finished cells of a sweep in a file, a line each, so that it can be taken up again wherever it was cut off.
///
/// The first line says of which sweep. A line is written at once and in one piece; a last line without its end, left by a
/// program that was killed, is ignored and overwritten. While one program writes to a record, others are refused.
public final class SweepRecord: Sendable {
  /// The results that were there, by the number of the cell.
  public let results: [Int: CellResult]
  private let path: String
  private let descriptor: Mutex<Int32>

  private struct Header: Codable, Hashable {
    var sweepRecord = 1
    var scenario: String
    var sweep: String
    var cells: Int
  }

  private struct Line: Codable {
    var cell: Int
    var result: CellResult
  }

  /// Opens the record of `sweep` at `path`, or begins one.
  ///
  /// - Parameter version: of the program.
  /// - Throws: `SweepRecordError` when the file is another sweep's record or something else altogether, is being written to
  ///   by another program, or cannot be opened; what hashing the scenario's files throws.
  public init(path: String, of sweep: Sweep, version: String) throws {
    self.path = path
    let header = try Self.encoded(
      Header(
        scenario: sweep.base.scenario.name, sweep: try sweep.identity(version: version), cells: sweep.cells.count))
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure(path) }
    do {
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        throw SweepRecordError(description: "\(path): another program is writing to this record", isForeign: true)
      }
      let (results, length) = try Self.results(Self.content(file, path), header: header, path: path, sweep)
      self.results = results
      guard ftruncate(file, off_t(length)) == 0, lseek(file, 0, SEEK_END) >= 0 else { throw Self.failure(path) }
      if length == 0 { try Self.write(header, to: file, path) }
    } catch {
      close(file)
      throw error
    }
    descriptor = Mutex(file)
  }

  deinit { _ = descriptor.withLock { close($0) } }

  /// Keeps the result of a cell.
  ///
  /// - Throws: `SweepRecordError` when it cannot be written.
  public func append(_ result: CellResult, of cell: Int) throws {
    let line = try Self.encoded(Line(cell: cell, result: result))
    try descriptor.withLock { try Self.write(line, to: $0, path) }
  }

  private static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + [UInt8(ascii: "\n")]
  }

  private static func content(_ file: Int32, _ path: String) throws(SweepRecordError) -> Data {
    do {
      return try FileHandle(fileDescriptor: file, closeOnDealloc: false).readToEnd() ?? Data()
    } catch {
      throw SweepRecordError(description: "\(path): cannot be read: \(error.localizedDescription)", isForeign: true)
    }
  }

  /// - Returns: the results of the whole lines, and how many bytes those take.
  private static func results(
    _ content: Data, header: Data, path: String, _ sweep: Sweep
  ) throws(SweepRecordError) -> ([Int: CellResult], length: Int) {
    func foreign(_ what: String) -> SweepRecordError {
      SweepRecordError(description: "\(path): \(what)", isForeign: true)
    }
    guard let end = content.lastIndex(of: UInt8(ascii: "\n")) else {
      // Nothing, or a first line that was cut off.
      guard header.starts(with: content) else { throw foreign("this is no record of a sweep; name another file") }
      return ([:], 0)
    }
    let lines = content[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let decoder = JSONDecoder()
    guard let first = lines.first, let found = try? decoder.decode(Header.self, from: first) else {
      throw foreign("this is no record of a sweep; name another file")
    }
    guard Data(first) == header.dropLast() else {
      throw foreign(
        "this is the record of another sweep, of \(quoted(found.scenario)) with \(found.cells) cells: the scenario, an "
          + "option or the program has changed since; name another file, or remove this one to begin again")
    }
    var results: [Int: CellResult] = [:]
    for (index, line) in lines.enumerated().dropFirst() {
      guard let entry = try? decoder.decode(Line.self, from: line), (1...sweep.cells.count).contains(entry.cell) else {
        throw foreign("line \(index + 1) of this record is damaged; remove it to play its cell again")
      }
      results[entry.cell] = entry.result
    }
    return (results, end + 1 - content.startIndex)
  }

  private static func write(_ data: Data, to file: Int32, _ path: String) throws(SweepRecordError) {
    do {
      try FileHandle(fileDescriptor: file, closeOnDealloc: false).write(contentsOf: data)
    } catch {
      throw failure(path)
    }
  }

  private static func failure(_ path: String) -> SweepRecordError {
    SweepRecordError(description: "\(path): \(String(cString: strerror(errno)))", isForeign: false)
  }
}
