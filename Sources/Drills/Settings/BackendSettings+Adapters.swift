import Failover
import RealBackends

extension BackendSettings {
  /// How this machine reaches the hosts.
  public var sshSettings: SSHSettings {
    let file = ssh.knownHosts.map(paths.absolute)
    return SSHSettings(
      user: ssh.user, identityFile: ssh.identityFile.map(paths.absolute),
      knownHosts: ssh.hostKeys == .strict ? .strict(file: file) : .acceptNew(file: file),
      configFile: ssh.configFile.map(paths.absolute), connectTimeout: ssh.connectTimeout)
  }

  /// How workspaces are copied. A host reaches another one with the same account and, since this machine's files are
  /// not there, by the forwarded agent or a key of its own.
  public var fileSync: RsyncFileSync {
    RsyncFileSync(
      ssh: sshSettings,
      peer: SSHSettings(user: ssh.user, knownHosts: .acceptNew(file: nil), connectTimeout: ssh.connectTimeout),
      forwardsAgent: sync.forwardsAgent, stagingDirectory: paths.absolute(sync.stagingDirectory), options: sync.options,
      relayMethod: sync.relay, sourceGuard: sync.sourceGuard)
  }

  /// - Parameter status: what the providers say; see `NetworkProbe.providerStatus`.
  public func healthProbe(status: NetworkProbe.StatusCheck?) -> NetworkProbe {
    let heartbeat = health.heartbeat.map {
      NetworkProbe.HeartbeatLimit(HeartbeatFile(path: $0.file, ssh: sshSettings), maximumAge: $0.maximumAge)
    }
    return NetworkProbe(ssh: sshSettings, processPattern: health.process, heartbeat: heartbeat, status: status)
  }

  /// Heartbeats of the workload; `nil` when no file is named.
  public func heartbeatSource(address: @escaping HeartbeatFileSource.AddressLookup) -> HeartbeatFileSource? {
    health.heartbeat.map { HeartbeatFileSource(HeartbeatFile(path: $0.file, ssh: sshSettings), address: address) }
  }

  public var inferenceProbe: OllamaProbe {
    let way: OllamaProbe.Way =
      switch inference.way {
      case .tunnel: .tunnel(sshSettings, start: inference.start)
      case .direct: .direct
      }
    return OllamaProbe(way, port: inference.port, prompt: inference.prompt)
  }

  /// Runs `body` with all ways of moving users; a forwarded port is closed afterwards.
  public func withRouter<Value>(_ body: (any EndpointRouter) async throws -> Value) async throws -> Value {
    var members: [RouterGroup.Member] = []
    if let sshConfig = router.sshConfig {
      let file = try FileRouter(path: paths.absolute(sshConfig.path), endpointName: sshConfig.name)
      members.append(.init("ssh configuration", file))
    }
    if let command = router.command {
      var program = command.program
      // A program beside the settings file is found from everywhere; one of the system's has no slash.
      if let first = program.first, first.contains("/") { program[0] = paths.absolute(first) }
      let router = try CommandRouter(command: program, routeFile: paths.absolute(command.routeFile))
      members.append(.init("program", router))
    }
    guard let forward = router.forward else { return try await body(RouterGroup(members)) }
    let settings = TCPForwarder.Settings(
      listen: forward.listen, servicePort: forward.servicePort, routeFile: paths.absolute(forward.routeFile))
    return try await TCPForwarder.with(settings) { forwarder in
      try await body(RouterGroup(members + [.init("forwarded port", forwarder)]))
    }
  }

  /// Everybody who is told.
  ///
  /// - Parameter credentials: with the webhooks' addresses, found by `credentials(for:environment:)`.
  public func notifiers(_ credentials: BackendCredentials) -> NotifierGroup {
    var members: [(name: String, notifier: any Notifier)] = notifier.log ? [("log", LogNotifier())] : []
    for (index, (webhook, address)) in zip(notifier.webhooks, credentials.webhooks).enumerated() {
      let name = "\(webhook.format.rawValue) webhook \(index + 1)"
      members.append((name, WebhookNotifier(webhook.format, address: address, name: name)))
    }
    return NotifierGroup(members)
  }
}
