import Failover

/// The marketplace Vast.ai, by its REST interface.
///
/// Calls of one value and its copies are paced together, as the marketplace counts by account: make one for an account
/// and share it. A call waits for its turn within its time-out.
public struct VastMarketplace: LabellingMarketplace {
  let settings: VastSettings
  private let apiKey: Secret
  private let service: WebService

  /// - Throws: `SettingsError`, in one clear line, before anything is sent.
  public init(apiKey: Secret, settings: VastSettings) throws(SettingsError) {
    try self.init(
      apiKey: apiKey, settings: settings, transport: NetworkTransport(), clock: ContinuousClock(),
      jitter: SystemJitter())
  }

  init(
    apiKey: Secret, settings: VastSettings, transport: any HTTPTransport, clock: some Clock<Duration>,
    jitter: any JitterSource
  ) throws(SettingsError) {
    guard apiKey.isPlain else {
      throw SettingsError("Vast.ai key", "missing, or not a key: visible ASCII characters expected")
    }
    try settings.validate()
    self.apiKey = apiKey
    self.settings = settings
    service = WebService(
      name: "Vast.ai", baseURL: try SettingsError.checkedBaseURL(settings.baseURL), transport: transport,
      time: TimeSource(clock), pacing: CallPacing(jitter: jitter))
  }

  // MARK: GPUMarketplace

  public func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    let search = VastSearch(query: query, settings: settings)
    let call = call(.search, .post, "/api/v0/bundles/", "search for offers", body: try search.body())
    let answer = try await success(of: call, until: deadline(timeout))
    return search.offers(in: try answer.decoded(VastOffers<VastOffer>.self, call.what))
  }

  public func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await show(id, timeout: timeout).described
  }

  public func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await changeState(of: id, to: "running", "start \(id)", timeout: timeout)
  }

  public func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await changeState(of: id, to: "stopped", "stop \(id)", timeout: timeout)
  }

  private func changeState(
    of id: InstanceID, to state: String, _ what: String, timeout: Duration
  ) async throws(PortError) {
    let path = "/api/v0/instances/\(try number(id.rawValue, what))/"
    let call = call(.changeState, .put, path, what, body: ["state": .string(state)])
    _ = try await success(of: call, until: deadline(timeout))
  }

  public func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let what = "destroy \(id)"
    let call = call(.destroy, .delete, "/api/v0/instances/\(try number(id.rawValue, what))/", what, body: [:])
    try await ignoringAbsence { () throws(PortError) in
      _ = try await success(of: call, until: deadline(timeout))
    }
  }

  /// Bids another price for an interruptible instance.
  ///
  /// - Throws: `.refused`, `.notFound` and what every call may throw.
  public func changeBid(_ id: InstanceID, to price: HourlyPrice, timeout: Duration) async throws(PortError) {
    let what = "bid \(price) for \(id)"
    let call = call(
      .bid, .put, "/api/v0/instances/bid_price/\(try number(id.rawValue, what))/", what,
      body: ["client_id": "me", "price": .number(price.perHour.inDollars)])
    _ = try await success(of: call, until: deadline(timeout))
  }

  // MARK: Calls

  /// What the marketplace says of an instance.
  func show(_ id: InstanceID, timeout: Duration) async throws(PortError) -> VastInstance {
    let what = "describe \(id)"
    var call = call(.show, .get, "/api/v0/instances/\(try number(id.rawValue, what))/", what)
    call.query = [("owner", "me")]
    let answer = try await success(of: call, until: deadline(timeout))
    guard let instance = try answer.decoded(VastShown.self, call.what).instance else {
      throw PortError(.notFound, "Vast.ai: \(what): there is no such instance")
    }
    return instance
  }

  func deadline(_ timeout: Duration) -> Deadline { service.time.deadline(in: timeout) }

  var time: TimeSource { service.time }

  func call(
    _ operation: VastOperation, _ method: HTTPRequest.Method, _ path: String, _ what: String, body: JSONValue? = nil
  ) -> WebCall {
    WebCall(
      what: what, method: method, path: path, body: body.map { .json($0) } ?? .none, endpoint: operation.rawValue,
      leastInterval: settings.pacing.leastInterval(of: operation))
  }

  /// The answer to a call that went well.
  ///
  /// - Throws: the error that the answer means, see `error(of:_:)`, and what `WebService.answer` throws.
  func success(of call: WebCall, until deadline: Deadline) async throws(PortError) -> HTTPAnswer {
    let answer = try await service.answer(to: call, bearer: apiKey, until: deadline)
    let what = "Vast.ai: \(call.what)"
    guard (200...299).contains(answer.status) else { throw Self.error(of: answer, what) }
    // A web page is no success, whatever its status says, and some refusals come with the status of one.
    guard let complaint = answer.complaint else {
      throw PortError(.invalidAnswer, "\(what): JSON expected, got \(answer.said)")
    }
    if complaint.success == false { throw Self.error(of: answer, what) }
    return answer
  }

  /// What the marketplace's refusals mean.
  private static func error(of answer: HTTPAnswer, _ what: String) -> PortError {
    var error = answer.error(what)
    // The words of those refusals that come with various statuses.
    let codes = answer.complaint?.codes ?? []
    if codes.contains(where: { $0.hasPrefix("no_such_") || $0 == "not_found" }) {
      error.reason = .notFound
    } else if codes.contains(where: { $0.hasPrefix("insufficient_credit") }) {
      error.reason = .refused
    } else if codes.contains(where: { $0 == "auth_error" || $0 == "invalid_api_key" }) {
      error.reason = .unauthorized
    } else if (200...299).contains(answer.status) {
      error = PortError(.refused, "\(what): \(answer.said)")
    }
    return error
  }

  /// Giving back what is gone already is no error.
  func ignoringAbsence(_ body: () async throws(PortError) -> Void) async throws(PortError) {
    do throws(PortError) {
      try await body()
    } catch {
      if error.reason != .notFound { throw error }
    }
  }

  /// The number that something has on Vast.ai; nothing else may become part of a path.
  ///
  /// - Throws: `.notFound`: whatever has no number was never there.
  func number(_ id: String, _ what: String) throws(PortError) -> Int64 {
    guard let number = Int64(id), number >= 0 else {
      throw PortError(.notFound, "Vast.ai: \(ProgramFailure.printable(what)): not a number of Vast.ai's")
    }
    return number
  }
}
