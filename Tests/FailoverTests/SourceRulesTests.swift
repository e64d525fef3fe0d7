import Foundation
import Testing

/// Rules of the simulated code that the compiler does not know.
@Suite struct SourceRulesTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func sources(of targets: [String]) throws -> [(path: String, text: String)] {
    try targets.flatMap { target in
      let folder = root.appendingPathComponent("Sources/\(target)")
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
      #expect(!files.isEmpty)
      return try files.map {
        ("\(target)/\($0)", try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
      }
    }
  }

  /// Lines that contain `pattern`, outside comments.
  private static func uses(of pattern: String, in targets: [String]) throws -> [String] {
    let expression = try Regex(pattern)
    return try sources(of: targets).flatMap { path, text in
      text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return code.contains(expression) ? "\(path):\(index + 1): \(line)" : nil
      }
    }
  }

  @Test(arguments: [
    (#"\bTask\.sleep\("#, "a bare sleep cannot be virtualised; sleep on the clock that is passed in"),
    (#"\bDate\(\)"#, "the wall clock is not the simulation's"),
    (#"SystemRandomNumberGenerator|\.random\(in|\.shuffled\(\)|\.randomElement\("#, "chance comes from named streams"),
    (#"\bTask\.detached\s*[({]|\bTask\s*\{"#, "an unstructured task leaves the simulation"),
    (#"^\s*(public |@preconcurrency )?import Foundation"#, "no Foundation in simulated code"),
  ]) func `simulated code keeps to its clock, its streams and its tasks`(pattern: String, why: String) throws {
    let found = try Self.uses(of: pattern, in: ["Failover", "FailoverSim"])
    #expect(found.isEmpty, "\(why)")
  }

  @Test func `the domain knows no concrete clock`() throws {
    let found = try Self.uses(of: "ContinuousClock|SuspendingClock|VirtualClock", in: ["Failover"])
    #expect(found.isEmpty)
  }

  @Test func `unchecked code lives in the kernel's one file`() throws {
    let pattern = "@unchecked Sendable|unsafeBitCast|nonisolated\\(unsafe\\)|UnsafeMutable"
    let found = try Self.uses(of: pattern, in: ["Failover", "FailoverSim", "Scenarios", "simulate-failover"])
    let elsewhere = found.filter { !$0.hasPrefix("FailoverSim/Kernel/Kernel.swift") }
    #expect(elsewhere.isEmpty)
    #expect(!found.isEmpty, "the search finds nothing at all: is the pattern still right?")
  }
}
