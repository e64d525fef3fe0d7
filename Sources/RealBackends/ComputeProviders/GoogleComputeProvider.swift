import Failover
import Foundation

/// Google Compute Engine, by its REST interface.
///
/// A machine's id is its name in the zone. Its label and its price, which Compute Engine does not keep, are written on
/// it as metadata.
public struct GoogleComputeProvider: LabellingComputeProvider {
  let settings: GoogleSettings
  private let service: WebService
  private let tokens: ServiceAccountTokens

  /// - Throws: `SettingsError`, in one clear line, before anything is sent.
  public init(key: ServiceAccountKey, settings: GoogleSettings) throws(SettingsError) {
    try self.init(
      key: key, settings: settings, transport: NetworkTransport(), clock: ContinuousClock(), jitter: SystemJitter(),
      unixTime: { Int64(Date().timeIntervalSince1970) })
  }

  /// - Parameter unixTime: whole seconds since 1970.
  init(
    key: ServiceAccountKey, settings: GoogleSettings, transport: any HTTPTransport, clock: some Clock<Duration>,
    jitter: any JitterSource, unixTime: @escaping @Sendable () -> Int64
  ) throws(SettingsError) {
    try settings.validate()
    self.settings = settings
    let baseURL = try SettingsError.checkedBaseURL(settings.baseURL)
    service = WebService(
      name: "Google", baseURL: baseURL, transport: transport, time: TimeSource(clock),
      pacing: CallPacing(jitter: jitter), isRateLimit: Self.isRateLimit)
    let use: ServiceAccountClaim.Use =
      switch settings.signIn {
      case .selfSigned: .bearer(audience: baseURL + "/")
      case .exchanged: .exchange(scope: "https://www.googleapis.com/auth/compute")
      }
    tokens = ServiceAccountTokens(key: key, use: use, service: service, unixTime: unixTime)
  }

  // MARK: ComputeProvider

  public func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await machine(id.rawValue, until: deadline(timeout)).described
  }

  public func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let deadline = deadline(timeout)
    try await begin(id.rawValue, until: deadline)
    _ = try await running(id.rawValue, until: deadline)
  }

  /// Returns once it has stopped, which takes Compute Engine a minute or more.
  public func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let deadline = deadline(timeout)
    let call = call(.post, try path(to: id.rawValue) + "/stop", "stop \(id)")
    try await finish(try await success(of: call, until: deadline), call.what, until: deadline)
  }

  /// Returns once it is gone, which takes Compute Engine a minute or more; a second call goes on waiting.
  public func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let deadline = deadline(timeout)
    let call = call(.delete, try path(to: id.rawValue), "delete \(id)")
    do throws(PortError) {
      try await finish(try await success(of: call, until: deadline), call.what, until: deadline)
    } catch {
      if error.reason != .notFound { throw error }
    }
  }

  // MARK: Calls

  func deadline(_ timeout: Duration) -> Deadline { service.time.deadline(in: timeout) }

  var zonePath: String { "/compute/v1/projects/\(settings.project)/zones/\(settings.zone)" }

  /// - Throws: `.notFound` for a name that no machine can have, so that it becomes part of no path.
  func path(to name: String) throws(PortError) -> String {
    guard GoogleInstanceName.isName(name) else {
      throw PortError(.notFound, "Google: \(ProgramFailure.printable(name)): no machine can have this name")
    }
    return "\(zonePath)/instances/\(name)"
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, _ what: String, body: JSONValue? = nil
  ) -> WebCall {
    WebCall(what: what, method: method, path: path, body: body.map { .json($0) } ?? .none, endpoint: "compute")
  }

  /// The answer to a call, whatever its status.
  func answer(to call: WebCall, until deadline: Deadline) async throws(PortError) -> HTTPAnswer {
    let token = try await tokens.token(until: deadline)
    let answer = try await service.answer(to: call, bearer: token, until: deadline)
    guard answer.status == 401 else { return answer }
    // It may have expired sooner than it said, or been revoked: once more with a new one.
    tokens.drop(token)
    return try await service.answer(to: call, bearer: try await tokens.token(until: deadline), until: deadline)
  }

  /// The answer to a call that went well.
  func success(of call: WebCall, until deadline: Deadline) async throws(PortError) -> HTTPAnswer {
    try Self.checked(try await answer(to: call, until: deadline), "Google: \(call.what)")
  }

  static func checked(_ answer: HTTPAnswer, _ what: String) throws(PortError) -> HTTPAnswer {
    if (200...299).contains(answer.status) { return answer }
    throw error(of: answer, what)
  }

  /// 403 has three meanings: not allowed, too much in all (a quota), and too often.
  private static func error(of answer: HTTPAnswer, _ what: String) -> PortError {
    var error = answer.error(what)
    let codes = answer.complaint?.codes ?? []
    if answer.status == 403, codes.contains("quotaExceeded") { error.reason = .refused }
    return error
  }

  private static func isRateLimit(_ answer: HTTPAnswer) -> Bool {
    guard answer.status == 403, let codes = answer.complaint?.codes else { return false }
    return codes.contains("rateLimitExceeded") || codes.contains("userRateLimitExceeded")
  }

  func machine(_ name: String, until deadline: Deadline) async throws(PortError) -> GoogleInstance {
    let call = call(.get, try path(to: name), "describe \(name)")
    return try await success(of: call, until: deadline).decoded(GoogleInstance.self, "Google: \(call.what)")
  }
}
