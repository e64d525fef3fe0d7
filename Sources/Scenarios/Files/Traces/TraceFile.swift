import FailoverSim
import Foundation

/// What a trace file holds.
public enum ImportedTrace: Sendable, Hashable {
  /// When one seat was up and down.
  case timeline(InterruptionTrace)
  /// How long many instances lived, without saying when.
  case lifetimes(SurvivalCurve)
}

/// Which part of a trace of many nodes becomes the seat's life.
public enum FollowedSeat: Sendable, Hashable {
  /// The seat of the first node of the file; where the file only counts nodes, up while there is at least
  /// one.
  case firstNode
  /// The seat that begins with the node of this name.
  case node(String)
  /// Up while at least this many nodes are; at least 1.
  case atLeast(Int)
}

/// Reads files of recorded interruptions. The format is recognised by content, not by name:
///
/// | format | a line or tick | from |
/// |---|---|---|
/// | node events | `milliseconds,add\|remove,node` | Bamboo (Thorpe et al., NSDI 2023) |
/// | node counts | `YYYY-MM-DD, HH:MM:SS, N` | Bamboo |
/// | SkyPilot JSON | `{"metadata": {"gap_seconds": G}, "data": [N, …]}` | skypilot-org/spot-traces |
/// | lifetimes | CSV with columns `lifetime_seconds` and `ended_by` (`preempted`, `stop`) | GCP study, 2019 |
public enum TraceFile {
  /// The largest file that is read. The largest published trace is under 1 MiB.
  public static let maximumBytes = 64 << 20

  /// The most seconds a trace may span, some 292 years: their nanoseconds fit in 64 bits with a second to
  /// spare.
  static let maximumSeconds: Int64 = Int64.max / 1_000_000_000 - 1

  /// Reads a regular file from disk.
  ///
  /// - Throws: `TraceError` when the file cannot be read, is not a regular file, is larger than
  ///   `maximumBytes`, or is not a trace from which the seat can be followed.
  public static func read(
    path: String, follow: FollowedSeat = .firstNode
  ) throws(TraceError) -> ImportedTrace {
    try parse(try contents(path), file: path, follow: follow)
  }

  /// Reads a trace that is in memory already.
  ///
  /// - Parameter file: what messages and reports call it.
  public static func parse(
    _ bytes: [UInt8], file: String, follow: FollowedSeat = .firstNode
  ) throws(TraceError) -> ImportedTrace {
    if case .atLeast(let count) = follow, count < 1 {
      throw TraceError(file: file, message: "expected at least 1 node to be followed, found \(count)")
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
    try checkText(bytes, file: file)
    switch try format(of: bytes, file: file) {
    case .nodeEvents: return .timeline(try NodeEvents(bytes, file: file).trace(following: follow))
    case .nodeCounts: return .timeline(try nodeCountTrace(bytes, file: file, following: follow))
    case .skyPilot: return .timeline(try skyPilotTrace(bytes, file: file, following: follow))
    case .lifetimes: return .lifetimes(try lifetimesCurve(bytes, file: file, following: follow))
    }
  }

  private enum Format { case nodeEvents, nodeCounts, skyPilot, lifetimes }

  /// Decides by the first character or line, leniently: a slip in the first line should be reported as what
  /// it is and not as an unknown format.
  private static func format(of bytes: [UInt8], file: String) throws(TraceError) -> Format {
    let blanks = Set(" \t\r\n".utf8)
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }) else {
      throw TraceError(file: file, line: 1, column: 1, message: "expected a trace, found an empty file")
    }
    if bytes[start] == UInt8(ascii: "{") { return .skyPilot }
    var lines = TraceLines(file: file, bytes: bytes)
    guard let line = try lines.next() else { return .nodeEvents }
    let texts = line.fields.map(\.text)
    if texts.contains("lifetime_seconds") || texts.contains("ended_by") { return .lifetimes }
    if texts.contains("add") || texts.contains("remove") { return .nodeEvents }
    let first = texts[0].utf8
    if first.dropFirst(4).first == UInt8(ascii: "-"), traceDigits(first.prefix(4)) != nil {
      return .nodeCounts
    }
    if Int64(texts[0]) != nil, texts.count > 1 { return .nodeEvents }
    throw line.error(
      "expected a trace: \"milliseconds,add|remove,node\" or \"YYYY-MM-DD, HH:MM:SS, count\" lines, JSON "
        + "with \"metadata\" and \"data\", or CSV with the columns lifetime_seconds and ended_by; found "
        + traceQuote(line.fields.map(\.text).joined(separator: ",")))
  }

  /// Refuses what is not text, telling the first place that shows it.
  private static func checkText(_ bytes: [UInt8], file: String) throws(TraceError) {
    let isText = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    if isText { return }
    var line = 1
    var column = 1
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\0" || scalar == "\u{FFFD}" { break }
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    throw TraceError(
      file: file, line: line, column: column, message: "expected text in UTF-8, found other bytes")
  }
}

extension TraceFile {
  private static func contents(_ path: String) throws(TraceError) -> [UInt8] {
    func refusal(_ message: String) -> TraceError { TraceError(file: path, message: message) }
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else {
      throw refusal("there is no such file, or it cannot be reached")
    }
    // Asked before opening: opening a pipe would wait for its writer.
    let type = attributes[.type] as? FileAttributeType
    guard type == .typeRegular else {
      let found = type == .typeDirectory ? "a directory" : "a special file"
      throw refusal("expected a regular file, found \(found)")
    }
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      var bytes: [UInt8] = []
      // The size is measured by reading, since a file may grow after it was asked for.
      while bytes.count <= maximumBytes, let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
        bytes += data
      }
      guard bytes.count <= maximumBytes else {
        throw refusal("expected at most \(maximumBytes >> 20) MiB, found a larger file")
      }
      return bytes
    } catch let error as TraceError {
      throw error
    } catch {
      throw refusal("the file cannot be read: \(error.localizedDescription)")
    }
  }
}
