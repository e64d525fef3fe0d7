import Crypto
import Foundation
import Testing

@testable import RealBackends

@Suite struct SignatureTests {
  private struct Request: Codable {
    var method: String
    var host: String
    var path: String
    var query: [[String]]
    var headers: [[String]]
    var body: String
    var key: String
    var secret: String
    var region: String
    var time: Int64
  }

  private struct Answer: Codable {
    var path: String
    var authorization: String
  }

  @Test(.needsObjectStore, .timeLimit(.minutes(1)))
  func `signatures of 200 odd requests are those of botocore`() async throws {
    var generator = Numbers(state: 7)
    let requests = (0..<200).map { _ in Self.request(&generator) }
    let lines = try requests.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    let file = "/tmp/failover-signatures-\(getpid())"
    try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let output = try await shell("sh", "-c", #"exec "$0" signatures <"$1""#, ObjectStoreTools.script, file)
    let answers = try output.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    #expect(answers.count == 200)
    for (request, answer) in zip(requests, answers) {
      let time = SigningTime(secondsSince1970: request.time)
      let hash = SignatureV4.hex(SHA256.hash(data: Data(request.body.utf8)))
      let ours = SignatureV4.authorization(
        SignatureV4.Request(
          method: request.method, path: request.path, query: request.query.map { ($0[0], $0[1]) },
          headers: request.headers.map { ($0[0], $0[1]) } + [
            ("Host", request.host), ("x-amz-date", time.stamp), ("X-Amz-Content-SHA256", hash),
          ], payloadHash: hash),
        SignatureV4.Key(id: request.key, secret: Secret(request.secret), region: request.region), at: time)
      #expect(ours == answer.authorization, "\(request)")
      #expect(SignatureV4.encodedPath(request.path) == answer.path)
    }
  }

  private static func request(_ generator: inout Numbers) -> Request {
    let method = ["GET", "PUT", "POST", "DELETE", "HEAD"].randomElement(using: &generator) ?? "GET"
    var names: Set<String> = []
    var query: [[String]] = []
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let name = word(&generator)
      if names.insert(name).inserted { query.append([name, word(&generator)]) }
    }
    var headers: [[String]] = []
    for number in 0..<Int.random(in: 0...3, using: &generator) {
      headers.append(["X-Amz-Meta-\(number)", "  a \(Int.random(in: 0...99, using: &generator))   b "])
    }
    return Request(
      method: method, host: "store.example.com:\(Int.random(in: 1024...65535, using: &generator))",
      path: "/bucket/" + word(&generator), query: query, headers: headers,
      body: method == "PUT" || method == "POST" ? word(&generator) : "",
      key: "key\(Int.random(in: 0...999, using: &generator))",
      secret: "se/cr+et\(Int.random(in: 0...999, using: &generator))",
      region: ["auto", "us-east-1", "us-west-004"].randomElement(using: &generator) ?? "auto",
      time: Int64.random(in: 0...4_000_000_000, using: &generator))
  }

  private static func word(_ generator: inout Numbers) -> String {
    let pieces = [
      "a", "Z", "9", " ", "  ", "+", "%", "%20", "&", "=", "?", "#", "~", "-", "_", ".", "*", "'", "\"", "(", ")",
      "!", "@", "$", ",", ";", ":", "ä", "漢", "🙂", "\u{301}", "|", "\\", "^", "<", ">", "[", "]", "{", "}", "/",
    ]
    let text = (0..<Int.random(in: 1...12, using: &generator))
      .map { _ in pieces.randomElement(using: &generator) ?? "a" }.joined()
    // Nothing is cut off that has letters at its ends.
    return "k\(text)k"
  }

  @Test func `the example of the S3 reference is signed as it says`() {
    // "Example: GET Object", Signature Calculations for the Authorization Header, Amazon S3 API Reference.
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let signed = SignatureV4.authorization(
      SignatureV4.Request(
        method: "GET", path: "/test.txt", query: [],
        headers: [
          ("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9"), ("x-amz-content-sha256", hash),
          ("x-amz-date", "20130524T000000Z"),
        ], payloadHash: hash),
      SignatureV4.Key(
        id: "AKIAIOSFODNN7EXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1"),
      at: SigningTime(secondsSince1970: 1_369_353_600))
    #expect(signed.hasSuffix("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
  }

  @Test func `days are those of Foundation's calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    var generator = Numbers(state: 1)
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -2_000_000_000...20_000_000_000, using: &generator)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
      func two(_ number: Int?) -> String { String(format: "%02d", number ?? -1) }
      let expected =
        String(format: "%04d", parts.year ?? -1) + two(parts.month) + two(parts.day) + "T" + two(parts.hour)
        + two(parts.minute) + two(parts.second) + "Z"
      #expect(SigningTime(secondsSince1970: seconds).stamp == expected)
    }
  }
}
