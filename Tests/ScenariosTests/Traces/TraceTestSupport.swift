import FailoverSim
import Foundation
import Scenarios
import Testing

typealias TraceUpRun = InterruptionTrace.UpRun

/// The trace in a text, or a failed test.
func traceTimeline(_ text: String, follow: FollowedSeat = .firstNode) throws -> InterruptionTrace {
  let imported = try TraceFile.parse(Array(text.utf8), file: "trace", follow: follow)
  guard case .timeline(let trace) = imported else { throw TraceTestFailure("expected a timeline") }
  return trace
}

/// The message with which a text is refused; empty when it is not.
func traceRefusal(_ bytes: [UInt8], follow: FollowedSeat = .firstNode) -> String {
  do {
    _ = try TraceFile.parse(bytes, file: "trace", follow: follow)
    return ""
  } catch {
    return error.description
  }
}

func traceRefusal(_ text: String, follow: FollowedSeat = .firstNode) -> String {
  traceRefusal(Array(text.utf8), follow: follow)
}

struct TraceTestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The recorded traces next to the package; they belong to others and are no part of it.
enum RecordedTraces {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("../shared/traces").standardizedFileURL

  static let areThere = FileManager.default.fileExists(atPath: folder.path)
  static let missing: Comment = "the recorded traces are not there: \(folder.path)"

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func lines(_ name: String) throws -> [String] {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      .split(whereSeparator: \.isNewline).map(String.init)
  }

  static func timeline(_ name: String, follow: FollowedSeat = .firstNode) throws -> InterruptionTrace {
    guard case .timeline(let trace) = try TraceFile.read(path: path(name), follow: follow) else {
      throw TraceTestFailure("expected a timeline in \(name)")
    }
    return trace
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014), and what one does to a text with it.
struct TraceMutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  private static let tokens = [
    "-", "0", "-1", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1e308", "1e999",
    ".", "..", ",", ",,", "\n", "\r\n", "\n\n", "\"", "add", "remove", "stop", "node1", "null", "true", "[",
    "]", "{", "}", "[[[[[[[[", " ", "\t", "\0", "é", "\u{FEFF}", "*a", "&a ", "0x1p3", "NaN", "00",
    "24:00:00", "2021-02-29", "0000-01-01", String(repeating: "9", count: 400),
  ].map { Array($0.utf8) }

  /// One to four small injuries of the text.
  mutating func mutated(_ text: [UInt8]) -> [UInt8] {
    var bytes = text
    for _ in 0...below(4) {
      let place = below(bytes.count + 1)
      let end = min(bytes.count, place + 1 + below(12))
      switch below(6) {
      case 0: bytes.replaceSubrange(place..<end, with: [])
      case 1: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: place)
      case 2: bytes.replaceSubrange(place..<end, with: Self.tokens[below(Self.tokens.count)])
      case 3 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: next())
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count + 1))
      default: bytes.removeLast(min(bytes.count, below(30)))
      }
    }
    return bytes
  }
}
