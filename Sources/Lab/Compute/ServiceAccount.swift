import Crypto
import CryptoExtras
import Foundation

/// A service account of the compute server: its key for clients, and the check of what they sign with it.
struct ServiceAccount: Sendable {
  let project: String
  let email: String
  let keyID: String
  /// Where assertions are exchanged for tokens.
  let tokenURL: String
  private let key: _RSA.Signing.PrivateKey

  init(project: String, tokenURL: String) throws {
    self.project = project
    self.tokenURL = tokenURL
    email = "lab@\(project).iam.gserviceaccount.com"
    key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    keyID = String(UInt64.random(in: 0...UInt64.max), radix: 16)
  }

  /// The file that a client reads, as Google's console hands it out.
  var keyFile: Data {
    let file: JSON = [
      "type": "service_account", "project_id": .string(project), "private_key_id": .string(keyID),
      "private_key": .string(key.pkcs8PEMRepresentation), "client_email": .string(email), "client_id": "1",
      "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": .string(tokenURL),
      "universe_domain": "googleapis.com",
    ]
    return file.data
  }

  /// Why an assertion is not believed.
  struct Refusal: Error, Equatable { var description: String }

  /// Checks a JSON web token: signed by this account (RS256), for the right audience, within its time.
  ///
  /// - Parameters:
  ///   - audiences: which of them it may be for; `nil` when a scope will do instead of an audience.
  ///   - now: seconds since 1970.
  func check(_ token: String, audiences: Set<String>?, now: Double) throws(Refusal) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = Self.decode(parts[0]).flatMap({ JSON(parsing: $0) }),
      let claims = Self.decode(parts[1]).flatMap({ JSON(parsing: $0) }), let signature = Self.decode(parts[2])
    else { throw Refusal(description: "Invalid JWT: not three parts of base64url.") }
    guard header["alg"] == "RS256" else { throw Refusal(description: "Invalid JWT: the algorithm must be RS256.") }
    guard
      key.publicKey.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature), for: Data("\(parts[0]).\(parts[1])".utf8),
        padding: .insecurePKCS1v1_5)
    else { throw Refusal(description: "Invalid JWT Signature.") }
    guard claims["iss"].string == email else { throw Refusal(description: "Invalid JWT: unknown issuer.") }
    let audience = claims["aud"].string
    let isForHere = audiences.map { $0.contains(audience ?? "") } ?? (audience != nil || claims["scope"].string != nil)
    guard isForHere else { throw Refusal(description: "Invalid JWT: audience \(audience ?? "missing").") }
    // A fraction is how some libraries write a time; the real server says of it that the token is too early.
    guard case .integer(let issued) = claims["iat"], case .integer(let expires) = claims["exp"] else {
      throw Refusal(description: "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        + "timeframe. Check your iat and exp values in the JWT claim.")
    }
    // Clocks may differ: the real server allows for a little.
    guard Double(issued) <= now + 10, Double(expires) > now, expires - issued <= 3600 else {
      throw Refusal(description: "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        + "timeframe. Check your iat and exp values in the JWT claim.")
    }
  }

  /// Base64 in the alphabet of URLs, without padding (RFC 7515).
  static func decode(_ text: String) -> Data? {
    guard !text.contains("+"), !text.contains("/"), !text.contains("=") else { return nil }
    let plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
  }
}
