import Failover
import Foundation
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct ProgramTests {
  @Test func `what a program says and how it ends come back`() async throws {
    let result = try await Program("sh", ["-c", "echo out; echo err >&2; cat; exit 3"]).run()
    #expect((result.exitCode, result.output, result.errors) == (3, ["out"], ["err"]))
    #expect(try await Program("sh", ["-c", "kill -9 $$"]).run().exitCode == 137)
  }

  @Test func `what is said after the program has ended is heard too`() async throws {
    let result = try await Program("sh", ["-c", "(sleep 0.2; echo late >&2) & exit 1"]).run()
    #expect((result.exitCode, result.errors) == (1, ["late"]))
  }

  @Test func `a program that talks and talks is heard to the end, and the beginning is kept`() async throws {
    let result = try await Program("sh", ["-c", "yes | head -c 3000000; yes no | head -c 3000000 >&2"]).run()
    #expect(result.exitCode == 0)
    #expect(result.output.count == Program.outputKept / 2)
    #expect(result.errors.first == "no")
  }

  @Test func `a program that is not installed is not found`() async throws {
    let error = try await portError { () async throws(PortError) in
      try await Program("no-such-program", []).run()
    }
    #expect(error == PortError(.notFound, "no-such-program is not installed on this machine"))
  }

  @Test func `time-outs end programs that ignore the first signal, and their children`() async throws {
    let marker = "4\(getpid())"
    let script = "trap '' TERM; sleep \(marker) & sleep \(marker)"
    let error = try await portError { () async throws(PortError) in
      try await withTimeout(.milliseconds(100), "stubborn") { () throws(PortError) in
        try await Program("sh", ["-c", script]).run()
      }
    }
    #expect(error.reason == .timedOut)
    #expect(try await RunningProcess.all().filter { $0.command.contains("sleep \(marker)") }.isEmpty)
  }

  @Test func `children that outlive a cancelled program are ended with it`() async throws {
    let marker = "5\(getpid())"
    // The program ends at the first signal; its child does not.
    let script = "(trap '' TERM; exec sleep \(marker)) & exec sleep \(marker)"
    let running = Task { try await portError { () async throws(PortError) in
      try await Program("sh", ["-c", script]).run()
    } }
    try await eventually {
      try await RunningProcess.all().filter { $0.command == "sleep \(marker)" }.count == 2
    }
    running.cancel()
    #expect(try await running.value.reason == .cancelled)
    #expect(try await RunningProcess.all().filter { $0.command == "sleep \(marker)" }.isEmpty)
  }

  @Test func `programs leave no open descriptors behind`() async throws {
    func descriptors() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count
    }
    // Other tests open and close theirs at the same time; one left by each program would be more than all of those.
    let before = try descriptors()
    for _ in 0..<100 {
      _ = try await Program("true", []).run()
      _ = try await Program("true", []).run(heartbeat: .seconds(1))
      _ = try? await Program("no-such-program", []).run()
    }
    try await eventually { try descriptors() < before + 80 }
  }

  @Test(arguments: ["plain", "two words", "it's", "\"", "$HOME `id` \\", "", "new\nline", "*", "-n", "ü"])
  func `a quoted word is one word to a shell`(_ word: String) async throws {
    let printed = try await shell("sh", "-c", "printf '<%s>' \(Quoting.forShell(word))")
    #expect(printed == "<\(word)>")
  }
}

@Suite(.timeLimit(.minutes(3))) struct TimeoutTests {
  @Test func `what ends in time is passed on`() async throws {
    let value = try await withTimeout(.seconds(600), "quick") { () throws(PortError) in 42 }
    #expect(value == 42)
    let error = try await portError { () async throws(PortError) in
      try await withTimeout(.seconds(600), "quick") { () throws(PortError) in throw PortError(.diskFull, "") }
    }
    #expect(error.reason == .diskFull)
  }

  @Test func `what does not end in time is cancelled`() async throws {
    let error = try await portError { () async throws(PortError) in
      try await withTimeout(.milliseconds(10), "slow") { () throws(PortError) in
        try? await Task.sleep(for: .seconds(600))
        throw PortError(.unreachable, "cut off")
      }
    }
    #expect(error == PortError(.timedOut, "slow: no end within 0.01 seconds"))
  }

  @Test func `a cancelled caller is told so`() async throws {
    let call = Task {
      try await portError { () async throws(PortError) in
        try await withTimeout(.seconds(600), "slow") { () throws(PortError) in
          try? await Task.sleep(for: .seconds(600))
          throw PortError(.unreachable, "cut off")
        }
      }
    }
    call.cancel()
    #expect(try await call.value == PortError(.cancelled, "slow"))
  }

  @Test func `seconds for programs are whole, and never none`() {
    #expect(Duration.zero.wholeSeconds == 1)
    #expect(Duration.seconds(-3).wholeSeconds == 1)
    #expect(Duration.milliseconds(1001).wholeSeconds == 2)
    #expect(Duration.seconds(5).wholeSeconds == 5)
    #expect(Duration.seconds(Int64.max).wholeSeconds == .max)
  }
}

@Suite struct SmallAdapterTests {
  @Test func `jitter is even, repeatable for an index, and another one for each process`() {
    let jitter = SystemJitter()
    let sum = (0..<10_000).reduce(0.0) { $0 + Double(jitter.fraction(UInt64($1))) / 4_294_967_296 }
    // The mean of 10,000 even fractions misses 1/2 by more than 0.02 (7 standard deviations) once in 10¹¹
    // processes.
    #expect(abs(sum / 10_000 - 0.5) < 0.02)
    #expect(jitter.fraction(7) == jitter.fraction(7))
    #expect((0..<4).map { SystemJitter().fraction($0) } != (0..<4).map { SystemJitter().fraction($0) })
  }

  @Test func `jitter is SplitMix64`() {
    // The first numbers for the seed 1234567, as published with the reference implementation's test on
    // rosettacode.org.
    let jitter = SystemJitter(seed: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    ]
    #expect((0..<3).map { jitter.fraction($0) } == published.map { UInt32($0 >> 32) })
  }
}
