import Failover
import Testing

@Suite struct SnapshotChainsTests {
  private static func record(_ number: Int, base: Int? = nil, of instance: String = "gpu") -> SnapshotRecord {
    SnapshotRecord(
      SnapshotReport(
        id: SnapshotID("\(number)"), base: base.map { SnapshotID("\($0)") }, content: .zero,
        stored: ByteCount(Int64(number)), duration: .zero, compression: "none", storage: "store"),
      of: InstanceID(instance),
      point: SyncPoint(started: .seconds(number), completed: .seconds(number)))
  }

  private static func names(_ records: [SnapshotRecord]) -> [String] { records.map(\.id.rawValue) }

  /// Saves as an orchestrator does.
  private static func save(
    _ number: Int, of instance: String = "gpu", fullEvery: Int, keep: Int, in chains: inout SnapshotChains
  ) {
    let base = chains.base(for: InstanceID(instance), fullEvery: fullEvery)
    chains.add(record(number, base: base.flatMap { Int($0.rawValue) }, of: instance))
    chains.retire(keeping: keep)
  }

  @Test func `every so many snapshots one is whole, and each of the others builds on the one before`() {
    var chains = SnapshotChains()
    for number in 1...7 { Self.save(number, fullEvery: 3, keep: 10, in: &chains) }
    #expect(chains.kept.map(\.base?.rawValue) == [nil, "1", "2", nil, "4", "5", nil])
  }

  @Test func `the oldest chain expires when one too many is begun, its newest snapshot first`() {
    var chains = SnapshotChains()
    for number in 1...6 { Self.save(number, fullEvery: 3, keep: 2, in: &chains) }
    #expect(chains.expired.isEmpty)
    Self.save(7, fullEvery: 3, keep: 2, in: &chains)
    #expect(Self.names(chains.expired) == ["3", "2", "1"])
    #expect(Self.names(chains.kept) == ["4", "5", "6", "7"])
  }

  @Test func `a new machine begins with a whole snapshot`() {
    var chains = SnapshotChains()
    for number in 1...2 { Self.save(number, fullEvery: 10, keep: 3, in: &chains) }
    Self.save(3, of: "another", fullEvery: 10, keep: 3, in: &chains)
    Self.save(4, of: "another", fullEvery: 10, keep: 3, in: &chains)
    #expect(chains.kept.map(\.base?.rawValue) == [nil, "1", nil, "3"])
  }

  @Test func `a damaged snapshot takes along what builds on it, and nothing builds on what is left of its chain`() {
    var chains = SnapshotChains()
    for number in 1...5 { Self.save(number, fullEvery: 4, keep: 3, in: &chains) }
    chains.discard(SnapshotID("2"))
    #expect(Self.names(chains.kept) == ["1", "5"])
    #expect(Self.names(chains.expired) == ["4", "3", "2"])
    #expect(chains.base(for: InstanceID("gpu"), fullEvery: 4)?.rawValue == "5", "the newest chain is sound")
    chains.discard(SnapshotID("5"))
    #expect(chains.base(for: InstanceID("gpu"), fullEvery: 4) == nil)
    Self.save(6, fullEvery: 4, keep: 3, in: &chains)
    Self.save(7, fullEvery: 4, keep: 3, in: &chains)
    #expect(chains.kept.map(\.base?.rawValue) == [nil, nil, "6"])
  }

  /// Whatever happens, in whatever order: a store from which expired snapshots are deleted one by one can restore
  /// everything it holds.
  @Test func `nothing is ever deleted before what builds on it`() {
    var state: UInt64 = 1
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    for _ in 0..<300 {
      var chains = SnapshotChains()
      var store: [String: String?] = [:]
      let (fullEvery, keep) = (Int(random(5)), Int(random(4)))
      for number in 1...60 {
        switch random(10) {
        case 0: chains.breakChain()
        case 1:
          if let victim = chains.kept.randomlyChosen(by: random) { chains.discard(victim.id) }
        case 2...6:
          Self.save(number, of: "gpu\(number / 25)", fullEvery: fullEvery, keep: keep, in: &chains)
          if let newest = chains.kept.last, newest.id.rawValue == "\(number)" {
            store.updateValue(newest.base?.rawValue, forKey: "\(number)")
          }
        default:
          if let expired = chains.expired.first {
            chains.forget(expired.id)
            store.removeValue(forKey: expired.id.rawValue)
          }
        }
        for (id, base) in store {
          if let base { #expect(store.keys.contains(base), "\(id) is left without \(base)") }
        }
        #expect(Set(store.keys) == Set(Self.names(chains.kept + chains.expired)))
        #expect(chains.kept.count { $0.base == nil } <= max(1, keep))
        #expect(chains.kept.map(\.point.started) == chains.kept.map(\.point.started).sorted())
      }
    }
  }
}

extension Array {
  fileprivate func randomlyChosen(by random: (UInt64) -> UInt64) -> Element? {
    isEmpty ? nil : self[Int(random(UInt64(count)))]
  }
}

@Suite struct SnapshotLogTests {
  private static func record(_ id: String, stored: Int64, at start: Int) -> SnapshotRecord {
    SnapshotRecord(
      SnapshotReport(
        id: SnapshotID(id), base: nil, content: ByteCount(2 * stored), stored: ByteCount(stored),
        duration: .seconds(5), compression: "none", storage: "store"),
      of: InstanceID("gpu"),
      point: SyncPoint(started: .seconds(start), completed: .seconds(start + 5)))
  }

  @Test func `saving and deleting are counted, and logged only on request`() {
    for logsRoutine in [false, true] {
      let log = EventLog(logsRoutine: logsRoutine)
      let saved = Self.record("a", stored: 100, at: 5)
      log.snapshotSaved(saved, on: .store, at: .seconds(10))
      log.snapshotSaved(Self.record("b", stored: 60, at: 15), on: .store, at: .seconds(20))
      log.snapshotDeleted(saved, on: .store, at: .seconds(30))
      let counts = log.counts.snapshots
      #expect(counts.saved == 2 && counts.whole == 2 && counts.deleted == 1)
      #expect(counts.stored == ByteCount(160) && counts.content == ByteCount(320))
      #expect(counts.kept == ByteCount(60))
      // 100 bytes from 10 to 30 s, 60 from 20 s on.
      #expect(counts.meanKept(until: .seconds(40)) == ByteCount((100 * 20 + 60 * 20) / 40))
      #expect(counts.meanSave == .seconds(5))
      #expect(log.events.map(\.kind.name) == (logsRoutine ? ["snapshotSaved", "snapshotSaved", "snapshotDeleted"] : []))
    }
  }

  @Test func `what is durable only ever moves forward`() {
    let log = EventLog()
    log.snapshotSaved(Self.record("a", stored: 1, at: 20), on: .store, at: .seconds(25))
    let report = SyncReport(files: 1, bytesSent: .zero, duration: .seconds(20))
    // A sync that began before the snapshot and ended after it.
    log.syncCompleted(report, started: .seconds(10), on: .orchestrator, at: .seconds(30))
    #expect(log.lastSync == SyncPoint(started: .seconds(20), completed: .seconds(25)))
    log.markDurable(SyncPoint(started: .seconds(15), completed: .seconds(40)))
    #expect(log.lastSync?.started == .seconds(20))
    log.markDurable(SyncPoint(started: .seconds(35), completed: .seconds(41)))
    #expect(log.lastSync?.started == .seconds(35))
  }

  @Test func `a run without snapshots keeps its fingerprint, one with them has another`() {
    let (plain, saving) = (EventLog(), EventLog())
    saving.snapshotSaved(Self.record("a", stored: 1, at: 1), on: .store, at: .seconds(6))
    #expect(plain.fingerprint != saving.fingerprint)
    var expected = Fingerprint()
    for number in [Int64(0), 0, 0, 0] { expected.add(number) }
    #expect(plain.fingerprint == expected)
  }
}
