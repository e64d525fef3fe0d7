/// What one pass of a sync copies, and which way.
public struct SyncRequest: Sendable, Hashable {
  public var source: HostAddress
  public var destination: HostAddress
  /// The directory on both hosts.
  public var path: String
  public var route: SyncRoute

  public init(source: HostAddress, destination: HostAddress, path: String, route: SyncRoute) {
    self.source = source
    self.destination = destination
    self.path = path
    self.route = route
  }
}

/// How data gets from one host to another.
public enum SyncRoute: String, Sendable, Hashable, CaseIterable {
  /// The hosts talk to each other.
  case direct
  /// The orchestrator's machine pulls from the source, then pushes to the destination: every byte travels twice.
  case relay
}

/// What one pass of a sync did.
public struct SyncReport: Sendable, Hashable {
  /// Files that differed.
  public var files: Int
  /// Bytes that travelled over the network, on one leg.
  public var bytesSent: ByteCount
  public var duration: Duration

  public init(files: Int, bytesSent: ByteCount, duration: Duration) {
    self.files = files
    self.bytesSent = bytesSent
    self.duration = duration
  }
}

/// What a directory holds, by its listing.
public struct WorkspaceSummary: Sendable, Hashable {
  public var files: Int
  public var bytes: ByteCount

  public init(files: Int, bytes: ByteCount) {
    self.files = files
    self.bytes = bytes
  }
}

/// A fingerprint of a directory's content.
public struct WorkspaceDigest: Sendable, Hashable, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}
