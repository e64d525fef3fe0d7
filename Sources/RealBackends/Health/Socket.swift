import Dispatch
import Failover
import SystemPackage

// Everything of this target that touches the C library's pointers is in this file: an address is passed to `connect` and
// `getaddrinfo` as a pointer that is used only during the call.
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
  /// Addresses written as such are read at once. Names are looked up by the system's resolver, which can be neither bounded
  /// nor cancelled: it works on a thread of its own that is left to itself when the caller is cancelled. The resolver's own
  /// limit ends it (resolv.conf(5): by default 5 s and two attempts for each name server).
  static func resolve(_ host: String, port: Int) async throws(PortError) -> [SocketAddress] {
    if let literal = lookUp(host, port: port, flags: AI_NUMERICHOST) { return literal }
    let (answers, continuation) = AsyncStream.makeStream(of: [SocketAddress]?.self)
    DispatchQueue.global().async {
      continuation.yield(lookUp(host, port: port, flags: 0))
      continuation.finish()
    }
    for await answer in answers {
      guard let answer else { throw PortError(.notFound, "no address for \(host)") }
      return answer
    }
    throw PortError(.cancelled, "look-up of \(host)")
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

/// A TCP connection that never blocks a thread: the kernel's readiness is awaited.
final class Connection: Sendable {
  private let descriptor: FileDescriptor

  /// Connects. Cancellation ends the wait at once.
  ///
  /// - Throws: `.refused` when nobody listens there; `.unreachable`; `.cancelled`.
  init(to address: SocketAddress) async throws(PortError) {
    let number = socket(address.family, streamType, 0)
    guard number >= 0 else { throw Self.failure(Errno(rawValue: errno)) }
    descriptor = FileDescriptor(rawValue: number)
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
    guard let obstacle = address.connect(descriptor) else { return }
    // A connect that is interrupted goes on in the background like one that has only begun.
    guard obstacle == .nowInProgress || obstacle == .interrupted else { throw Self.failure(obstacle) }
    try await Self.wait(on: DispatchSource.makeWriteSource(fileDescriptor: number, queue: .global()))
    var outcome: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, SOL_SOCKET, SO_ERROR, &outcome, &size) == 0 else {
      throw Self.failure(Errno(rawValue: errno))
    }
    if outcome != 0 { throw Self.failure(Errno(rawValue: outcome)) }
  }

  deinit { try? descriptor.close() }

  /// The next bytes, at most `limit`; none at the end of the stream.
  func read(upTo limit: Int) async throws(PortError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      do {
        let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        return Array(buffer.prefix(count))
      } catch {
        let error = error as? Errno ?? .ioError
        guard error == .wouldBlock || error == .resourceTemporarilyUnavailable else {
          throw Self.failure(error)
        }
      }
      try await Self.wait(
        on: DispatchSource.makeReadSource(fileDescriptor: descriptor.rawValue, queue: .global()))
    }
  }

  private static func failure(_ error: Errno) -> PortError {
    PortError(error == .connectionRefused ? .refused : .unreachable, "\(error)")
  }

  /// Suspends until the source fires or the task is cancelled. The descriptor may be closed afterwards: the source has let
  /// go of it before this returns.
  private static func wait(on source: any DispatchSourceProtocol) async throws(PortError) {
    // The class behind the protocols, which unlike them may be cancelled from any thread.
    guard let source = source as? DispatchSource else {
      throw PortError(.unreachable, "no event source on this platform")
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        source.setEventHandler { source.cancel() }
        source.setCancelHandler { continuation.resume() }
        source.activate()
      }
    } onCancel: {
      source.cancel()
    }
    if Task.isCancelled { throw PortError(.cancelled, "connection") }
  }
}
