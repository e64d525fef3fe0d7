import Failover
import Foundation
import SystemPackage
import Testing

@testable import RealBackends

/// A journal in a file: what was written is there again, and what is damaged is said so.
@Suite struct FileJournalTests {
  /// A folder that is gone when the test is.
  final class Folder {
    let path: String

    init() throws {
      path = NSTemporaryDirectory() + "journal-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/journal" }
    func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) }
    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: file)) }
  }

  static let offer = Offer(
    id: "9999", gpuName: "RTX 4090 \"é/\\\n", memory: .gigabytes(32), price: HourlyPrice(perMonth: .cents(2450)),
    region: "TH", machine: MachineID("m"), isVerified: false)
  static let run = RunID("drill7")

  /// Every kind of entry, with whatever is hard to write down.
  static var entries: [JournalEntry] {
    var chains = SnapshotChains()
    for number in 1...3 {
      let report = SnapshotReport(
        id: SnapshotID("s\(number)"), base: number == 2 ? SnapshotID("s1") : nil, content: .gigabytes(2),
        stored: ByteCount(.max), duration: .nanoseconds(1), compression: "lz4", storage: "B2")
      let point = SyncPoint(started: .seconds(-5), completed: .nanoseconds(Int64.max))
      chains.add(SnapshotRecord(report, of: InstanceID("1001"), point: point))
    }
    chains.retire(keeping: 1)
    let volume = InstanceOrder(offer, volume: VolumeID("v"))
    return [
      .began(run, nextLabel: 1),
      .intent(ResourceLabel(run, 1), .instance(volume)), .outcome(ResourceLabel(run, 1), id: "1001"),
      .intent(ResourceLabel(run, 2), .volume(size: .gigabytes(100), machine: MachineID("m"))),
      .refused(ResourceLabel(run, 2), reason: "no\nroom\u{0}\u{2028}"),
      .intent(ResourceLabel(run, 3), .machine(StandbyMachine(machineType: "e2", isSpot: true, price: .free))),
      .releaseIntent(.instance, id: "1001"), .released(.instance, id: "1001"), .copy(nil),
      .copy(SyncPoint(started: .nanoseconds(3), completed: .seconds(86_400 * 365))), .snapshots(chains),
      .state(OperationState()),
    ]
  }

  @Test func `what was written is read again by the next process`() throws {
    let folder = try Folder()
    do {
      let journal = try FileJournal(path: folder.file)
      for entry in Self.entries { try journal.append(entry) }
      #expect(try journal.entries() == Self.entries)
    }
    let next = try FileJournal(path: folder.file)
    #expect(try next.entries() == Self.entries)
    #expect(next.notes.isEmpty)
    #expect(try FileJournal.read(path: folder.file) == Self.entries)
    #expect(try next.history(of: Self.run).nextLabel == 4)
    #expect(throws: JournalError.self) { try next.history(of: RunID("other")) }
  }

  @Test func `it is text, one line an entry, and the checksum is the one everybody uses`() throws {
    let folder = try Folder()
    let journal = try FileJournal(path: folder.file)
    for entry in Self.entries { try journal.append(entry) }
    let lines = String(decoding: try folder.bytes(), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == Self.entries.count + 1)
    #expect(lines.first == "failoversim-journal 1")
    // The check value of CRC-32 in its published definitions.
    #expect(JournalLine.checksum(of: Array("123456789".utf8)) == "cbf43926")
    #expect(JournalLine.checksum(of: []) == "00000000")
    #expect(lines[1].hasSuffix(#" {"began":{"_0":"drill7","nextLabel":1}}"#))
  }

  @Test func `a last line that is torn anywhere is cut off, and the journal goes on`() throws {
    let folder = try Folder()
    do {
      let journal = try FileJournal(path: folder.file)
      for entry in Self.entries.prefix(4) { try journal.append(entry) }
    }
    let whole = try folder.bytes()
    let lastStart = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
    for end in 0..<whole.count {
      try folder.write(Array(whole[..<end]))
      let journal = try FileJournal(path: folder.file)
      let read = try journal.entries()
      #expect(read == Array(Self.entries.prefix(read.count)))
      if end >= lastStart { #expect(read.count == 3) }
      #expect(journal.notes.count == (journal.notes.isEmpty ? 0 : 1))
      if end > lastStart { #expect(journal.notes.first?.contains("\(end - lastStart) bytes") == true) }
      try journal.append(Self.entries[5])
      #expect(try journal.entries() == read + [Self.entries[5]])
    }
  }

  @Test func `a damaged line in the middle is named, and nothing is changed`() throws {
    let folder = try Folder()
    do {
      let journal = try FileJournal(path: folder.file)
      for entry in Self.entries { try journal.append(entry) }
    }
    var bytes = try folder.bytes()
    let starts = bytes.indices.filter { $0 > 0 && bytes[$0 - 1] == UInt8(ascii: "\n") }
    bytes[starts[2] + 20] ^= 1
    try folder.write(bytes)
    let error = #expect(throws: JournalError.self) { try FileJournal(path: folder.file) }
    let text = try #require(error).description
    #expect(text.contains("line 4 is damaged") && text.contains("move the file away"))
    #expect(try folder.bytes() == bytes)
    // The lock is free again.
    bytes[starts[2] + 20] ^= 1
    try folder.write(bytes)
    #expect(try FileJournal(path: folder.file).entries() == Self.entries)
  }

  @Test func `two never have the same journal`() throws {
    let folder = try Folder()
    let first = try FileJournal(path: folder.file)
    let error = #expect(throws: JournalError.self) { try FileJournal(path: folder.file) }
    #expect(try #require(error).description.contains("in use by another process"))
    try first.append(Self.entries[0])
    #expect(try FileJournal.read(path: folder.file) == [Self.entries[0]])
  }

  @Test func `what is no journal is left alone, and a missing folder is named`() throws {
    let folder = try Folder()
    try folder.write(Array("#!/bin/sh\nrm -rf /\n".utf8))
    #expect(throws: JournalError.self) { try FileJournal(path: folder.file) }
    #expect(try folder.bytes() == Array("#!/bin/sh\nrm -rf /\n".utf8))
    let error = #expect(throws: JournalError.self) { try FileJournal(path: folder.path + "/none/journal") }
    #expect(try #require(error).description.contains("/none/journal"))
  }

  @Test func `a long journal is replaced by a short one that says the same`() throws {
    let folder = try Folder()
    do {
      let journal = try FileJournal(path: folder.file)
      for entry in Self.entries { try journal.append(entry) }
      for second in 1...500 {
        try journal.append(.copy(SyncPoint(started: .seconds(second), completed: .seconds(second + 1))))
      }
    }
    let before = try JournalHistory(FileJournal.read(path: folder.file))
    let length = try folder.bytes().count
    let journal = try FileJournal(path: folder.file, compactsAbove: 1000)
    #expect(try folder.bytes().count < length / 10)
    #expect(try JournalHistory(journal.entries()) == before)
    try journal.append(.releaseIntent(.volume, id: "v"))
    #expect(try JournalHistory(journal.entries()).unfinishedReleases.count == 1)
  }

  /// Files of every kind of damage: bytes changed, lines swapped, doubled and cut, text from elsewhere.
  @Test func `ten thousand damaged files are read in part, refused, or equal; none stops the program`() throws {
    var whole = Array(JournalLine.heading.utf8)
    // The short ones: quicker, and every byte is hit more often.
    for entry in [Self.entries[0]] + Self.entries[6...9] { whole += try JournalLine.text(of: entry) }
    var random = Numbers(state: 11)
    var (partial, refused) = (0, 0)
    for _ in 0..<10_000 {
      var bytes = whole
      for _ in 0...Int(random.next() % 3) {
        let at = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int(random.next() % 50) + 1))
        case 2:
          let place = random.next() & 1 == 0 ? at : 0
          bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: place)
        case 3: bytes.removeSubrange(at...)
        default: bytes[at] ^= 1 << UInt8(random.next() % 8)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do {
        let read = try JournalLine.read(bytes, file: "test")
        #expect(read.whole <= bytes.count)
        // Whatever passes the checksum is an entry that was written.
        #expect(read.entries.allSatisfy(Self.entries.contains))
        if !read.entries.isEmpty { _ = try? JournalHistory(read.entries) }
        partial += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    #expect(partial > 500 && refused > 500)
  }

  /// The same with right checksums, so that the JSON itself is at stake.
  @Test func `entries that make no sense are refused, whatever their checksum`() throws {
    let samples = try Self.entries.dropLast(2).map { Array(try JournalLine.text(of: $0).dropFirst(9).dropLast()) }
    var random = Numbers(state: 12)
    for _ in 0..<10_000 {
      var json = samples[Int(random.next() % UInt64(samples.count))]
      let at = Int(random.next() % UInt64(json.count))
      switch random.next() % 3 {
      case 0: json[at] = UInt8(truncatingIfNeeded: random.next())
      case 1: json.remove(at: at)
      default: json.insert(contentsOf: json[at..<min(json.count, at + 9)], at: at)
      }
      let line = Array(JournalLine.checksum(of: json).utf8) + [UInt8(ascii: " ")] + json
      guard let entry = JournalLine.entry(in: line[...]) else { continue }
      // What can be read can be used and written again.
      var history = try JournalHistory([.began(Self.run, nextLabel: 1), entry])
      history = try JournalHistory(history.compacted)
      #expect(!(try JournalLine.text(of: entry)).isEmpty)
    }
  }
}
