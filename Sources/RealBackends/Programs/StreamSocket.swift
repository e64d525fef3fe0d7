import Failover
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Two ends of a connection within this machine. Unlike into a pipe, writing when nobody can read any more is
/// an error and not a deadly signal.
struct StreamSocket: Sendable {
  /// For this process to write to.
  let writing: FileDescriptor
  /// For a program to read from.
  let reading: FileDescriptor

  init() throws(Errno) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
    (writing, reading) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    // Room for a block, so that the program has something to read while the next one is made. The system grants as much
    // as it lets anybody have (Linux: net.core.wmem_max).
    var room = Int32(Program.blockBytes)
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    #if canImport(Darwin)
      var on: Int32 = 1
      setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  /// Writes all of it, however long the reader takes.
  ///
  /// - Returns: why not: `brokenPipe` when nobody reads any more.
  static func write(_ bytes: [UInt8], to end: FileDescriptor) -> Errno? {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { send(end.rawValue, $0.baseAddress.map { $0 + sent }, $0.count - sent, flags) }
      if count < 0, errno != EINTR { return Errno(rawValue: errno) }
      sent += max(0, count)
    }
    return nil
  }
}

extension FileDescriptor {
  /// Asks for room for a block in a pipe, so that its two sides wait for each other less often, or for a mebibyte, the
  /// most that others than root can have. Linux alone grants it (`F_SETPIPE_SZ` of `fcntl.h`, which the C library's
  /// overlay leaves out).
  func widenPipe() {
    #if os(Linux)
      if fcntl(rawValue, 1031, Int32(Program.blockBytes)) < 0 { _ = fcntl(rawValue, 1031, Int32(1 << 20)) }
    #endif
  }
}
