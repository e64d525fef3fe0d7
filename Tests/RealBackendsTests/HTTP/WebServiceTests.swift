import Failover
import Synchronization
import Testing

@testable import RealBackends

@Suite struct WebServiceTests {
  private let clock = FakeClock()

  private func service(_ transport: any HTTPTransport, jitter: UInt32 = 0) -> WebService {
    WebService(
      name: "Test", baseURL: "http://test", transport: transport, time: TimeSource(clock),
      pacing: CallPacing(jitter: ConstantJitter(value: jitter)))
  }

  private func call(_ endpoint: String = "one", every interval: Duration = .zero) -> WebCall {
    WebCall(what: "ask", method: .get, path: "/", endpoint: endpoint, leastInterval: interval)
  }

  /// The instants at which requests are sent, for a service that is asked again and again.
  private func instants(
    jitter: UInt32 = 0, timeout: Duration, _ answer: @escaping @Sendable (Int) -> HTTPAnswer
  ) async -> (instants: [Duration], error: PortError?) {
    let instants = Mutex<[Duration]>([])
    let transport = ScriptedTransport { [clock] _, number in
      instants.withLock { $0.append(clock.now.offset) }
      return answer(number)
    }
    let service = service(transport, jitter: jitter)
    let error = await failure {
      try await service.answer(to: call(), bearer: nil, until: service.time.deadline(in: timeout))
    }
    return (instants.withLock { $0 }, error)
  }

  @Test func `calls of one endpoint are kept apart, those of others are not`() async throws {
    let times = Mutex<[Duration]>([])
    let service = service(ScriptedTransport { [clock] _, _ in
      times.withLock { $0.append(clock.now.offset) }
      clock.advance(by: .milliseconds(300))
      return .json("{}")
    })
    for endpoint in ["one", "one", "two", "one"] {
      _ = try await service.answer(
        to: call(endpoint, every: .seconds(2)), bearer: nil, until: service.time.deadline(in: .seconds(10)))
    }
    // From beginning to beginning; the third begins when the second has ended.
    #expect(times.withLock { $0 } == [.zero, .seconds(2), .milliseconds(2300), .seconds(4)])
  }

  @Test func `a turn that comes too late is refused at once and taken by nobody`() async throws {
    let transport = ScriptedTransport { _, _ in .json("{}") }
    let service = service(transport)
    let call = call(every: .seconds(5))
    _ = try await service.answer(to: call, bearer: nil, until: service.time.deadline(in: .seconds(1)))
    for _ in 0..<3 {
      let refusal = await reason {
        try await service.answer(to: call, bearer: nil, until: service.time.deadline(in: .seconds(1)))
      }
      #expect(refusal == .rateLimited)
    }
    #expect(clock.now.offset == .zero)
    #expect(transport.requests.count == 1)
    _ = try await service.answer(to: call, bearer: nil, until: service.time.deadline(in: .seconds(6)))
    #expect(clock.now.offset == .seconds(5))
  }

  @Test func `a 429 is tried again up to eight times, with growing waits`() async {
    let (none, ended) = await instants(timeout: .seconds(1000)) { number in
      number < 7 ? .text("slow down", status: 429) : .json("{}")
    }
    #expect(ended == nil)
    // Without jitter half of 1, 1.5, 2.25, 3.375, 5.0625, 7.59375 and 10 seconds.
    let waits = zip(none.dropFirst(), none).map { $0 - $1 }
    #expect(
      waits == [500, 750, 1125, 1687.5, 2531.25, 3796.875, 5000].map { Duration.microseconds(Int64($0 * 1000)) })

    let (most, _) = await instants(jitter: .max, timeout: .seconds(1000)) { _ in .text("slow down", status: 429) }
    for (wait, least) in zip(zip(most.dropFirst(), most).map { $0 - $1 }, waits) {
      #expect(wait > least && wait <= least * 2)
    }
  }

  @Test func `after the eighth 429 the server's words are passed on`() async {
    let (instants, error) = await instants(timeout: .seconds(1000)) { _ in
      .text("API requests too frequent: endpoint threshold=4.5\n", status: 429)
    }
    #expect(instants.count == 8)
    #expect(error?.reason == .rateLimited)
    #expect(error?.detail == "Test: ask: API requests too frequent: endpoint threshold=4.5")
  }

  @Test func `the caller's time bounds the attempts`() async {
    let (instants, error) = await instants(timeout: .seconds(2)) { _ in .text("no", status: 429) }
    #expect(error?.reason == .rateLimited)
    #expect(instants == [.zero, .milliseconds(500), .milliseconds(1250)])
    #expect(clock.now.offset < .seconds(2))
  }

  @Test func `a call cancelled while it waits is cancelled`() async {
    let service = service(ScriptedTransport { _, _ in .text("no", status: 429) })
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await reason {
        try await service.answer(
          to: call(every: .seconds(1)), bearer: nil, until: service.time.deadline(in: .seconds(100)))
      }
    }
    task.cancel()
    #expect(await task.value == .cancelled)
  }

  @Test func `the query and the form are escaped`() {
    #expect(FormEncoding.encoded([("a b", "c&d=e/ü"), ("x", "~-._")]) == "a%20b=c%26d%3De%2F%C3%BC&x=~-._")
  }

  @Test func `an answer that is not a success has one clear line`() {
    let cases: [(HTTPAnswer, PortError.Reason, String)] = [
      (
        .page("<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>", status: 502), .invalidAnswer,
        "try: HTTP 502: a web page: 502 Bad Gateway"
      ),
      (.page("<h1>no</h1>", status: 503), .invalidAnswer, "try: HTTP 503: a web page"),
      (.text("API requests too frequent", status: 429), .rateLimited, "try: HTTP 429: API requests too frequent"),
      (
        .json(#"{"success": false, "error": "no_such_ask", "msg": "not\nhere"}"#, status: 404), .notFound,
        "try: HTTP 404: not here (no_such_ask)"
      ),
      (.json(#"{"msg": "bad key"}"#, status: 401), .unauthorized, "try: HTTP 401: bad key"),
      (.text("", status: 410), .refused, "try: HTTP 410: nothing"),
      (.text("\n\n first\nsecond", status: 400), .refused, "try: HTTP 400: first"),
      (HTTPAnswer(status: 302, body: []), .invalidAnswer, "try: HTTP 302: nothing"),
      (
        .json(
          #"{"error": {"code": 403, "message": "quota", "errors": [{"reason": "quotaExceeded"}], "status": "X"}}"#,
          status: 403), .unauthorized, "try: HTTP 403: quota (X, quotaExceeded)"
      ),
    ]
    for (answer, reason, detail) in cases {
      let error = answer.error("try")
      #expect(error.reason == reason)
      #expect(error.detail == detail)
    }
  }

  @Test func `a success that is no JSON is an invalid answer that says what came`() async {
    let page = HTTPAnswer.page("<html><title>Log in</title>", status: 200)
    let error = await failure { try page.decoded(VastPage.self, "list") }
    #expect(error == PortError(.invalidAnswer, "list: JSON expected, got a web page: Log in"))
    let lacking = await failure { try HTTPAnswer.json("{}").decoded(VastPage.self, "list") }
    #expect(lacking == PortError(.invalidAnswer, "list: the answer has no instances"))
    let other = HTTPAnswer.json(#"{"instances": 3}"#)
    let wrong = await failure { try other.decoded(VastPage.self, "list") }
    #expect(wrong == PortError(.invalidAnswer, "list: the answer's instances is not what it should be"))
  }
}
