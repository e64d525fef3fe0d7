import Compression
import Foundation

/// Reads an input in segments of bounded size, each byte once.
struct InputReader {
  /// The most bytes that are held and measured together. A measurement keeps about four times as much: the
  /// content, its compressed form, the output and fresh output.
  static let segmentBytes = 64 << 20

  private let input: Input
  private let limit: Int
  private var nextFile = 0
  private var open: (file: FileHandle, path: String, remaining: Int64)?
  private var generator: SyntheticStream?
  private var remaining: Int64
  /// Files that gave less than they promised, with the reason.
  private(set) var problems: [InputProblem] = []

  init(_ input: Input, segmentBytes limit: Int = segmentBytes) {
    self.input = input
    self.limit = limit
    remaining = input.byteCount
    if case .generated(let data, let seed) = input.source {
      generator = SyntheticStream(data, seed: seed)
    }
  }

  /// The next segment; empty when there is nothing more. Arrays of numbers begin a segment with every file,
  /// because filters count from the segment's first byte; other files follow each other without a gap.
  mutating func next() -> [UInt8] {
    if generator != nil { return nextGenerated() }
    var segment: [UInt8] = []
    while segment.count < limit {
      guard let data = readSome(limit - segment.count) else {
        guard openNextFile() else { break }
        continue
      }
      segment += data
      if open == nil, input.kind.elementSize != nil { break }
    }
    return segment
  }

  private mutating func nextGenerated() -> [UInt8] {
    let count = Int(min(Int64(limit), remaining))
    remaining -= Int64(count)
    return generator?.next(count) ?? []
  }

  /// Some bytes of the open file, or `nil` when none is open.
  private mutating func readSome(_ most: Int) -> Data? {
    guard let (file, path, left) = open else { return nil }
    do {
      let data = try file.read(upToCount: Int(min(Int64(most), left))) ?? Data()
      if data.isEmpty {
        close(path, "became \(left) bytes shorter while it was read; the rest was measured")
      } else if Int64(data.count) == left {
        close(path, nil)
      } else {
        open = (file, path, left - Int64(data.count))
      }
      return data
    } catch {
      close(path, reason(for: error))
      return Data()
    }
  }

  private mutating func close(_ path: String, _ reason: String?) {
    try? open?.file.close()
    open = nil
    if let reason { problems.append(InputProblem(path: path, reason: reason)) }
  }

  /// Opens the next file that can be opened; `false` when there is none.
  private mutating func openNextFile() -> Bool {
    guard case .files(let files) = input.source else { return false }
    while nextFile < files.count {
      let entry = files[nextFile]
      nextFile += 1
      do {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: entry.path))
        open = (file, entry.path, entry.byteCount)
        return true
      } catch {
        problems.append(
          InputProblem(path: entry.path, reason: "vanished before it was read: \(reason(for: error))"))
      }
    }
    return false
  }
}
