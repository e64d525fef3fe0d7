import Failover

/// Points users at a host in several ways at once, such as an ssh configuration for people and a forwarded port for
/// programs.
///
/// Every member is asked, at the same time, also when another one fails, and none is turned back: the host before is
/// most likely lost, and a way that leads to the new one is worth having. A call that failed is made again as it was;
/// members that have done their part do it once more. So after a `route` that threw, some users may be sent to the
/// new host and some to the old one; `currentRoute` says so by throwing, until a later `route` has brought them
/// together.
public struct RouterGroup: EndpointRouter {
  public struct Member: Sendable {
    /// For errors.
    public var name: String
    public var router: any EndpointRouter

    public init(_ name: String, _ router: any EndpointRouter) {
      self.name = name
      self.router = router
    }
  }

  private let members: [Member]

  /// - Throws: `.refused` without a member.
  public init(_ members: [Member]) throws(PortError) {
    guard !members.isEmpty else { throw PortError(.refused, "no way to route users") }
    self.members = members
  }

  /// - Throws: the reason of the first member that failed; the detail names all that did, and says how many did not.
  public func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    _ = try await all("route to \(host)") { router throws(PortError) in
      try await router.route(to: host, timeout: timeout)
    }
  }

  public func hold(timeout: Duration) async throws(PortError) {
    _ = try await all("hold") { router throws(PortError) in try await router.hold(timeout: timeout) }
  }

  /// - Throws: `.invalidAnswer` when the members do not agree; the detail says who sends users where. When all who send
  ///   them anywhere agree, the error has that host.
  public func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    let routes = try await all("current route") { router throws(PortError) in
      try await router.currentRoute(timeout: timeout)
    }
    guard routes.dropFirst().allSatisfy({ $0 == routes[0] }) else {
      let texts = zip(members, routes).map { "\($0.name) to \($1?.description ?? "nobody")" }
      let hosts = Set(routes.compactMap(\.self))
      throw PortError(
        .invalidAnswer, "users are sent different ways: \(texts.joined(separator: ", "))",
        host: hosts.count == 1 ? hosts.first : nil)
    }
    return routes[0]
  }

  private func all<Value: Sendable>(
    _ what: String, _ call: @escaping @Sendable (any EndpointRouter) async throws(PortError) -> Value
  ) async throws(PortError) -> [Value] {
    let results = await withTaskGroup(of: (Int, Result<Value, PortError>).self) { group in
      for (index, member) in members.enumerated() {
        group.addTask {
          do throws(PortError) {
            return (index, .success(try await call(member.router)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var results: [(index: Int, result: Result<Value, PortError>)] = []
      for await (index, result) in group { results.append((index, result)) }
      return results.sorted { $0.index < $1.index }.map(\.result)
    }
    var values: [Value] = []
    var failures: [(name: String, error: PortError)] = []
    for (member, result) in zip(members, results) {
      switch result {
      case .success(let value): values.append(value)
      case .failure(let error): failures.append((member.name, error))
      }
    }
    guard let first = failures.first else { return values }
    let texts = failures.map { "\($0.name): \($0.error)" }.joined(separator: "; ")
    let reason = failures.first { $0.error.reason == .cancelled }?.error.reason ?? first.error.reason
    throw PortError(reason, "\(what): \(failures.count) of \(members.count) ways failed: \(texts)")
  }
}
