import Failover

/// One call of an interface that speaks JSON.
struct WebCall: Sendable {
  enum Body: Sendable {
    case none
    case json(JSONValue)
    case form([(name: String, value: String)])
  }

  /// What is being done, for errors: `search for offers`.
  var what: String
  var method: HTTPRequest.Method
  /// From the base URL on, with a slash at the beginning.
  var path: String
  var query: [(name: String, value: String)] = []
  var body: Body = .none
  /// Calls of the same endpoint are kept apart.
  var endpoint: String
  var leastInterval: Duration = .zero
}

/// An interface that speaks JSON over HTTP: paced, patient with 429, and never repeating a secret.
struct WebService: Sendable {
  /// As people know it, such as `Vast.ai`; begins every error.
  var name: String
  var baseURL: String
  var transport: any HTTPTransport
  var time: TimeSource
  var pacing: CallPacing
  /// Whether an answer other than 429 means the same.
  var isRateLimit: @Sendable (HTTPAnswer) -> Bool = { _ in false }

  /// Makes a call, again after a while where the answer is 429, and returns any other answer.
  ///
  /// - Parameters:
  ///   - bearer: the credentials; `nil` for none.
  ///   - secrets: more that no error may repeat.
  /// - Throws: `.rateLimited` after eight attempts, or when the time is over sooner; what the transport throws.
  func answer(
    to call: WebCall, bearer: Secret?, secrets: [Secret] = [], until deadline: Deadline
  ) async throws(PortError) -> HTTPAnswer {
    let hidden = secrets + (bearer.map { [$0] } ?? [])
    do throws(PortError) {
      return try await patientAnswer(to: call, bearer: bearer, hiding: hidden, until: deadline)
    } catch {
      let detail = hidden.reduce(error.detail) { $1.redacted(from: $0) }
      throw PortError(error.reason, detail, host: error.host)
    }
  }

  private func patientAnswer(
    to call: WebCall, bearer: Secret?, hiding hidden: [Secret], until deadline: Deadline
  ) async throws(PortError) -> HTTPAnswer {
    let what = "\(name): \(call.what)"
    let request = try request(for: call, bearer: bearer)
    var attempt = 1
    while true {
      try await pacing.waitForTurn(
        at: call.endpoint, leastInterval: call.leastInterval, until: deadline, what)
      guard deadline.left > .zero else { throw PortError(.timedOut, what) }
      var answer = try await transport.send(request, timeout: deadline.left, what)
      // Before anybody reads it, or cuts it off in the middle of a secret, so that nobody further up can forget it.
      let text = String(decoding: answer.body, as: UTF8.self)
      let shown = hidden.reduce(text) { $1.redacted(from: $0) }
      if shown != text { answer.body = Array(shown.utf8) }
      guard answer.status == 429 || isRateLimit(answer) else { return answer }
      let delay = pacing.delay(after: attempt)
      guard attempt < CallPacing.attempts, delay < deadline.left else {
        throw PortError(.rateLimited, "\(what): \(answer.said)")
      }
      try await deadline.time.pause(delay, what)
      attempt += 1
    }
  }

  private func request(for call: WebCall, bearer: Secret?) throws(PortError) -> HTTPRequest {
    var url = baseURL + call.path
    if !call.query.isEmpty { url += "?" + FormEncoding.encoded(call.query) }
    var request = HTTPRequest(method: call.method, url: url, bearer: bearer)
    switch call.body {
    case .none: break
    case .json(let value):
      guard let body = value.encoded else {
        throw PortError(.refused, "\(name): \(call.what): a number that JSON cannot hold")
      }
      request.body = body
      request.contentType = "application/json"
    case .form(let fields):
      request.body = Array(FormEncoding.encoded(fields).utf8)
      request.contentType = "application/x-www-form-urlencoded"
    }
    return request
  }
}
