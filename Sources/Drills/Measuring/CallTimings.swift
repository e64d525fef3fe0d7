import Failover
import Synchronization

/// What a port was asked for.
public enum PortCall: String, Sendable, Hashable, CaseIterable {
  case search, createInstance, startInstance, stopInstance, describeInstance, destroyInstance
  case createVolume, deleteVolume
  case createStandby, startStandby, stopStandby, describeStandby, deleteStandby
  case synchronize, inspect, digest
  case probeAPI, probeTCP, probeSSH, probeProcess
  case route, hold, currentRoute
  case notify
  case saveSnapshot, restoreSnapshot, listSnapshots, deleteSnapshot
  case inference

  init(_ method: ProbeMethod) {
    self =
      switch method {
      case .api: .probeAPI
      case .tcp: .probeTCP
      case .ssh: .probeSSH
      case .process: .probeProcess
      }
  }
}

/// One call of a port, as it went.
public struct CallTiming: Sendable, Hashable {
  public var call: PortCall
  /// The host that was asked, where it was one.
  public var host: HostAddress?
  /// On the drill's clock.
  public var start: Duration
  public var duration: Duration
  public var succeeded: Bool
  /// What was moved, where something was.
  public var bytes: ByteCount?
  /// Which instance was described, created or started, and what it was doing.
  public var instance: InstanceID?
  public var status: InstanceStatus?

  public var end: Duration { start + duration }
}

/// Every call of a drill's ports, in the order in which they ended.
public final class CallTimings: Sendable {
  private let calls = Mutex<[CallTiming]>([])
  private let now: @Sendable () -> Duration

  /// - Parameter now: the time on the drill's clock.
  public init(now: @escaping @Sendable () -> Duration) { self.now = now }

  public var all: [CallTiming] { calls.withLock { $0 } }

  /// Makes a call and notes how long it took.
  func time<Value>(
    _ call: PortCall, on host: HostAddress? = nil, _ body: () async throws(PortError) -> Value,
    note: (inout CallTiming, Value) -> Void = { _, _ in }
  ) async throws(PortError) -> Value {
    let start = now()
    var timing = CallTiming(call: call, host: host, start: start, duration: .zero, succeeded: false)
    do throws(PortError) {
      let value = try await body()
      timing.duration = now() - start
      timing.succeeded = true
      note(&timing, value)
      add(timing)
      return value
    } catch {
      timing.duration = now() - start
      add(timing)
      throw error
    }
  }

  func add(_ timing: CallTiming) { calls.withLock { $0.append(timing) } }

  /// The same ports, timed.
  public func timed(_ ports: Ports) -> Ports {
    var timed = ports
    timed.marketplace = TimedMarketplace(market: ports.marketplace, timings: self)
    timed.compute = TimedCompute(compute: ports.compute, timings: self)
    timed.fileSync = TimedFileSync(fileSync: ports.fileSync, timings: self)
    timed.probe = TimedProbe(probe: ports.probe, timings: self, now: now)
    timed.router = TimedRouter(router: ports.router, timings: self)
    timed.notifier = TimedNotifier(notifier: ports.notifier, timings: self)
    timed.snapshots = ports.snapshots.map { TimedSnapshots(store: $0, timings: self) }
    timed.inference = ports.inference.map { TimedInference(probe: $0, timings: self) }
    return timed
  }
}
