import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(2))) struct ServiceAccountTests {
  private let clock: FakeClock
  private let time: TimeSource

  init() {
    clock = FakeClock()
    time = TimeSource(clock)
  }

  /// Verifies a token and prints its header and claims, or fails.
  private static let verifier = """
    import base64, json, sys
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    pem, token = sys.argv[1:]
    part = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    header, claims, signature = token.split(".")
    key = serialization.load_pem_private_key(pem.encode(), None).public_key()
    key.verify(part(signature), (header + "." + claims).encode(), padding.PKCS1v15(), hashes.SHA256())
    assert "=" not in token and "+" not in token and "/" not in token
    print(json.dumps([json.loads(part(header)), json.loads(part(claims))]))
    """

  private func verified(_ token: Secret, _ file: ServiceAccountFile) async throws -> [NSDictionary] {
    let pem = try #require(file.fields["private_key"])
    let output = try await shell("python3", "-c", Self.verifier, pem, token.revealed)
    return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [NSDictionary])
  }

  @Test(.needsPythonCryptography)
  func `a claim for the interface is signed and says who, for whom and when`() async throws {
    let file = try await ServiceAccountFile.made()
    for now in [0, 1_700_000_000, 1_700_000_123, Int64(1) << 40] {
      let token = try ServiceAccountClaim.signed(
        by: file.key(), for: .bearer(audience: "https://compute.example/"), at: now)
      let parts = try await verified(token, file)
      #expect(parts[0] == ["alg": "RS256", "typ": "JWT", "kid": "id-1"])
      #expect(
        parts[1] == [
          "iss": "robot@project-1.example", "sub": "robot@project-1.example", "aud": "https://compute.example/",
          "iat": now - 10, "exp": now + 3590,
        ] as NSDictionary)
    }
  }

  @Test(.needsPythonCryptography) func `a claim for the token server is exchanged and names the scope`() async throws {
    let file = try await ServiceAccountFile.made()
    let transport = ScriptedTransport { _, _ in .json(#"{"access_token": "token-1", "expires_in": 3599}"#) }
    let tokens = try tokens(file, .exchange(scope: "scope-1"), transport)
    #expect(try await tokens.token(until: time.deadline(in: .seconds(10))) == Secret("token-1"))
    let request = try #require(transport.requests.first)
    #expect(request.method == .post && request.url == "https://oauth2.example/token" && request.bearer == nil)
    #expect(request.contentType == "application/x-www-form-urlencoded")
    var form = URLComponents()
    form.percentEncodedQuery = String(decoding: request.body, as: UTF8.self)
    #expect(form.queryItems?.first { $0.name == "grant_type" }?.value == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    let assertion = try #require(form.queryItems?.first { $0.name == "assertion" }?.value)
    let claims = try await verified(Secret(assertion), file)[1]
    #expect(claims["scope"] as? String == "scope-1")
    #expect(claims["aud"] as? String == "https://oauth2.example/token")
    #expect(claims["sub"] == nil)
  }

  private func tokens(
    _ file: ServiceAccountFile, _ use: ServiceAccountClaim.Use, _ transport: ScriptedTransport,
    unixTime: @escaping @Sendable () -> Int64 = { 1_700_000_000 }
  ) throws -> ServiceAccountTokens {
    let service = WebService(
      name: "Google", baseURL: "https://compute.example", transport: transport, time: time,
      pacing: CallPacing(jitter: ConstantJitter(value: 0)))
    return ServiceAccountTokens(key: try file.key(), use: use, service: service, unixTime: unixTime)
  }

  private func token(_ tokens: ServiceAccountTokens) async throws -> Secret {
    try await tokens.token(until: time.deadline(in: .seconds(10)))
  }

  @Test func `a token is kept until shortly before its end, however the calendar jumps`() async throws {
    let transport = ScriptedTransport { _, number in
      .json("{\"access_token\": \"token-\(number)\", \"expires_in\": 3600}")
    }
    let date = Mutex<Int64>(1_700_000_000)
    let tokens = try tokens(await .made(), .exchange(scope: "s"), transport, unixTime: { date.withLock { $0 } })
    #expect(try await token(tokens) == Secret("token-0"))
    date.withLock { $0 -= 1_000_000 }
    clock.advance(by: .seconds(3299))
    #expect(try await token(tokens) == Secret("token-0"))
    clock.advance(by: .seconds(2))
    #expect(try await token(tokens) == Secret("token-1"))
    tokens.drop(Secret("token-0"))
    #expect(try await token(tokens) == Secret("token-1"))
    tokens.drop(Secret("token-1"))
    #expect(try await token(tokens) == Secret("token-2"))
    #expect(transport.requests.count == 3)
  }

  @Test func `a signed claim serves as a token as long as it is valid`() async throws {
    let transport = ScriptedTransport { _, _ throws(PortError) in throw PortError(.unreachable, "nobody is asked") }
    let date = Mutex<Int64>(1_700_000_000)
    let tokens = try tokens(await .made(), .bearer(audience: "a"), transport, unixTime: { date.withLock { $0 } })
    let first = try await token(tokens)
    date.withLock { $0 += 3289 }
    clock.advance(by: .seconds(3289))
    #expect(try await token(tokens) == first)
    date.withLock { $0 += 2 }
    clock.advance(by: .seconds(2))
    #expect(try await token(tokens) != first)
  }

  @Test func `a token server that refuses or babbles is told in one line without the claim`() async throws {
    let file = try await ServiceAccountFile.made()
    let unbelieved = HTTPAnswer.json(#"{"error": "invalid_grant", "error_description": "no"}"#, status: 400)
    for (answer, reason) in [
      (unbelieved, PortError.Reason.unauthorized),
      (.page("<html><title>Proxy</title>", status: 502), .invalidAnswer), (.json("{}"), .invalidAnswer),
      (.json(#"{"access_token": ""}"#), .invalidAnswer), (.json(#"{"access_token": "a\nb"}"#), .invalidAnswer),
    ] {
      let tokens = try tokens(file, .exchange(scope: "s"), ScriptedTransport { _, _ in answer })
      let error = await failure {
        try await tokens.token(until: time.deadline(in: .seconds(10)))
      }
      #expect(error?.reason == reason, "\(answer)")
      #expect(error?.detail.contains("\n") == false)
    }
    let echo = ScriptedTransport { request, _ in .text(String(decoding: request.body, as: UTF8.self), status: 400) }
    let tokens = try tokens(file, .exchange(scope: "s"), echo)
    let error = await failure {
      try await tokens.token(until: time.deadline(in: .seconds(10)))
    }
    #expect(error?.detail.contains("(secret)") == true)
    #expect(error?.detail.contains("eyJ") == false)
  }

  @Test func `a key file that cannot be used is refused with its reason, and nothing of the key`() async throws {
    let whole = try await ServiceAccountFile.made()
    #expect(try whole.key().project == "project-1")
    let secret = whole.secretPart
    #expect(secret.count > 20)
    var cases: [([UInt8], String)] = [
      ([], "not a JSON object"), (Array("[]".utf8), "not a JSON object"), (Array("{}".utf8), "it has no type"),
      (Array(#"{"type": "authorized_user"}"#.utf8), "its type is authorized_user"),
      (Array(whole.fields["private_key"]?.utf8 ?? "".utf8), "not a JSON object"),
    ]
    for (field, problem) in [
      ("client_email", "client_email is missing"), ("private_key", "private_key is missing"),
      ("token_uri", "token_uri is missing"),
    ] {
      var file = whole
      file.fields[field] = nil
      cases.append((file.json, problem))
    }
    var damaged = whole
    damaged.fields["private_key"] = whole.fields["private_key"]?.replacing("MII", with: "MIX")
    cases.append((damaged.json, "private_key is not an RSA key"))
    for (json, problem) in cases {
      let error = #expect(throws: SettingsError.self) { try ServiceAccountKey(json: json, name: "key file") }
      #expect(error?.description.contains(problem) == true, "\(problem): \(error?.description ?? "")")
      #expect(error?.description.contains(secret) == false)
    }
    let paths = [("/nowhere/key.json", "No such file"), ("/tmp", "directory"), ("/dev/zero", "longer than")]
    for (path, problem) in paths {
      let error = #expect(throws: SettingsError.self) { try ServiceAccountKey(file: path) }
      #expect(error?.setting == "Google key file \(path)")
      #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
    }
    var dumped = ""
    dump(try whole.key(), to: &dumped)
    #expect(!dumped.contains(secret))
  }

  @Test func `damaged key files do no harm`() async throws {
    let file = try await ServiceAccountFile.made()
    let text = String(decoding: file.json, as: UTF8.self)
    var mutations = Mutations(seed: 2)
    var refused = 0
    for _ in 0..<300 {
      do throws(SettingsError) {
        _ = try ServiceAccountKey(json: mutations.mutated(text), name: "key file")
      } catch {
        refused += 1
        #expect(!error.description.contains(file.secretPart))
      }
    }
    #expect(refused > 30)
  }
}
