import Crypto
import Failover
import Foundation

/// What a snapshot consists of. It is stored last, and a snapshot without it does not exist.
///
/// On its way it is two lines of JSON: the manifest, and the SHA-256 of the first line. It names no host: a
/// snapshot can be restored anywhere.
struct SnapshotManifest: Sendable, Hashable, Codable {
  /// A stream of segments, cut into parts.
  struct Packed: Sendable, Hashable, Codable {
    var bytes: Int64
    var parts: [UploadedObject.Part]

    init(_ object: UploadedObject) {
      bytes = object.bytes
      parts = object.parts
    }
  }

  static let currentVersion = 1
  /// More than any manifest: 10,000 parts take less than a megabyte.
  static let maximumBytes = 8 << 20
  /// More than any part, so that a hostile manifest cannot ask for all memory.
  static let maximumPartBytes: Int64 = 64 << 20

  var schemaVersion = currentVersion
  var id: String
  /// The snapshot it builds on.
  var base: String?
  /// The workspace, on the host that it was taken of.
  var path: String
  /// In coordinated universal time, such as `20261121T124847Z`.
  var started: String
  var completed: String
  /// What the archive has, before compression.
  var contentBytes: Int64
  /// Such as `lz4:1`.
  var compression: String
  /// The archive, which tar reads.
  var data: Packed
  /// Everything in the workspace: `ListingRecord`s, each ended by NUL, sorted.
  var listing: Packed
  /// The paths of what has gone since the base, each ended by NUL; `nil` without a base.
  var deleted: Packed?

  /// All bytes in the store but its own.
  var storedBytes: Int64 { data.bytes + listing.bytes + (deleted?.bytes ?? 0) }

  func encoded() throws(PortError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(self) else {
      throw PortError(.refused, "\(id): the manifest cannot be written")
    }
    let hash = SignatureV4.hex(SHA256.hash(data: line))
    return Array(line) + Array("\n{\"sha256\":\"\(hash)\"}\n".utf8)
  }

  /// - Throws: `.invalidAnswer` when it is damaged or is not that snapshot's.
  init(parsing bytes: [UInt8], of id: SnapshotID) throws(PortError) {
    func damaged(_ why: String) -> PortError { PortError(.invalidAnswer, "\(id): its manifest \(why)") }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    guard lines.count == 2 else { throw damaged("is cut short or is none") }
    let hash = SignatureV4.hex(SHA256.hash(data: Data(lines[0])))
    guard Array(lines[1]) == Array("{\"sha256\":\"\(hash)\"}".utf8) else {
      throw damaged("does not match its checksum")
    }
    struct Version: Decodable { var schemaVersion: Int }
    let version = try? JSONDecoder().decode(Version.self, from: Data(lines[0]))
    guard version?.schemaVersion == Self.currentVersion else {
      throw damaged("has a version that is not known")
    }
    guard let manifest = try? JSONDecoder().decode(SnapshotManifest.self, from: Data(lines[0])) else {
      throw damaged("lacks something")
    }
    self = manifest
    let packed = [data, listing] + (deleted.map { [$0] } ?? [])
    let isSound = packed.allSatisfy { object in
      var sum: Int64 = 0
      for part in object.parts {
        guard (0...Self.maximumPartBytes).contains(part.bytes), part.sha256.utf8.count == 64 else { return false }
        sum += part.bytes
      }
      return sum == object.bytes && object.parts.count <= ObjectStoreClient.maximumParts
    }
    guard isSound, manifest.id == id.rawValue, contentBytes >= 0, (base == nil) == (deleted == nil) else {
      throw damaged("contradicts itself")
    }
  }

  init(
    id: SnapshotID, base: SnapshotID?, path: String, started: String, completed: String,
    contentBytes: Int64, compression: String, data: UploadedObject, listing: UploadedObject,
    deleted: UploadedObject?
  ) {
    self.id = id.rawValue
    self.base = base?.rawValue
    self.path = path
    self.started = started
    self.completed = completed
    self.contentBytes = contentBytes
    self.compression = compression
    self.data = Packed(data)
    self.listing = Packed(listing)
    self.deleted = deleted.map(Packed.init)
  }
}
