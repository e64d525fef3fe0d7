import Failover
import Testing

@testable import RealBackends

@Suite struct WorkspaceListingTests {
  /// A listing as the host makes it, cut into blocks anywhere.
  private static func reader(_ entries: [String: String], _ generator: inout Numbers, mark: Bool) -> ListingReader {
    var records = entries.map { Array("\($0.key)//\($0.value)".utf8) }
    if mark { records.append(Array("//0".utf8)) }
    records.sort { $0.lexicographicallyPrecedes($1) }
    var rest: ArraySlice<UInt8> = []
    for record in records { rest += record + [UInt8(0)] }
    var blocks: [[UInt8]] = []
    while !rest.isEmpty {
      let count = Int.random(in: 1...40, using: &generator)
      blocks.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    let queue = Shared(blocks)
    return ListingReader { () throws(PortError) in
      let first = queue.read().first
      queue.update { $0 = Array($0.dropFirst()) }
      return first
    }
  }

  @Test func `changes are those that two dictionaries show`() async throws {
    var generator = Numbers(state: 5)
    let names = ["a", "a/b", "a.b", "a-b", "a/b/c", "b", "b ", "c\nd", "ä", "0", "~", "a/0"]
    for _ in 0..<2000 {
      var before: [String: String] = [:]
      var after: [String: String] = [:]
      for name in names {
        let kinds = ["f 1", "f 2", "d 1", "l 1"]
        if Bool.random(using: &generator) { before[name] = kinds.randomElement(using: &generator) }
        if Bool.random(using: &generator) { after[name] = kinds.randomElement(using: &generator) }
      }
      var new = Self.reader(after, &generator, mark: true)
      var old = Self.reader(before, &generator, mark: false)
      var (present, changed, deleted) = (Set<String>(), Set<String>(), Set<String>())
      func text(_ record: ListingRecord) -> String { String(decoding: record.path, as: UTF8.self) }
      let exitCode = try await WorkspaceChanges.compare(&new, with: &old) { step throws(PortError) in
        switch step {
        case .present(let record): present.insert(text(record))
        case .changed(let record): changed.insert(text(record))
        case .deleted(let record): deleted.insert(text(record))
        }
      }
      #expect(exitCode == 0)
      #expect(present == Set(after.keys))
      #expect(changed == Set(after.filter { before[$0.key] != $0.value }.keys))
      #expect(deleted == Set(before.filter { after[$0.key]?.first != $0.value.first }.keys))
    }
  }

  @Test func `a listing that breaks off is not taken for a whole one`() async throws {
    var generator = Numbers(state: 9)
    var new = Self.reader(["a": "f 1"], &generator, mark: false)
    var old = Self.reader([:], &generator, mark: false)
    await #expect(throws: PortError.self) {
      _ = try await WorkspaceChanges.compare(&new, with: &old) { _ throws(PortError) in }
    }
  }

  @Test(arguments: ["../x", "a/../b", "..", "a/..", "./a"])
  func `an entry that leads out of the workspace is refused`(_ path: String) {
    #expect(throws: PortError.self) { try ListingRecord(parsing: Array("\(path)//f 1".utf8)) }
  }

  @Test func `no bytes make the reader of listings or of manifests fall over`() async throws {
    var generator = Numbers(state: 11)
    let manifest = SnapshotManifest(
      id: SnapshotID("a/b/1-x-y"), base: nil, path: "/w", started: "s", completed: "c", contentBytes: 3,
      compression: "lz4:1", data: UploadedObject(key: "k", parts: []), listing: UploadedObject(key: "k", parts: []),
      deleted: nil)
    let sound = try manifest.encoded()
    #expect(try SnapshotManifest(parsing: sound, of: SnapshotID("a/b/1-x-y")) == manifest)
    #expect(throws: PortError.self) { try SnapshotManifest(parsing: sound, of: SnapshotID("a/b/2-x-y")) }
    for _ in 0..<10_000 {
      let bytes = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
        [0, 0x2F, 0x2F, 0x2E, 0x61].randomElement(using: &generator) ?? UInt8(1)
      }
      var reader = ListingReader { [queue = Shared([bytes])] () throws(PortError) in
        let first = queue.read().first
        queue.update { $0 = [] }
        return first
      }
      do throws(PortError) { while try await reader.next() != nil {} } catch { #expect(error.reason == .invalidAnswer) }
      var changed = sound
      changed[Int.random(in: 0..<sound.count, using: &generator)] ^= UInt8.random(in: 1 ... .max, using: &generator)
      #expect(throws: PortError.self) { try SnapshotManifest(parsing: changed, of: SnapshotID("a/b/1-x-y")) }
    }
  }

  @Test func `a handover keeps order, and its sender waits`() async throws {
    let values = Handover<Int>(capacity: 2)
    let sent = Shared(0)
    let received = Shared<[Int]>([])
    let furthest = Shared(0)
    @Sendable func send() async throws(PortError) {
      for number in 0..<1000 {
        try await values.send(number)
        sent.update { $0 = number + 1 }
      }
      values.finish()
    }
    @Sendable func receive() async throws(PortError) {
      while let number = try await values.next() {
        received.update { $0.append(number) }
        furthest.update { $0 = max($0, sent.read() - received.read().count) }
      }
    }
    try await together([send, receive])
    #expect(received.read() == Array(0..<1000))
    #expect(furthest.read() <= 2)
  }

  @Test func `the first failure ends the others and is the one that is thrown`() async throws {
    let values = Handover<Int>(capacity: 0)
    @Sendable func wait() async throws(PortError) { _ = try await values.next() }
    @Sendable func fail() async throws(PortError) { throw PortError(.diskFull, "x") }
    #expect(
      try await portError { () async throws(PortError) in try await together([wait, wait2, fail]) }.reason == .diskFull)
    @Sendable func wait2() async throws(PortError) { try await Handover<Int>(capacity: 0).send(1) }
  }
}
