import Dispatch
import Failover
import Foundation
import Synchronization

/// A server on this machine that gives every connection the same treatment, byte by byte as it is told.
final class StubServer: Sendable {
  enum Treatment: Sendable {
    /// Writes this and closes.
    case bytes([UInt8])
    /// Writes this, then a byte every 20 ms until the other side has gone.
    case trickle([UInt8])
    /// Writes this, then zeros without end.
    case flood([UInt8])
    /// Says nothing until the other side has gone.
    case silence
  }

  private let listener: Int32
  let port: Int
  private let treatment: Treatment
  private let log = Mutex<[String]>([])

  init(_ treatment: Treatment) throws {
    self.treatment = treatment
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let fd = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(fd, address, length) == 0 && listen(fd, 16) == 0 && getsockname(fd, address, &length) == 0
      }
    }
    guard isListening else { throw CommandFailed(description: "no stub server: errno \(errno)") }
    port = Int(UInt16(bigEndian: address.sin_port))
    DispatchQueue(label: "stub server").async { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else {
          // Here and not in `stop`: whoever gets the descriptor's number next must not be waited on.
          close(listener)
          return
        }
        DispatchQueue(label: "stub connection").async { [self] in
          serve(connection)
          close(connection)
        }
      }
    }
  }

  /// What has been asked, head and body.
  var requests: [String] { log.withLock { $0 } }

  /// Refuses connections from now on.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32) {
    guard let request = read(from: connection) else { return }
    log.withLock { $0.append(request) }
    switch treatment {
    case .bytes(let bytes): write(bytes, to: connection)
    case .trickle(let bytes):
      write(bytes, to: connection)
      while write([UInt8(ascii: " ")], to: connection) { usleep(20_000) }
    case .flood(let bytes):
      write(bytes, to: connection)
      let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 1 << 16)
      while write(zeros, to: connection) {}
    case .silence:
      var byte: UInt8 = 0
      _ = recv(connection, &byte, 1, 0)
    }
  }

  /// The head, and as much body as it announces.
  private func read(from connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer.prefix(count)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let announced = text.lowercased().split(separator: "content-length: ").dropFirst().first?.prefix { $0.isNumber }
      if text[end.upperBound...].utf8.count >= Int(announced ?? "0") ?? 0 { return text }
    }
  }

  @discardableResult
  private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }
}
