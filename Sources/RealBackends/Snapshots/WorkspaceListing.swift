import Failover

/// One entry of a workspace's listing: its path, and what find(1) says of it.
///
/// Written `PATH//TYPE SIZE MTIME CTIME MODE OWNER TARGET`. A double slash cannot occur in a path, so it ends
/// one; listings are sorted by these bytes.
struct ListingRecord: Sendable, Hashable {
  let bytes: [UInt8]
  private let pathCount: Int

  /// - Throws: `.invalidAnswer` for what is no entry, or leads out of the workspace.
  init(parsing bytes: [UInt8]) throws(PortError) {
    let slash = UInt8(ascii: "/")
    guard let end = bytes.indices.dropLast().first(where: { bytes[$0] == slash && bytes[$0 + 1] == slash }) else {
      throw PortError(.invalidAnswer, "a listing has an entry without an end of its path")
    }
    self.bytes = bytes
    pathCount = end
    let leadsOut = path.split(separator: slash, omittingEmptySubsequences: false)
      .contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
    guard !leadsOut, bytes.count > end + 2 else {
      throw PortError(.invalidAnswer, "a listing has an entry that leads out of the workspace")
    }
  }

  var path: ArraySlice<UInt8> { bytes[..<pathCount] }
  /// The path and its end, in the order of which listings are sorted.
  private var key: ArraySlice<UInt8> { bytes[..<(pathCount + 2)] }
  /// The letter of find's `%y`.
  var type: UInt8 { bytes[pathCount + 2] }
  /// The last entry of a listing that has been made to its end has no path; it sorts among the others.
  var isMark: Bool { pathCount == 0 }
  /// What a mark says: the exit code of find.
  var mark: Int? { isMark ? Int(String(decoding: bytes[2...], as: UTF8.self)) : nil }

  static func isBefore(_ a: ListingRecord, _ b: ListingRecord) -> Bool { a.key.lexicographicallyPrecedes(b.key) }
  static func haveSamePath(_ a: ListingRecord, _ b: ListingRecord) -> Bool { a.key == b.key }
}

/// Reads a listing that arrives in blocks.
struct ListingReader {
  /// Linux allows paths of 4096 bytes, and targets of links as long.
  static let maximumRecord = 16 << 10
  private let nextBlock: () async throws(PortError) -> [UInt8]?
  private var block: [UInt8] = []
  private var start = 0
  private var last: ListingRecord?

  init(_ nextBlock: @escaping () async throws(PortError) -> [UInt8]?) { self.nextBlock = nextBlock }

  /// - Returns: `nil` at the end.
  /// - Throws: what the source throws; `.invalidAnswer` for what is no sorted listing.
  mutating func next() async throws(PortError) -> ListingRecord? {
    while true {
      if let end = block[start...].firstIndex(of: 0) {
        let record = try ListingRecord(parsing: Array(block[start..<end]))
        start = end + 1
        if let last, !ListingRecord.isBefore(last, record) {
          throw PortError(.invalidAnswer, "a listing is not sorted")
        }
        last = record
        return record
      }
      guard block.count - start <= Self.maximumRecord else {
        throw PortError(.invalidAnswer, "a listing has an entry that is too long")
      }
      guard let more = try await nextBlock() else {
        guard start == block.count else { throw PortError(.invalidAnswer, "a listing ends within an entry") }
        return nil
      }
      block.removeFirst(start)
      block += more
      start = 0
    }
  }
}

/// The difference of a workspace to its last snapshot, entry by entry, in memory that does not grow with it.
enum WorkspaceChanges {
  /// What becomes of an entry.
  enum Step: Sendable, Hashable {
    /// It is in the workspace now.
    case present(ListingRecord)
    /// It has to be in the archive: it is new, or anything about it has changed.
    case changed(ListingRecord)
    /// It was in the last snapshot, and must be gone before the archive is unpacked: because it is gone, or
    /// because something of another type has taken its place.
    case deleted(ListingRecord)
  }

  /// Compares two listings.
  ///
  /// A change of the time of the inode's last change (ctime) counts, which nobody can set: a file whose bytes
  /// were replaced by others of the same length and with the old date is found all the same. Of hard links,
  /// all names are in the archive when one has changed, because they share one inode.
  ///
  /// - Returns: the exit code of the find that made the new listing.
  static func compare(
    _ new: inout ListingReader, with old: inout ListingReader,
    deliver: (Step) async throws(PortError) -> Void
  ) async throws(PortError) -> Int {
    var exitCode: Int?
    var before = try await old.next()
    while let entry = try await new.next() {
      if entry.isMark {
        exitCode = entry.mark
        continue
      }
      while let gone = before, ListingRecord.isBefore(gone, entry) {
        try await deliver(.deleted(gone))
        before = try await old.next()
      }
      if let known = before, ListingRecord.haveSamePath(known, entry) {
        if known.type != entry.type { try await deliver(.deleted(known)) }
        if known != entry { try await deliver(.changed(entry)) }
        before = try await old.next()
      } else {
        try await deliver(.changed(entry))
      }
      try await deliver(.present(entry))
    }
    while let gone = before {
      try await deliver(.deleted(gone))
      before = try await old.next()
    }
    guard let exitCode else { throw PortError(.unreachable, "the listing of the workspace breaks off") }
    return exitCode
  }
}
