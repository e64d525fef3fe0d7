import Failover

/// Where an object store is, and the key to it.
///
/// Printing, describing or mirroring a value of this type never shows the secret.
public struct ObjectStoreSettings: Sendable, Hashable {
  /// Where the bucket's name goes.
  public enum Addressing: String, Sendable, Hashable, CaseIterable {
    /// `https://host/bucket/key`, which every store understands.
    case path
    /// `https://bucket.host/key`, which Amazon asks for with newer buckets.
    case virtualHost
  }

  /// Whether the connection is encrypted.
  public var isEncrypted: Bool
  /// A name or an address, with `:port` where it is not the scheme's own.
  public var host: String
  public var region: String
  public var bucket: String
  public var keyID: String
  public var secret: Secret
  public var addressing: Addressing

  /// - Parameters:
  ///   - endpoint: such as `https://s3.us-west-004.backblazeb2.com` or `http://127.0.0.1:9000`; without a
  ///     scheme, https.
  ///   - region: `nil` takes it from the endpoint's name: B2 and S3 have it there, R2 wants `auto`, and
  ///     everywhere else it is `us-east-1`.
  ///   - addressing: `nil` means by path.
  /// - Throws: `.refused` with what is wrong and what was expected.
  public init(
    endpoint: String, region: String? = nil, bucket: String, keyID: String, secret: Secret,
    addressing: Addressing? = nil
  ) throws(PortError) {
    (isEncrypted, host) = try Self.parse(endpoint)
    self.region = region ?? Self.region(ofHost: host)
    self.bucket = bucket
    self.keyID = keyID
    self.secret = secret
    self.addressing = addressing ?? .path
    // The rules of S3, which the other stores share; without them a name could change the request's path.
    let isPlain = bucket.utf8.allSatisfy { Self.bucketBytes.contains($0) }
    guard isPlain, (3...63).contains(bucket.utf8.count), !bucket.contains("..") else {
      throw PortError(
        .refused, "not a bucket's name: \(bucket.debugDescription.prefix(80)) (3 to 63 of a-z, 0-9, . and -)")
    }
    guard !keyID.isEmpty, keyID.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw PortError(.refused, "the object store's key id is empty or has blanks in it")
    }
    guard secret.isPlain else {
      throw PortError(.refused, "the object store's secret key is empty or has blanks in it")
    }
    guard !self.region.isEmpty, self.region.utf8.allSatisfy({ Self.bucketBytes.contains($0) }) else {
      throw PortError(.refused, "not a region: \(self.region.debugDescription.prefix(80))")
    }
  }

  /// Reads `B2_ENDPOINT`, `B2_BUCKET`, `B2_KEY_ID`, `B2_APPLICATION_KEY` and, if there is one, `B2_REGION`.
  ///
  /// - Throws: `.unauthorized` that names everything that is missing; `.refused` for what makes no sense.
  public init(environment: [String: String]) throws(PortError) {
    let names = ["B2_ENDPOINT", "B2_BUCKET", "B2_KEY_ID", "B2_APPLICATION_KEY"]
    let missing = names.filter { environment[$0, default: ""].isEmpty }
    guard missing.isEmpty else {
      throw PortError(.unauthorized, "not set in the environment: \(missing.joined(separator: ", "))")
    }
    try self.init(
      endpoint: environment[names[0], default: ""], region: environment["B2_REGION"],
      bucket: environment[names[1], default: ""], keyID: environment[names[2], default: ""],
      secret: Secret(environment[names[3], default: ""]))
  }

  /// The service's name, for people: B2, R2, S3, or the host.
  public var service: String {
    let name = host.prefix { $0 != ":" }
    if name.hasSuffix("backblazeb2.com") { return "B2" }
    if name.hasSuffix("r2.cloudflarestorage.com") { return "R2" }
    return name.hasSuffix("amazonaws.com") ? "S3" : "S3 at \(host)"
  }

  private static let bucketBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789.-".utf8)
  private static let hostBytes = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]".utf8)

  private static func parse(_ endpoint: String) throws(PortError) -> (isEncrypted: Bool, host: String) {
    var rest = Substring(endpoint)
    var isEncrypted = true
    for (scheme, encrypted) in [("https://", true), ("http://", false)] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
      isEncrypted = encrypted
      break
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.isEmpty, rest.utf8.allSatisfy({ hostBytes.contains($0) }) else {
      throw PortError(
        .refused, "not an object store's address: \(endpoint.debugDescription.prefix(120)) (https://host expected)")
    }
    return (isEncrypted, String(rest))
  }

  private static func region(ofHost host: String) -> String {
    let name = String(host.prefix { $0 != ":" })
    let parts = name.split(separator: ".").map(String.init)
    if name.hasSuffix("r2.cloudflarestorage.com") { return "auto" }
    let named = name.hasSuffix("backblazeb2.com") || name.hasSuffix("amazonaws.com")
    return named && parts.count == 4 && parts[0] == "s3" ? parts[1] : "us-east-1"
  }
}
