import Failover
import Synchronization

/// Bearer tokens of a service account, kept until shortly before they expire.
final class ServiceAccountTokens: Sendable {
  private struct Kept {
    var token: Secret
    /// When it is no longer used, on the clock that never jumps.
    var end: Duration
  }

  /// How long before its end a token is replaced: longer than any call takes.
  private static let margin = Duration.seconds(300)

  private let key: ServiceAccountKey
  private let use: ServiceAccountClaim.Use
  private let service: WebService
  private let unixTime: @Sendable () -> Int64
  private let kept = Mutex(Kept?.none)

  /// - Parameter service: reaches the token server; its base URL is not used.
  init(
    key: ServiceAccountKey, use: ServiceAccountClaim.Use, service: WebService,
    unixTime: @escaping @Sendable () -> Int64
  ) {
    self.key = key
    self.use = use
    self.service = service
    self.unixTime = unixTime
  }

  /// - Throws: `.unauthorized` when the token server does not believe the claim; what a call may throw.
  func token(until deadline: Deadline) async throws(PortError) -> Secret {
    let now = deadline.time.elapsed()
    if let kept = kept.withLock({ $0 }), now < kept.end { return kept.token }
    let claim = try ServiceAccountClaim.signed(by: key, for: use, at: unixTime())
    var new = Kept(token: claim, end: now + .seconds(ServiceAccountClaim.lifetime - ServiceAccountClaim.backdating))
    if case .exchange = use {
      let granted = try await exchange(claim, until: deadline)
      new = Kept(token: Secret(granted.token), end: now + .seconds(granted.seconds))
      guard new.token.isPlain else { throw PortError(.invalidAnswer, "Google: sign in: the token is not a token") }
    }
    new.end -= Self.margin
    kept.withLock { [new] in $0 = new }
    return new.token
  }

  /// Forgets a token that was refused.
  func drop(_ token: Secret) { kept.withLock { if $0?.token == token { $0 = nil } } }

  private func exchange(_ claim: Secret, until deadline: Deadline) async throws(PortError) -> Granted {
    let call = WebCall(
      what: "sign in", method: .post, path: key.tokenURL,
      body: .form([
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", claim.revealed),
      ]),
      endpoint: "token")
    var server = service
    server.baseURL = ""
    let answer = try await server.answer(to: call, bearer: nil, secrets: [claim], until: deadline)
    let what = "Google: sign in as \(key.email)"
    guard answer.status == 200 else {
      var error = answer.error(what)
      // The token server answers 400 `invalid_grant` to a claim that it does not believe.
      if answer.status == 400 { error.reason = .unauthorized }
      throw error
    }
    return try answer.decoded(Granted.self, what)
  }

  private struct Granted: Decodable {
    var token: String
    /// From now on; not negative.
    var seconds: Int64

    private enum Keys: String, CodingKey { case token = "access_token", seconds = "expires_in" }

    init(from decoder: any Decoder) throws {
      let answer = try decoder.container(keyedBy: Keys.self)
      token = try answer.decode(String.self, forKey: .token)
      let seconds = answer.number(.seconds) ?? 0
      self.seconds = Int64(min(max(0, seconds), Double(ServiceAccountClaim.lifetime)))
    }
  }
}
