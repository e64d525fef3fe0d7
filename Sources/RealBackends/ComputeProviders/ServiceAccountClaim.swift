import Crypto
import CryptoExtras
import Failover
import Foundation

/// A signed statement of who somebody is: a JSON Web Token (RFC 7519), signed with RSA and SHA-256 (RS256, RFC 7518).
struct ServiceAccountClaim {
  /// Who is to believe it.
  enum Use: Sendable, Hashable {
    /// The interface itself, which takes it as a bearer token; its address, with a slash at the end.
    case bearer(audience: String)
    /// The token server, which gives a token of this scope for it.
    case exchange(scope: String)
  }

  /// Google takes none that is longer valid.
  static let lifetime: Int64 = 3600
  /// How far back a claim says it was made, in seconds: Google's clock may be behind, and claims from the future are
  /// refused.
  static let backdating: Int64 = 10

  /// - Parameter now: seconds since 1970. Claims are in whole seconds; fractions are refused.
  /// - Throws: `.unauthorized` when the key cannot sign.
  static func signed(by key: ServiceAccountKey, for use: Use, at now: Int64) throws(PortError) -> Secret {
    var header: [String: JSONValue] = ["alg": "RS256", "typ": "JWT"]
    if let id = key.keyID { header["kid"] = .string(id) }
    let issued = now - backdating
    var claims: [String: JSONValue] = [
      "iss": .string(key.email), "iat": .integer(issued), "exp": .integer(issued + lifetime),
    ]
    switch use {
    case .bearer(let audience):
      claims["sub"] = .string(key.email)
      claims["aud"] = .string(audience)
    case .exchange(let scope):
      claims["scope"] = .string(scope)
      claims["aud"] = .string(key.tokenURL)
    }
    let parts = [JSONValue.object(header), .object(claims)].map { base64URL($0.encoded ?? []) }
    let text = parts.joined(separator: ".")
    do {
      let digest = SHA256.hash(data: Data(text.utf8))
      let signature = try key.privateKey.signature(for: digest, padding: .insecurePKCS1v1_5)
      return Secret(text + "." + base64URL(Array(signature.rawRepresentation)))
    } catch {
      throw PortError(.unauthorized, "the service account's key cannot sign")
    }
  }

  /// RFC 4648, section 5, without padding.
  static func base64URL(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString()
    return String(text.compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }
}
