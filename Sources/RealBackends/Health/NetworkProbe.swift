import Failover

/// Checks machines over the network.
///
/// - `tcp` opens a connection to the address and closes it.
/// - `ssh` opens one and reads the server's greeting. It says nothing and does not log in. An OpenSSH server
///   from 9.8 on counts that as a penalty of one second for the caller's address (`PerSourcePenalties`,
///   `noauth`) and turns it away, syncs included, once 15 s have come together: check at most once a second,
///   or have the server exempt this machine (`PerSourcePenaltyExemptList`).
/// - `process` runs `pgrep` on the machine by ssh, and looks at the heartbeat file where there is one: a process that
///   has not given a sign of life for too long is none. A machine without `pgrep`, a pattern that is none and a
///   heartbeat from the future count as `.apiError`, a key that is refused as `.unauthorized`: the check could not be
///   made.
/// - `api` asks whoever was given as `status`; with nobody given it is always `.apiError`.
///
/// A name with several addresses is tried at all of them at once; one that answers is enough. A check ends
/// within its time-out; for the look-up of names see `SocketAddress.resolve`.
public struct NetworkProbe: HealthProbe {
  /// Asks the provider about a machine, within the given time.
  public typealias StatusCheck = @Sendable (ProbeTarget, Duration) async -> ProbeResult

  private let shell: RemoteShell
  private let processPattern: String?
  private let heartbeat: HeartbeatLimit?
  private let status: StatusCheck?

  /// The age at which a workload's heartbeat file says that the workload stands still.
  public struct HeartbeatLimit: Sendable, Hashable {
    public var file: HeartbeatFile
    /// Several times as long as the time from one heartbeat to the next.
    public var maximumAge: Duration

    public init(_ file: HeartbeatFile, maximumAge: Duration) {
      self.file = file
      self.maximumAge = maximumAge
    }
  }

  /// - Parameters:
  ///   - ssh: how the machines are reached for `process`.
  ///   - processPattern: for `process`, an extended regular expression that the workload's full command line
  ///     matches, and no other one; anchored, such as `^/usr/local/bin/ollama serve`, so that an editor or a
  ///     log viewer is not taken for it. `nil` looks at the heartbeat only.
  ///   - heartbeat: for `process` too; `nil` looks at the process only. With neither, `process` is always `.apiError`.
  ///   - status: answers `api`; see `providerStatus`.
  public init(
    ssh: SSHSettings, processPattern: String?, heartbeat: HeartbeatLimit? = nil, status: StatusCheck? = nil
  ) {
    self.shell = RemoteShell(ssh)
    self.processPattern = processPattern
    self.heartbeat = heartbeat
    self.status = status
  }

  /// A check of what the providers say: the marketplace of a GPU, the compute provider of a standby.
  public static func providerStatus(
    marketplace: any GPUMarketplace, compute: any ComputeProvider
  ) -> StatusCheck {
    { target, timeout in
      do throws(PortError) {
        let instance =
          switch target.role {
          case .gpu: try await marketplace.describe(target.instance, timeout: timeout)
          case .standby: try await compute.describe(target.instance, timeout: timeout)
          }
        return instance.status == .running ? .healthy : .unhealthy(.notRunning)
      } catch {
        switch error.reason {
        case .notFound: return .unhealthy(.notRunning)
        case .timedOut: return .unhealthy(.timedOut)
        case .cancelled: return .unhealthy(.cancelled)
        default: return .unhealthy(.apiError)
        }
      }
    }
  }

  public func check(
    _ target: ProbeTarget, by method: ProbeMethod, timeout: Duration
  ) async -> ProbeResult {
    switch method {
    case .api: await askProvider(about: target, timeout)
    case .tcp: await connect(to: target.address, readingGreeting: false, timeout)
    case .ssh: await connect(to: target.address, readingGreeting: true, timeout)
    case .process: await lookForWorkload(on: target.address, timeout)
    }
  }

  // MARK: api

  private func askProvider(about target: ProbeTarget, _ timeout: Duration) async -> ProbeResult {
    guard let status else { return .unhealthy(.apiError) }
    let start = ContinuousClock.now
    do throws(PortError) {
      let result = try await withTimeout(timeout, "status of \(target.instance)") { () throws(PortError) in
        await status(target, timeout)
      }
      // It was not the caller who gave it up.
      let isOver = start.duration(to: .now) >= timeout && !Task.isCancelled
      return result == .unhealthy(.cancelled) && isOver ? .unhealthy(.timedOut) : result
    } catch {
      return .unhealthy(ProbeFailure(error))
    }
  }

  // MARK: tcp and ssh

  private func connect(
    to host: HostAddress, readingGreeting: Bool, _ timeout: Duration
  ) async -> ProbeResult {
    let deadline = ContinuousClock.now + timeout
    let addresses: [SocketAddress]
    do throws(PortError) {
      try host.validate()
      addresses = try await withTimeout(timeout, "look-up of \(host)") { () throws(PortError) in
        try await SocketAddress.resolve(host.host, port: host.port)
      }
    } catch {
      return .unhealthy(error.reason == .refused ? .unreachable : ProbeFailure(error))
    }
    let failure = await withTaskGroup(of: (Int, ProbeFailure?).self) { group in
      for (index, address) in addresses.enumerated() {
        group.addTask {
          do throws(PortError) {
            let failure = try await onOwnThread {
              failureToConnect(to: address, readingGreeting: readingGreeting, until: deadline)
            }
            return (index, failure)
          } catch {
            return (index, .cancelled)
          }
        }
      }
      var first: (index: Int, failure: ProbeFailure)?
      for await (index, failure) in group {
        guard let failure else {
          group.cancelAll()
          return ProbeFailure?.none
        }
        if index <= first?.index ?? index { first = (index, failure) }
      }
      return first?.failure
    }
    return failure.map(ProbeResult.unhealthy) ?? .healthy
  }

  // MARK: process

  private func lookForWorkload(on host: HostAddress, _ timeout: Duration) async -> ProbeResult {
    guard processPattern != nil || heartbeat != nil else { return .unhealthy(.apiError) }
    do throws(PortError) {
      try host.validate()
      let what = "look for a workload on \(host)"
      return try await withTimeout(timeout, what) { () throws(PortError) in
        if let processPattern {
          let result = try await shell.run(["pgrep", "-f", "--", processPattern], on: host)
          if result.exitCode == 1 { return .unhealthy(.noProcess) }
          guard result.exitCode == 0 else { throw ProgramFailure.error(result, what) }
        }
        guard let heartbeat else { return .healthy }
        return try await isFresh(heartbeat, on: host, timeout) ? .healthy : .unhealthy(.noProcess)
      }
    } catch {
      switch error.reason {
      case .timedOut: return .unhealthy(.timedOut)
      case .cancelled: return .unhealthy(.cancelled)
      case .unreachable: return .unhealthy(error.detail.contains("Connection refused") ? .refused : .unreachable)
      case .unauthorized: return .unhealthy(.unauthorized)
      default: return .unhealthy(.apiError)
      }
    }
  }

  /// A workload that never gave a sign of life is as good as none.
  private func isFresh(
    _ heartbeat: HeartbeatLimit, on host: HostAddress, _ timeout: Duration
  ) async throws(PortError) -> Bool {
    do throws(PortError) {
      return try await heartbeat.file.age(on: host, timeout: timeout) <= heartbeat.maximumAge
    } catch {
      if error.reason == .notFound, error.detail.contains("no file") { return false }
      throw error
    }
  }
}

/// What is wrong with one address of a machine; `nil` when nothing is. Blocks until the deadline at most.
private func failureToConnect(
  to address: SocketAddress, readingGreeting: Bool, until deadline: ContinuousClock.Instant
) -> ProbeFailure? {
  var isConnected = false
  do throws(PortError) {
    let connection = try Connection.open(to: address, until: deadline)
    isConnected = true
    guard readingGreeting else { return nil }
    var greeting = SSHGreeting()
    while greeting.verdict == .needsMore {
      greeting.receive(try connection.read(upTo: 256, until: deadline))
    }
    return greeting.verdict == .notSSH ? .noBanner : nil
  } catch {
    // Connected, and then silence or a broken connection: a frozen machine.
    return isConnected ? .noBanner : ProbeFailure(error)
  }
}

extension ProbeFailure {
  fileprivate init(_ error: PortError) {
    switch error.reason {
    case .timedOut: self = .timedOut
    case .refused: self = .refused
    case .cancelled: self = .cancelled
    default: self = .unreachable
    }
  }
}
