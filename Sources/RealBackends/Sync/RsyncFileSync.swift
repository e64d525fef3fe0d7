import Failover
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Copies workspaces with rsync over ssh.
///
/// Needs rsync 3.2.3 or later (2020) on every machine that takes part, and on the hosts a POSIX shell with
/// GNU findutils and coreutils for the digest.
///
/// - On the **direct** route the source runs rsync towards the destination and needs a way in there: the
///   forwarded agent, or a key of its own. Whoever is root on the source can use a forwarded agent while a
///   pass lasts; on a machine rented from strangers, prefer the relay or a key that is good for nothing else.
/// - On the **relay** route this machine pulls into `stagingDirectory` and, only after a whole and successful
///   pull, pushes from there: a source that fails in the middle never leaves the destination between two
///   states, and the staging directory makes the way back short as well. It needs room for the workspace.
///   Unless this machine's user is root, owners and groups are not copied, since a copy that belongs to
///   somebody else cannot be kept here.
///
/// A pass that runs out of time or is cancelled has ended its programs before the call returns; SIGTERM is
/// sent at the time-out, and SIGKILL half a second later if that was not enough. On the direct route the
/// rsync on the source is ended too, at the latest `silenceTolerated` of the ssh settings later when the
/// source cannot be reached.
public struct RsyncFileSync: FileSync {
  /// How this machine reaches the hosts.
  public var ssh: SSHSettings
  /// How a source host reaches a destination on the direct route; files named here are files of the source
  /// host.
  public var peer: SSHSettings
  /// Whether the source may use this machine's ssh agent on the direct route.
  public var forwardsAgent: Bool
  /// An absolute path on this machine, for the relay route; below it the paths of the workspaces are
  /// repeated.
  public var stagingDirectory: String
  public var options: RsyncOptions
  private let stagingLock = StagingLock()

  public init(
    ssh: SSHSettings, peer: SSHSettings = SSHSettings(knownHosts: .acceptNew(file: nil)),
    forwardsAgent: Bool = true, stagingDirectory: String, options: RsyncOptions = RsyncOptions()
  ) {
    self.ssh = ssh
    self.peer = peer
    self.forwardsAgent = forwardsAgent
    self.stagingDirectory = stagingDirectory
    self.options = options
  }

  public func synchronize(
    _ request: SyncRequest, timeout: Duration
  ) async throws(PortError) -> SyncReport {
    try request.source.validate()
    try request.destination.validate()
    let path = try Self.validated(request.path)
    let clock = ContinuousClock()
    let start = clock.now
    let what = "rsync \(request.source) to \(request.destination)"
    let statistics = try await withTimeout(timeout, what) { () throws(PortError) -> RsyncStatistics in
      switch request.route {
      case .direct:
        try await copyDirectly(path, from: request.source, to: request.destination, limit: timeout)
      case .relay:
        try await copyByRelay(path, from: request.source, to: request.destination)
      }
    }
    return SyncReport(
      files: statistics.filesTransferred, bytesSent: ByteCount(statistics.bytesOnTheWire),
      duration: start.duration(to: clock.now))
  }

  /// Needs GNU findutils and an awk on the host.
  public func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    let what = "look at \(path) on \(host)"
    let result = try await run(WorkspaceScript.summary, in: path, on: host, what, timeout: timeout)
    return try WorkspaceScript.summary(in: result, what)
  }

  /// The SHA-256 of a list of everything in the directory: of files the path and the SHA-256 of the bytes, of
  /// links the path and the target, of directories the path. Modes, times and owners are not part of it.
  ///
  /// - Throws: among others `.invalidAnswer` when something could not be read or changed while it was being
  ///   read.
  public func digest(
    of path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceDigest {
    let what = "digest of \(path) on \(host)"
    let result = try await run(WorkspaceScript.digest, in: path, on: host, what, timeout: timeout)
    return try WorkspaceScript.digest(in: result, what)
  }

  private func run(
    _ script: String, in path: String, on host: HostAddress, _ what: String, timeout: Duration
  ) async throws(PortError) -> Program.Result {
    try host.validate()
    let command = ["sh", "-c", script, "workspace", try Self.validated(path)]
    return try await withTimeout(timeout, what) { () throws(PortError) in
      try await RemoteShell(ssh).runLeased(command, on: host, limit: timeout)
    }
  }

  // MARK: The two routes

  private func copyDirectly(
    _ path: String, from source: HostAddress, to destination: HostAddress, limit: Duration
  ) async throws(PortError) -> RsyncStatistics {
    let command =
      ["rsync"] + options.arguments(fileUpdate: options.fileUpdate, keepsOwners: true)
      + remoteShell(peer, port: destination.port)
      + ["--", "\(path)/", "\(destination.forRsync):\(path)/"]
    let result = try await RemoteShell(ssh).runLeased(
      command, on: source, limit: limit, forwardingAgent: forwardsAgent)
    return try statistics(of: result, "rsync on \(source) to \(destination)")
  }

  private func copyByRelay(
    _ path: String, from source: HostAddress, to destination: HostAddress
  ) async throws(PortError) -> RsyncStatistics {
    // Both are absolute, so this is a directory below the staging directory.
    let staging = try Self.validated(stagingDirectory) + path
    return try await stagingLock.holding(staging) { () throws(PortError) in
      let keepsOwners = geteuid() == 0
      // Nobody is served from here, and what an interrupted pull leaves in place is the start of the next
      // one.
      _ = try await rsync(
        options.arguments(fileUpdate: .inPlace, keepsOwners: keepsOwners)
          + remoteShell(ssh, port: source.port)
          + ["--", "\(source.forRsync):\(path)/", "\(staging)/"],
        "rsync from \(source)")
      return try await rsync(
        options.arguments(fileUpdate: options.fileUpdate, keepsOwners: keepsOwners)
          + remoteShell(ssh, port: destination.port)
          + ["--", "\(staging)/", "\(destination.forRsync):\(path)/"],
        "rsync to \(destination)")
    }
  }

  private func rsync(_ arguments: [String], _ what: String) async throws(PortError) -> RsyncStatistics {
    try statistics(of: await Program("rsync", arguments).run(), what)
  }

  private func remoteShell(_ settings: SSHSettings, port: Int) -> [String] {
    let words = ["ssh"] + settings.arguments(port: port)
    return ["-e", words.map(Quoting.forRemoteShellOption).joined(separator: " ")]
  }

  private func statistics(
    of result: Program.Result, _ what: String
  ) throws(PortError) -> RsyncStatistics {
    // 24: files vanished from the source while rsync was at work. They are gone there, so they are not
    // missing here.
    guard result.exitCode == 0 || result.exitCode == 24 else {
      throw ProgramFailure.error(result, what)
    }
    guard let statistics = RsyncStatistics(result.output) else {
      throw PortError(.invalidAnswer, "\(what): no statistics; is it rsync 3.2.3 or later?")
    }
    return statistics
  }

  /// The path without a slash at its end, once it is sure that it cannot name more than was meant: everything
  /// in the destination's directory that is not in the source's is deleted.
  static func validated(_ path: String) throws(PortError) -> String {
    let parsed = FilePath(path)
    // Blanks are fine; rsync expands the others on the source.
    let isPlain = !path.unicodeScalars.contains {
      "*?[]\\".unicodeScalars.contains($0) || $0.properties.generalCategory == .control
    }
    guard isPlain, parsed.isAbsolute, parsed.isLexicallyNormal, !parsed.components.isEmpty else {
      throw PortError(
        .refused,
        "not a directory to copy: \(path.debugDescription.prefix(200)) "
          + "(an absolute path other than /, without . and .., *?[]\\ and control characters, expected)")
    }
    return parsed.string
  }
}
