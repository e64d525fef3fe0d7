import Failover
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Points users at a host through a fragment of ssh's configuration.
///
/// People put `Include` and the file's path at the top of their `~/.ssh/config`, and from then on `ssh NAME`,
/// and everything that goes through ssh (editors, port forwardings, rsync, git), reaches whichever host
/// serves at the moment:
///
///     Host failover-endpoint
///       HostName 203.0.113.7
///       Port 40022
///
/// While the endpoint is held, the entry turns users away with a sentence that says so. New connections
/// follow at once; those that are open already are not cut, which is the business of the host they are open
/// to.
///
/// The file is replaced in one step and is on the disk when a call returns, so that readers never see half of
/// one, not even after a power failure. The calls work on a local file and do not wait for anything that a
/// time-out could cut short.
public struct FileRouter: EndpointRouter {
  /// An absolute path in a directory that exists and can be written to.
  public let path: String
  /// What users call the endpoint: `ssh NAME`.
  public let endpointName: String

  /// - Throws: `.refused` when the name has other characters than letters, digits, `.`, `-` and `_`.
  public init(path: String, endpointName: String = "failover-endpoint") throws(PortError) {
    // The rules for host names are right for the name of an entry too, but for the signs that mean a port or
    // a token.
    guard !endpointName.contains(where: { $0 == ":" || $0 == "%" }) else {
      throw PortError(.refused, "not a name for an endpoint: \(endpointName.debugDescription)")
    }
    try HostAddress(host: endpointName, port: 22).validate()
    self.path = path
    self.endpointName = endpointName
  }

  public func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try host.validate()
    try replace(with: SSHFragment.text(endpointName: endpointName, route: host))
  }

  public func hold(timeout: Duration) async throws(PortError) {
    try replace(with: SSHFragment.text(endpointName: endpointName, route: nil))
  }

  /// Where the file points; `nil` also while there is no file yet.
  public func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    guard let text = try read() else { return nil }
    return try SSHFragment.route(in: text, endpointName: endpointName, file: path)
  }

  // MARK: The file

  private func replace(with text: String) throws(PortError) {
    let target = FilePath(path)
    // Beside the target, since only within one file system can it take the other's place in one step.
    let temporary = "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max)).new"
    do {
      let file = try FileDescriptor.open(
        FilePath(temporary), .writeOnly, options: [.create, .exclusiveCreate], permissions: [
          .ownerReadWrite, .groupRead, .otherRead,
        ])
      try file.closeAfter {
        _ = try file.writeAll(text.utf8)
        try Self.flush(file)
      }
      guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
      let directory = try FileDescriptor.open(target.removingLastComponent(), .readOnly)
      try directory.closeAfter { try Self.flush(directory) }
    } catch {
      unlink(temporary)
      throw failure(error)
    }
  }

  /// `nil` when there is no file.
  private func read() throws(PortError) -> String? {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly)
      return try file.closeAfter {
        // One byte more than is accepted tells a file that is too large from one that just fits.
        var bytes = [UInt8](repeating: 0, count: SSHFragment.largest + 1)
        var count = 0
        while count < bytes.count {
          let read = try bytes.withUnsafeMutableBytes { try file.read(into: .init(rebasing: $0[count...])) }
          if read == 0 { break }
          count += read
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
      }
    } catch Errno.noSuchFileOrDirectory {
      return nil
    } catch {
      throw failure(error)
    }
  }

  private static func flush(_ file: FileDescriptor) throws {
    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  private func failure(_ error: any Error) -> PortError {
    let isFull = error as? Errno == .noSpace || error as? Errno == .diskQuotaExceeded
    return PortError(isFull ? .diskFull : .refused, "\(path): \(error)")
  }
}
