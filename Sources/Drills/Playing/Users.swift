import Failover
import RealBackends
import Synchronization

/// The users of a workspace: programs that write to it on whichever machine the endpoint leads to, at a steady rate.
///
/// Every write has a number, and the machine says each number once the write is done. So it is known afterwards, by
/// counting, what users had been told was saved and is not there any more.
public final class Users: Sendable {
  /// A write that was done, and when the drill heard of it.
  public struct Write: Sendable, Hashable {
    public var number: Int
    public var time: Duration
    /// How often users had been moved by then.
    public var session: Int
  }

  private struct State {
    var writes: [Write] = []
    var session: Task<Void, Never>?
    var sessions = 0
  }

  private let state = Mutex(State())
  private let site: any DrillSite
  private let path: String
  private let now: @Sendable () -> Duration
  /// What one write changes.
  public let bytesPerWrite: ByteCount
  /// Between two writes.
  public static let interval = Duration.milliseconds(200)
  /// Every file is written again after so many writes.
  static let files = 16

  /// - Parameters:
  ///   - path: the workspace.
  ///   - rate: what users change; at zero there are none.
  ///   - now: the time on the drill's clock.
  public init(site: any DrillSite, path: String, rate: DataRate, now: @escaping @Sendable () -> Duration) {
    self.site = site
    self.path = path
    self.now = now
    bytesPerWrite = rate.amount(in: Self.interval)
  }

  /// The writes that are known to be done, in order.
  public var writes: [Write] { state.withLock { $0.writes } }

  /// What has been written since `time`.
  public func written(since time: Duration) -> ByteCount {
    let count = writes.count { $0.time >= time }
    return ByteCount(bytesPerWrite.bytes * Int64(count))
  }

  /// Moves everybody to `host`, or away from everywhere.
  func move(to host: HostAddress?) async {
    let last = state.withLock { state in
      state.session?.cancel()
      defer { state.session = nil }
      return state.session
    }
    await last?.value
    guard let host, bytesPerWrite > .zero else { return }
    let number = state.withLock { state in
      state.sessions += 1
      return state.sessions
    }
    let session = Task {
      // A machine that dies under its users is no error of theirs: they come back with the next move.
      _ = try? await self.site.run(self.script, on: host) { line in
        guard let write = Int(line).map({ Write(number: $0, time: self.now(), session: number) }) else { return }
        self.state.withLock { $0.writes.append(write) }
      }
    }
    state.withLock { $0.session = session }
  }

  /// Counts on from the number that the machine holds, and says a number when the file is written.
  private var script: String {
    let directory = Quoting.forShell(path + "/" + Self.directory)
    return """
      mkdir -p \(directory) && cd \(directory) || exit 1
      number=$(cat last 2>/dev/null || echo 0)
      while :; do
        number=$((number + 1))
        head -c \(bytesPerWrite.bytes) /dev/urandom >"file-$((number % \(Self.files)))" || exit 1
        echo "$number" >last.new && mv last.new last && echo "$number" || exit 1
        sleep 0.\(Self.interval.components.attoseconds / 100_000_000_000_000_000)
      done
      """
  }

  static let directory = "drill-writes"
}

/// A router that takes the users along.
struct RouterWithUsers: EndpointRouter {
  let router: any EndpointRouter
  let users: Users

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await router.route(to: host, timeout: timeout)
    await users.move(to: host)
  }

  func hold(timeout: Duration) async throws(PortError) {
    try await router.hold(timeout: timeout)
    await users.move(to: nil)
  }

  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await router.currentRoute(timeout: timeout)
  }
}
