import Failover
import SystemPackage

// Addresses are passed to the C library as pointers, in this file only and only during the calls.
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The address of a host and a port, as the kernel takes it.
struct SocketAddress: Sendable, Hashable {
  /// A `sockaddr` of the family it names.
  private var bytes: [UInt8]

  /// All addresses of a host.
  ///
  /// Addresses written as such are read at once. Names are looked up by the system's resolver, which can be
  /// neither bounded nor cancelled: a cancelled call leaves it to itself on its thread, until its own limit
  /// ends it (resolv.conf(5): by default 5 s and two attempts for each name server).
  static func resolve(_ host: String, port: Int) async throws(PortError) -> [SocketAddress] {
    if let literal = lookUp(host, port: port, flags: AI_NUMERICHOST) { return literal }
    guard let answer = try await onOwnThread({ lookUp(host, port: port, flags: 0) }) else {
      throw PortError(.notFound, "no address for \(host)")
    }
    return answer
  }

  private static func lookUp(_ host: String, port: Int, flags: Int32) -> [SocketAddress]? {
    var hints = addrinfo()
    hints.ai_flags = flags | AI_NUMERICSERV
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = streamType
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &first) == 0 else { return nil }
    defer { freeaddrinfo(first) }
    var addresses: [SocketAddress] = []
    var next = first
    while let info = next?.pointee {
      if let address = info.ai_addr {
        let raw = UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen))
        addresses.append(SocketAddress(bytes: Array(raw)))
      }
      next = info.ai_next
    }
    return addresses.isEmpty ? nil : addresses
  }

  fileprivate var family: Int32 {
    bytes.withUnsafeBytes { Int32($0.loadUnaligned(as: sockaddr.self).sa_family) }
  }

  /// - Returns: why not, `nowInProgress` among others; `nil` when connected.
  fileprivate func connect(_ descriptor: FileDescriptor) -> Errno? {
    bytes.withUnsafeBytes { raw in
      raw.withMemoryRebound(to: sockaddr.self) { address in
        let size = socklen_t(raw.count)
        #if canImport(Darwin)
          let outcome = Darwin.connect(descriptor.rawValue, address.baseAddress, size)
        #else
          let outcome = Glibc.connect(descriptor.rawValue, address.baseAddress, size)
        #endif
        return outcome == 0 ? nil : Errno(rawValue: errno)
      }
    }
  }
}

#if canImport(Darwin)
  private let streamType = SOCK_STREAM
#else
  private let streamType = Int32(SOCK_STREAM.rawValue)
#endif

/// A TCP connection whose calls block, each until a deadline at most.
struct Connection: ~Copyable {
  private let descriptor: FileDescriptor

  /// - Throws: `.refused` when nobody listens there; `.timedOut`; `.unreachable`.
  static func open(
    to address: SocketAddress, until deadline: ContinuousClock.Instant
  ) throws(PortError) -> Connection {
    let number = socket(address.family, streamType, 0)
    guard number >= 0 else { throw failure(Errno(rawValue: errno)) }
    let connection = Connection(descriptor: FileDescriptor(rawValue: number))
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
    guard let obstacle = address.connect(connection.descriptor) else { return connection }
    // A connect that is interrupted goes on in the background like one that has only begun.
    guard obstacle == .nowInProgress || obstacle == .interrupted else { throw failure(obstacle) }
    try connection.wait(for: POLLOUT, until: deadline)
    var outcome: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, SOL_SOCKET, SO_ERROR, &outcome, &size) == 0 else {
      throw failure(Errno(rawValue: errno))
    }
    if outcome != 0 { throw failure(Errno(rawValue: outcome)) }
    return connection
  }

  deinit { try? descriptor.close() }

  /// The next bytes, at most `limit`; none at the end of the stream.
  ///
  /// - Throws: `.timedOut`; `.unreachable` when the connection broke.
  func read(upTo limit: Int, until deadline: ContinuousClock.Instant) throws(PortError) -> [UInt8] {
    try wait(for: POLLIN, until: deadline)
    var buffer = [UInt8](repeating: 0, count: limit)
    do {
      let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      return Array(buffer.prefix(count))
    } catch {
      throw Self.failure(error as? Errno ?? .ioError)
    }
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(PortError) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw PortError(.timedOut, "no answer") }
      // Rounded up, so that the last round is not many of no length.
      let milliseconds = Int32(clamping: left.wholeNanoseconds / 1_000_000 + 1)
      var question = pollfd(fd: descriptor.rawValue, events: Int16(event), revents: 0)
      let answers = poll(&question, 1, milliseconds)
      if answers > 0 { return }
      let error = Errno(rawValue: errno)
      if answers < 0, error != .interrupted { throw Self.failure(error) }
    }
  }

  private static func failure(_ error: Errno) -> PortError {
    PortError(error == .connectionRefused ? .refused : .unreachable, "\(error)")
  }
}
