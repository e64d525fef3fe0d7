import Failover

/// A request as a transport sends it.
struct HTTPRequest: Sendable {
  enum Method: String, Sendable, Hashable { case get = "GET", put = "PUT", post = "POST", delete = "DELETE" }

  var method: Method
  var url: String
  /// Sent as `Authorization: Bearer`; `nil` for none.
  var bearer: Secret?
  var contentType: String?
  /// Empty for none.
  var body: [UInt8] = []
}

/// What came back, whatever its status.
struct HTTPAnswer: Sendable, Hashable {
  var status: Int
  /// Empty when the server did not say.
  var contentType: String = ""
  var body: [UInt8]
}

/// Sends one request: the seam at which tests put a script in the network's place.
protocol HTTPTransport: Sendable {
  /// Sends the request and reads the whole answer.
  ///
  /// - Parameters:
  ///   - timeout: for all of it, from the look-up of the name to the last byte of the body.
  ///   - what: what is being done, for the error.
  /// - Throws: `.timedOut`, `.unreachable`, `.cancelled`, `.invalidAnswer` for an answer that is not HTTP or too long.
  func send(_ request: HTTPRequest, timeout: Duration, _ what: String) async throws(PortError) -> HTTPAnswer
}
