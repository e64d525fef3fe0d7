import Failover

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The ways of a pass: which rsync runs where.
extension RsyncFileSync {
  enum PassOutcome: Sendable {
    case copied(RsyncStatistics)
    /// Nothing was copied, because the source may have lost its files.
    case suspicious(SourceGuard.Suspicion)
  }

  func copy(
    _ path: String, _ request: SyncRequest, _ sourceGuard: SourceGuard?, limit: Duration
  ) async throws(PortError) -> PassOutcome {
    switch (request.route, relayMethod) {
    case (.direct, _): try await copyDirectly(path, request, sourceGuard, limit)
    case (.relay, .staged): try await copyByStaging(path, request, sourceGuard)
    case (.relay, .streamed): try await copyThroughHere(path, request, sourceGuard, limit)
    }
  }

  // MARK: Direct

  private func copyDirectly(
    _ path: String, _ request: SyncRequest, _ sourceGuard: SourceGuard?, _ limit: Duration
  ) async throws(PortError) -> PassOutcome {
    let command = sourceCommand(path, peer, to: request.destination)
    let result = try await RemoteShell(ssh).runLeased(
      sourceGuard?.guarding(command, path: path) ?? command, on: request.source, limit: limit,
      forwardingAgent: forwardsAgent)
    // Which end is silent cannot be told; but only the destination is written to.
    return try await blaming(request.destination, for: [.diskFull]) { () throws(PortError) in
      try outcome(of: result, "rsync on \(request.source) to \(request.destination)")
    }
  }

  /// What the source runs to reach `destination`.
  func sourceCommand(_ path: String, _ settings: SSHSettings, to destination: HostAddress) -> [String] {
    ["rsync"] + options.arguments(fileUpdate: options.fileUpdate, keepsOwners: true)
      + remoteShell(settings, port: destination.port)
      + ["--", "\(path)/", "\(destination.forRsync):\(path)/"]
  }

  // MARK: Relay without staging

  /// Ports of the source's own that lead through here; below those that Linux gives to outgoing connections
  /// (`ip_local_port_range`, from 32768 on).
  private static let forwardedPorts = 20_000...32_767
  /// How many ports are tried: two passes at once, or another program, may have taken one.
  private static let portAttempts = 5

  private func copyThroughHere(
    _ path: String, _ request: SyncRequest, _ sourceGuard: SourceGuard?, _ limit: Duration
  ) async throws(PortError) -> PassOutcome {
    let what = "rsync on \(request.source) through here to \(request.destination)"
    for attempt in 1... {
      let port = Int.random(in: Self.forwardedPorts)
      let command = sourceCommand(
        path, settingsThroughHere(request.destination), to: HostAddress(host: "127.0.0.1", port: port))
      let result = try await RemoteShell(ssh).runLeased(
        sourceGuard?.guarding(command, path: path) ?? command, on: request.source, limit: limit,
        forwardingAgent: forwardsAgent, forwards: [.fromHost(port: port, to: request.destination)])
      let isTaken = result.exitCode == 255 && result.errors.contains { $0.contains("port forwarding failed") }
      if !isTaken || attempt == Self.portAttempts {
        return try await blaming(request.destination, for: [.diskFull]) { () throws(PortError) in
          try outcome(of: result, what)
        }
      }
    }
    throw PortError(.refused, what)
  }

  /// The destination is checked by the key it has under its own name: whoever else listens on the source's port has
  /// another one.
  func settingsThroughHere(_ destination: HostAddress) -> SSHSettings {
    var settings = peer
    // As ssh writes names of hosts with another port than its own into its file.
    let name = destination.port == 22 ? destination.host : "[\(destination.host)]:\(destination.port)"
    settings.extraOptions += ["HostKeyAlias=\(name)", "CheckHostIP=no"]
    return settings
  }

  // MARK: Relay with staging

  private func copyByStaging(
    _ path: String, _ request: SyncRequest, _ sourceGuard: SourceGuard?
  ) async throws(PortError) -> PassOutcome {
    let staging = try stagingDirectory(for: path)
    return try await stagingLock.holding(staging) { () throws(PortError) in
      let pull = pullCommand(path, from: request.source, staging, sourceGuard)
      let pulled = try await blaming(request.source, for: [.unreachable]) { () throws(PortError) in
        try outcome(of: await pull.run(), "rsync from \(request.source)")
      }
      guard case .copied = pulled else { return pulled }
      let push = pushCommand(path, staging, to: request.destination)
      return try await blaming(request.destination, for: [.unreachable, .diskFull]) { () throws(PortError) in
        try outcome(of: await push.run(), "rsync to \(request.destination)")
      }
    }
  }

  /// Names the host that a failure of `body` is the fault of, where its reason is one of these.
  func blaming<Value>(
    _ host: HostAddress, for reasons: [PortError.Reason], _ body: () async throws(PortError) -> Value
  ) async throws(PortError) -> Value {
    do throws(PortError) {
      return try await body()
    } catch {
      guard error.host == nil, reasons.contains(error.reason) else { throw error }
      throw PortError(error.reason, error.detail, host: host)
    }
  }

  func stagingDirectory(for path: String) throws(PortError) -> String {
    // Both are absolute, so this is a directory below the staging directory.
    try Self.validated(stagingDirectory) + path
  }

  func pullCommand(
    _ path: String, from source: HostAddress, _ staging: String, _ sourceGuard: SourceGuard?
  ) -> Program {
    // Nobody is served from here, and what an interrupted pull leaves in place is the start of the next one.
    Self.rsync(
      options.arguments(fileUpdate: .inPlace, keepsOwners: geteuid() == 0)
        + remoteShell(ssh, port: source.port) + (sourceGuard.map { [$0.rsyncPath(path)] } ?? [])
        + ["--", "\(source.forRsync):\(path)/", "\(staging)/"])
  }

  func pushCommand(_ path: String, _ staging: String, to destination: HostAddress) -> Program {
    Self.rsync(
      options.arguments(fileUpdate: options.fileUpdate, keepsOwners: geteuid() == 0)
        + remoteShell(ssh, port: destination.port)
        + ["--", "\(staging)/", "\(destination.forRsync):\(path)/"])
  }

  /// rsync on this machine. When a pass is given up, a failover is waiting: on SIGTERM rsync sleeps for 0.4 s before it
  /// ends, and it has nothing to tidy up here, so it is killed soon after.
  private static func rsync(_ arguments: [String]) -> Program {
    var program = Program("rsync", arguments)
    program.grace = .milliseconds(20)
    return program
  }

  // MARK: Outcome

  private func remoteShell(_ settings: SSHSettings, port: Int) -> [String] {
    let words = ["ssh"] + settings.arguments(port: port)
    return ["-e", words.map(Quoting.forRemoteShellOption).joined(separator: " ")]
  }

  private func outcome(of result: Program.Result, _ what: String) throws(PortError) -> PassOutcome {
    if let suspicion = SourceGuard.suspicion(in: result) { return .suspicious(suspicion) }
    // 24: files vanished from the source while rsync was at work. They are gone there, so they are not
    // missing here.
    guard result.exitCode == 0 || result.exitCode == 24 else {
      throw ProgramFailure.error(result, what)
    }
    guard let statistics = RsyncStatistics(result.output) else {
      throw PortError(.invalidAnswer, "\(what): no statistics; is it rsync 3.2.3 or later?")
    }
    return .copied(statistics)
  }
}
