import Failover
import Foundation
import Testing

@Suite struct EventTests {
  @Test func `FNV-1a gives its published values`() {
    func hash(_ text: String) -> UInt64 {
      var fingerprint = Fingerprint()
      fingerprint.add(text.utf8)
      return fingerprint.value
    }
    // http://www.isthe.com/chongo/src/fnv/test_fnv.c
    #expect(hash("") == 0xCBF2_9CE4_8422_2325)
    #expect(hash("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(hash("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test func `any difference in an event changes the fingerprint`() {
    func fingerprint(_ time: Duration, _ lane: Lane, _ kind: EventKind) -> Fingerprint {
      var fingerprint = Fingerprint()
      fingerprint.add(Event(time: time, lane: lane, kind: kind))
      return fingerprint
    }
    let all: [Fingerprint] = [
      fingerprint(.seconds(1), .orchestrator, .note("a")), fingerprint(.seconds(2), .orchestrator, .note("a")),
      fingerprint(.seconds(1), .script, .note("a")), fingerprint(.seconds(1), .orchestrator, .note("b")),
      fingerprint(.seconds(1), .orchestrator, .failoverFailed("a")),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func `a sealed log takes nothing more`() {
    let log = EventLog()
    log.record(.note("kept"), on: .script, at: .zero)
    log.checkPassed(after: .zero, on: .orchestrator, at: .zero)
    log.seal()
    log.record(.note("late"), on: .script, at: .zero)
    log.checkPassed(after: .zero, on: .orchestrator, at: .zero)
    #expect(log.events.map(\.kind) == [.note("kept")])
    #expect(log.counts.checksPassed == 1)
  }

  @Test func `routine is counted, and logged only on request`() {
    for logsRoutine in [false, true] {
      let log = EventLog(logsRoutine: logsRoutine)
      let report = SyncReport(files: 1, bytesSent: .megabytes(3), duration: .seconds(2))
      log.syncCompleted(report, started: .seconds(1), on: .orchestrator, at: .seconds(3))
      log.checkPassed(after: .zero, on: .orchestrator, at: .seconds(4))
      #expect(log.counts.syncsCompleted == 1)
      #expect(log.counts.bytesSynced == .megabytes(3))
      #expect(log.lastSync == SyncPoint(started: .seconds(1), completed: .seconds(3)))
      #expect(log.events.count == (logsRoutine ? 2 : 0))
    }
  }
}

@Suite struct ProtectionPhaseTests {
  @Test func `every phase can be reached from idle`() {
    var reached: Set<ProtectionPhase> = [.idle]
    for _ in ProtectionPhase.allCases {
      for transition in ProtectionPhase.transitions where reached.contains(transition.from) {
        reached.insert(transition.to)
      }
    }
    #expect(reached == Set(ProtectionPhase.allCases))
  }

  @Test func `from every phase after the preparation protection can be regained`() {
    var safe: Set<ProtectionPhase> = [.protected]
    for _ in ProtectionPhase.allCases {
      for transition in ProtectionPhase.transitions where safe.contains(transition.to) {
        safe.insert(transition.from)
      }
    }
    #expect(safe == Set(ProtectionPhase.allCases))
  }

  @Test func `the documentation shows the table's diagram`() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/phases.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains("```mermaid\n\(ProtectionPhase.diagram)\n```"))
  }

  @Test func `no transition is listed twice and none is refused`() {
    let pairs = ProtectionPhase.transitions.map { "\($0.from) \($0.to)" }
    #expect(Set(pairs).count == pairs.count)
    for transition in ProtectionPhase.transitions { #expect(transition.from.allows(transition.to)) }
    #expect(!ProtectionPhase.protected.allows(.failingBack))
  }
}
