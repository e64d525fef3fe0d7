import Failover
import SystemPackage

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
/// - A relay **without staging** (`relayMethod`) has the source run rsync, as on the direct route, and leads its
///   connection to the destination through this machine. Twice as fast as staging, and it needs no room here; but what
///   is said of the direct route holds: the source needs a way in, and one that fails in the middle leaves the
///   destination with some files new and some old.
///
/// On all three a source that has lost its files is not mirrored; see `SourceGuard`.
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
  /// How data is relayed where the route is a relay.
  public var relayMethod: RelayMethod
  /// `nil` mirrors a source whatever it holds.
  public var sourceGuard: SourceGuard?
  let stagingLock = StagingLock()

  /// How data gets through this machine.
  public enum RelayMethod: String, Sendable, Hashable, CaseIterable {
    /// By a copy on this machine's disk.
    case staged
    /// Through an ssh connection, encrypted from the source to the destination.
    case streamed
  }

  public init(
    ssh: SSHSettings, peer: SSHSettings = SSHSettings(knownHosts: .acceptNew(file: nil)),
    forwardsAgent: Bool = true, stagingDirectory: String, options: RsyncOptions = RsyncOptions(),
    relayMethod: RelayMethod = .staged, sourceGuard: SourceGuard? = SourceGuard()
  ) {
    self.relayMethod = relayMethod
    self.sourceGuard = sourceGuard
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
      if let sourceGuard {
        switch try await copy(path, request, sourceGuard, limit: timeout) {
        case .copied(let statistics): return statistics
        case .suspicious(let suspicion):
          try await clear(suspicion, sourceGuard, request, path, timeout: timeout)
        }
      }
      guard case .copied(let statistics) = try await copy(path, request, nil, limit: timeout) else {
        throw PortError(.invalidAnswer, "\(what): a look at the source that nobody asked for")
      }
      return statistics
    }
    return SyncReport(
      files: statistics.filesTransferred, bytesSent: ByteCount(statistics.bytesOnTheWire),
      duration: start.duration(to: clock.now))
  }

  /// - Throws: `.refused` when the source has lost what the destination still has.
  private func clear(
    _ suspicion: SourceGuard.Suspicion, _ sourceGuard: SourceGuard, _ request: SyncRequest, _ path: String,
    timeout: Duration
  ) async throws(PortError) {
    var files = 0
    do throws(PortError) {
      files = try await inspect(path, on: request.destination, timeout: timeout).files
    } catch {
      // Nothing is there that could be lost.
      guard error.reason == .notFound else { throw error }
    }
    if let objection = sourceGuard.objection(to: suspicion, destination: files) {
      throw PortError(
        .refused, "\(path) on \(request.source) is not copied to \(request.destination): \(objection)",
        host: request.source)
    }
  }

  /// Needs GNU findutils and an awk on the host.
  public func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    let what = "look at \(path) on \(host)"
    let result = try await run(WorkspaceScript.summary, in: path, on: host, what, timeout: timeout)
    return try await blaming(host, for: [.unreachable]) { () throws(PortError) in
      try WorkspaceScript.summary(in: result, what)
    }
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
    return try await blaming(host, for: [.unreachable]) { () throws(PortError) in
      try WorkspaceScript.digest(in: result, what)
    }
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
