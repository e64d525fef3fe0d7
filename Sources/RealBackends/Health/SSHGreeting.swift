/// The first words of an ssh server (RFC 4253, section 4.2), read as they come in.
///
/// The server may say other lines before the one that begins with `SSH-`.
struct SSHGreeting: Sendable, Hashable {
  enum Verdict: Sendable, Hashable {
    case needsMore
    /// The line, without its end; such as `SSH-2.0-OpenSSH_9.2p1`.
    case greeted(String)
    case notSSH
  }

  /// A server that has said this much without greeting is none.
  static let limit = 8192

  private var line: [UInt8] = []
  private var count = 0
  private(set) var verdict = Verdict.needsMore

  /// Takes the next bytes; none means that the server has closed the connection.
  mutating func receive(_ bytes: some Collection<UInt8>) {
    guard verdict == .needsMore else { return }
    if bytes.isEmpty { verdict = .notSSH }
    for byte in bytes where verdict == .needsMore {
      count += 1
      if byte == UInt8(ascii: "\n") {
        endLine()
      } else {
        line.append(byte)
      }
      if count >= Self.limit, verdict == .needsMore { verdict = .notSSH }
    }
  }

  private mutating func endLine() {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    // 1.99 is how a server for version 2 greets that also knows version 1.
    if line.starts(with: "SSH-2.0-".utf8) || line.starts(with: "SSH-1.99-".utf8) {
      verdict = .greeted(String(decoding: line, as: UTF8.self))
    } else if line.starts(with: "SSH-".utf8) {
      verdict = .notSSH
    }
    line = []
  }
}
