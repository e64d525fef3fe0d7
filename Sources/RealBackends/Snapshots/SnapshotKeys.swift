import Crypto
import Failover

/// How snapshots are named, and where their objects lie.
///
/// A snapshot's name is `LABEL/WORKSPACE/NUMBER-TIME-RANDOM`: whom it belongs to, the workspace's last name and
/// a hash of its path, and a number that grows, so that names sort by age even when the clock jumps.
struct SnapshotKeys: Sendable, Hashable {
  /// The folder of the bucket that all snapshots are in.
  var folder: String
  var label: String

  static let manifest = "manifest.json"
  static let objects = ["data", "listing", "deleted"]

  func key(_ id: SnapshotID, _ object: String) -> String { "\(folder)/\(id.rawValue)/\(object)" }

  /// What the keys of a workspace's snapshots begin with.
  func prefix(path: String) -> String { "\(folder)/\(label)/\(Self.name(of: path))/" }

  /// The snapshot that a key belongs to; `nil` for a key of another shape.
  func id(ofKey key: String) -> SnapshotID? {
    guard key.hasPrefix(folder + "/") else { return nil }
    let parts = key.dropFirst(folder.count + 1).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let id = SnapshotID(parts[0..<3].joined(separator: "/"))
    return Self.isValid(id) ? id : nil
  }

  func next(path: String, after existing: [SnapshotID], at time: SigningTime) -> SnapshotID {
    let last = existing.compactMap(Self.number).max() ?? 0
    let random = SignatureV4.hex((0..<4).map { _ in UInt8.random(in: 0 ... .max) })
    let number = String(last &+ 1)
    let padding = String(repeating: "0", count: max(0, 6 - number.count))
    return SnapshotID("\(label)/\(Self.name(of: path))/\(padding)\(number)-\(time.stamp)-\(random)")
  }

  /// How many snapshots of the workspace came before, roughly.
  static func number(_ id: SnapshotID) -> UInt64? {
    id.rawValue.split(separator: "/").last?.split(separator: "-").first.flatMap { UInt64($0) }
  }

  /// Oldest first.
  static func sorted(_ ids: some Sequence<SnapshotID>) -> [SnapshotID] {
    ids.sorted { (number($0) ?? 0, $0.rawValue) < (number($1) ?? 0, $1.rawValue) }
  }

  static func isValid(_ id: SnapshotID) -> Bool {
    let parts = id.rawValue.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { isPlain($0) }
  }

  /// Whether a word can be part of a key, and nothing but a part.
  static func isPlain(_ word: some StringProtocol) -> Bool {
    (1...100).contains(word.utf8.count) && word.utf8.first != UInt8(ascii: ".")
      && word.utf8.allSatisfy { plainBytes.contains($0) }
  }

  private static func name(of path: String) -> String {
    let last = path.split(separator: "/").last ?? ""
    let plain = String(
      decoding: last.utf8.prefix(40).filter { plainBytes.contains($0) && $0 != UInt8(ascii: ".") }, as: UTF8.self)
    let hash = SignatureV4.hex(SHA256.hash(data: Array(path.utf8)).prefix(6))
    return plain.isEmpty ? hash : "\(plain)-\(hash)"
  }

  private static let plainBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
}
