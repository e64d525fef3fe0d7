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

  static let html = ServerAnswer(
    status: 502, contentType: "text/html",
    body: Data("<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>".utf8))

  static let tooMany = ServerAnswer.text("Too Many Requests", status: 429)
}
