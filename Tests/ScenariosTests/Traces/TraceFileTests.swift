import FailoverSim
import Foundation
import Scenarios
import Testing

@Suite struct TraceFileTests {
  @Test(arguments: ["", "\n", "  \r\n\t"])
  func `an empty file is said to be empty`(text: String) {
    #expect(traceRefusal(text) == "trace:1:1: error: expected a trace, found an empty file")
  }

  @Test(arguments: ["hello", "[1, 2]", "\n0,add,a", "[2020-03-01T10:11:21.000Z] Created instance", ",", "7"])
  func `an unknown format is met with the known ones`(text: String) {
    let message = "trace:1:1: error: expected a trace: \"milliseconds,add|remove,node\" or"
    #expect(traceRefusal(text).hasPrefix(message))
  }

  @Test func `binary files and broken UTF-8 are no text`() {
    let problem = "error: expected text in UTF-8, found other bytes"
    #expect(traceRefusal([0x1F, 0x8B, 0x08, 0x00]) == "trace:1:2: \(problem)")
    #expect(traceRefusal(Array("0,add,a\n6".utf8) + [0xFF]) == "trace:2:2: \(problem)")
    #expect(traceRefusal("0,add,a\n0,add,\0") == "trace:2:7: \(problem)")
  }

  @Test func `a huge line is refused before it is taken apart`() {
    let huge = "0,add,a\n0,add," + String(repeating: "x", count: 10_000_000)
    #expect(traceRefusal(huge)
      == "trace:2:1: error: expected a line of at most 4096 bytes, found a longer one")
  }

  @Test func `what is shown of a file cannot command a terminal`() {
    let message = traceRefusal("0,\u{1B}[31madd\u{202E},a\n1,add,a\n")
    #expect(message.contains("found \"\u{FFFD}[31madd\u{FFFD}\""))
  }
}

@Suite final class TraceFileOnDiskTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trace-tests-\(ProcessInfo.processInfo.globallyUniqueString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func message(_ path: String) -> String {
    do {
      _ = try TraceFile.read(path: path)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func `a file and a link to it are read`() throws {
    try Data("0,add,a\n60000,remove,a\n".utf8).write(to: URL(fileURLWithPath: path("t.csv")))
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path("t.csv"))
    for name in ["t.csv", "link"] {
      guard case .timeline(let trace) = try TraceFile.read(path: path(name)) else {
        throw TraceTestFailure("expected a timeline")
      }
      #expect(trace.interruptions == 1)
      #expect(trace.source.hasPrefix(path(name)))
    }
  }

  @Test func `what is not a regular file is refused without waiting for it`() {
    #expect(message(path("none")) == "\(path("none")): error: there is no such file, or it cannot be reached")
    #expect(message(folder.path) == "\(folder.path): error: expected a regular file, found a directory")
    #expect(message("/dev/zero") == "/dev/zero: error: expected a regular file, found a special file")
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    #expect(message(path("pipe")) == "\(path("pipe")): error: expected a regular file, found a special file")
  }

  @Test func `a file over 64 MiB is refused`() throws {
    #expect(FileManager.default.createFile(atPath: path("large"), contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: path("large")))
    try handle.truncate(atOffset: UInt64(TraceFile.maximumBytes) + 1)
    try handle.close()
    #expect(message(path("large")) == "\(path("large")): error: expected at most 64 MiB, found a larger file")
  }
}

@Suite struct TraceFuzzTests {
  @Test(arguments: [
    "0,add,node1\n0,add,node2\n60000,remove,node1\n120000,add,node3\n180000,remove,node3\n180000,add,node4\n",
    "2021-12-11, 11:11:30, 55\n2021-12-11, 11:13:10, 0\n2021-12-11, 16:14:50, 54\n2021-12-12, 00:00:00, 1\n",
    #"{"metadata": {"gap_seconds": 32}, "data": [0, 1, 1, 0, 4], "prices": [1, 0.5, null, 2, 3]}"#,
    "type,lifetime_seconds,ended_by\na,4648.701,preempted\nb,76766.6,stop\na,4648.701,stop\n",
  ])
  func `12,000 injured files are read or refused, and nothing else`(base: String) throws {
    var mutator = TraceMutator(seed: UInt64(base.utf8.count))
    var read = 0
    let seats: [FollowedSeat] = [.firstNode, .firstNode, .firstNode, .atLeast(2), .node("node3")]
    for round in 0..<12_000 {
      let bytes = mutator.mutated(Array(base.utf8))
      let seat = seats[mutator.below(seats.count)]
      do {
        switch try TraceFile.parse(bytes, file: "f", follow: seat) {
        case .timeline(let trace):
          // Making it anew checks the order of everything.
          let placed = trace.realized { UInt32(truncatingIfNeeded: $0 &* 0x9E37_79B9) }
          _ = try InterruptionTrace(
            runs: placed.runs, length: placed.length, source: "", prices: placed.prices)
          #expect(trace.length > .zero)
          #expect(placed.interruptions == trace.interruptions)
        case .lifetimes(let curve):
          let survival = curve.steps.map(\.survival)
          #expect(zip(survival, survival.dropFirst()).allSatisfy { $0 > $1 })
          #expect(survival.allSatisfy { (0..<1).contains($0) })
        }
        read += 1
      } catch let error as TraceError {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect((1...lines.count + 1).contains(error.line ?? 1), "round \(round): \(error)")
        #expect((1...bytes.count + 2).contains(error.column ?? 1), "round \(round): \(error)")
        #expect(error.message.contains("expected") || seat != .firstNode, "round \(round): \(error)")
        #expect(!error.message.contains("\n"), "round \(round): \(error)")
      }
    }
    // The injuries are mild enough that both ways are taken.
    #expect((100..<11_900).contains(read))
  }
}
