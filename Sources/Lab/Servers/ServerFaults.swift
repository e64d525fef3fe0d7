import Foundation

/// What a server does wrong, whatever it is asked. The counts are used up, one for each request.
public struct ServerFaults: Sendable, Equatable {
  /// So many of the next requests are answered with 429, in plain text and without `Retry-After`.
  public var tooManyRequests = 0
  /// So many of the next requests are answered by a page in HTML with status 502, as by a proxy that cannot reach
  /// the server behind it.
  public var htmlAnswers = 0
  /// So many of the next requests that change something are carried out, and the client hears 502 all the same.
  public var lostAnswers = 0
  /// Every answer comes this much later.
  public var delay = Duration.zero

  public init() {}

  /// What the server answers without looking at the request; `nil` for what it should.
  mutating func refusal() -> ServerAnswer? {
    if tooManyRequests > 0 {
      tooManyRequests -= 1
      return Self.tooMany
    }
    guard htmlAnswers > 0 else { return nil }
    htmlAnswers -= 1
    return Self.html
  }

  /// What the client hears of the answer to a request that may have changed something.
  mutating func heard(of answer: ServerAnswer) -> ServerAnswer {
    guard answer.status == 200, lostAnswers > 0 else { return answer }
    lostAnswers -= 1
    return Self.html
  }

  static let html = ServerAnswer(
    status: 502, contentType: "text/html",
    body: Data("<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>".utf8))

  static let tooMany = ServerAnswer.text("Too Many Requests", status: 429)
}
