import Crypto

/// Amazon's request signature, version 4, as S3 and its likes want it.
///
/// The rules are those of "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference. What
/// S3 does unlike Amazon's other services: the path is encoded once and never normalised.
enum SignatureV4 {
  struct Key: Sendable {
    var id: String
    var secret: Secret
    var region: String
  }

  /// A request before anything in it is encoded.
  struct Request: Sendable {
    var method: String
    /// Begins with a slash.
    var path: String
    var query: [(name: String, value: String)]
    /// Every header that is to be signed, `host` and `x-amz-date` included.
    var headers: [(name: String, value: String)]
    /// SHA-256 of the body in lowercase hexadecimal digits, or `UNSIGNED-PAYLOAD`.
    var payloadHash: String
  }

  /// The value of the `Authorization` header.
  static func authorization(_ request: Request, _ key: Key, at time: SigningTime) -> String {
    let scope = "\(time.day)/\(key.region)/s3/aws4_request"
    let (headers, names) = canonicalHeaders(request.headers)
    let canonical = [
      request.method, encodedPath(request.path), encodedQuery(request.query), headers, names, request.payloadHash,
    ].joined(separator: "\n")
    let text = ["AWS4-HMAC-SHA256", time.stamp, scope, hex(SHA256.hash(data: Array(canonical.utf8)))]
      .joined(separator: "\n")
    var chain = SymmetricKey(data: Array("AWS4\(key.secret.revealed)".utf8))
    for part in [time.day, key.region, "s3", "aws4_request"] {
      chain = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: chain))
    }
    let signature = hex(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: chain))
    return "AWS4-HMAC-SHA256 Credential=\(key.id)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
  }

  /// The path as it is signed and sent: everything but unreserved characters and slashes is escaped.
  static func encodedPath(_ path: String) -> String { encoded(path, keepingSlashes: true) }

  /// The query as it is signed and sent: encoded, and sorted by what it is encoded to.
  static func encodedQuery(_ query: [(name: String, value: String)]) -> String {
    query
      .map { (encoded($0.name, keepingSlashes: false), encoded($0.value, keepingSlashes: false)) }
      .sorted { $0 < $1 }
      .map { "\($0.0)=\($0.1)" }
      .joined(separator: "&")
  }

  private static func canonicalHeaders(
    _ headers: [(name: String, value: String)]
  ) -> (block: String, names: String) {
    var values: [String: [String]] = [:]
    for (name, value) in headers {
      // Runs of blanks count as one.
      let words = value.split(separator: " ").joined(separator: " ")
      values[name.lowercased(), default: []].append(words)
    }
    let sorted = values.sorted { $0.key < $1.key }
    let block = sorted.map { "\($0.key):\($0.value.joined(separator: ","))\n" }.joined()
    return (block, sorted.map(\.key).joined(separator: ";"))
  }

  private static func encoded(_ text: String, keepingSlashes: Bool) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if unreserved.contains(byte) || keepingSlashes && byte == UInt8(ascii: "/") {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// RFC 3986, section 2.3.
  private static let unreserved = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Lowercase hexadecimal digits.
  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// A moment as signatures write it, in coordinated universal time.
struct SigningTime: Sendable, Hashable {
  /// Such as `20261121`.
  let day: String
  /// Such as `20261121T124847Z`.
  let stamp: String

  /// - Parameter secondsSince1970: from year 0 to year 9999; others are clamped.
  init(secondsSince1970: Int64) {
    let seconds = min(max(secondsSince1970, -62_167_219_200), 253_402_300_799)
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    // Days of the civil calendar (Hinnant, "chrono-compatible low-level date algorithms"): years begin in
    // March, so that the leap day is the last of one.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    day = padded(year, 4) + padded(month, 2) + padded(dayOfMonth, 2)
    stamp = "\(day)T\(padded(rest / 3600, 2))\(padded(rest / 60 % 60, 2))\(padded(rest % 60, 2))Z"
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
