import Failover
import Testing

@testable import RealBackends

/// Everything that reads what other programs have written.
@Suite struct ParserTests {
  /// `count` texts that differ from `text` in a few places each, the same ones every time.
  private func mutations(of text: String, count: Int, _ body: ([UInt8]) -> Void) {
    var mutations = Mutations(seed: 1)
    func random(_ bound: Int) -> Int { mutations.random(bound) }
    for _ in 0..<count {
      var bytes = Array(text.utf8)
      for _ in 0...random(4) {
        let place = random(bytes.count + 1)
        switch random(4) {
        case 0 where place < bytes.count: bytes[place] = UInt8(random(256))
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: Array("0123456789 \n\r\0-:".utf8).shuffled(by: random), at: place)
        default: bytes = Array(bytes.prefix(place))
        }
      }
      body(bytes)
    }
  }

  private let statistics = """
    Number of files: 4 (reg: 3, dir: 1)
    Number of created files: 3 (reg: 3)
    Number of deleted files: 0
    Number of regular files transferred: 3
    Total file size: 1,234 bytes
    Total transferred file size: 12 bytes
    Literal data: 12 bytes
    Total bytes sent: 219
    Total bytes received: 73

    sent 219 bytes  received 73 bytes  584.00 bytes/sec
    """

  @Test func `rsync's figures are read`() {
    let lines = statistics.split(separator: "\n").map(String.init)
    let read = RsyncStatistics(lines)
    #expect(read?.filesTransferred == 3)
    #expect(read?.bytesOnTheWire == 292)
    for figure in ["files transferred", "bytes sent", "bytes received"] {
      #expect(RsyncStatistics(lines.filter { !$0.contains(figure) }) == nil)
    }
    let huge = lines.map { $0.replacing("219", with: "\(Int64.max)") }
    #expect(RsyncStatistics(huge)?.bytesOnTheWire == .max)
    #expect(RsyncStatistics(lines.map { $0.replacing("219", with: "99999999999999999999") }) == nil)
  }

  @Test func `figures that were damaged on the way do no harm`() {
    mutations(of: statistics, count: 10_000) { bytes in
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      if let read = RsyncStatistics(lines) { #expect(read.bytesOnTheWire >= 0) }
    }
  }

  @Test func `a route that was damaged on the way is refused, or is one`() {
    let text = SSHFragment.text(endpointName: "gpu", route: HostAddress(host: "203.0.113.7", port: 40022))
    var refused = 0
    mutations(of: text, count: 10_000) { bytes in
      do throws(PortError) {
        let route = try SSHFragment.route(
          in: String(decoding: bytes, as: UTF8.self), endpointName: "gpu", file: "endpoint")
        try route?.validate()
      } catch {
        #expect(error.reason == .invalidAnswer)
        refused += 1
      }
    }
    #expect(refused > 1000)
  }

  @Test(arguments: [1, 3, 1000])
  func `a greeting is one however it arrives`(_ piece: Int) {
    for (text, verdict) in [
      ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", SSHGreeting.Verdict.greeted("SSH-2.0-OpenSSH_9.2p1 Debian-2")),
      ("SSH-1.99-old\n", .greeted("SSH-1.99-old")),
      ("Welcome\r\nto\r\nSSH-2.0-x\r\n", .greeted("SSH-2.0-x")),
      ("SSH-1.5-ancient\r\n", .notSSH), ("SSH-2.0-unfinished", .needsMore), ("", .needsMore),
      ("HTTP/1.1 400 Bad Request\r\n\r\n", .needsMore),
      ("Not allowed at this time\r\n", .needsMore),
      (String(repeating: "x", count: SSHGreeting.limit), .notSSH),
    ] {
      var greeting = SSHGreeting()
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        greeting.receive(rest.prefix(piece))
        rest = rest.dropFirst(piece)
      }
      #expect(greeting.verdict == verdict, "\(text)")
      // The end of the connection decides what is still open.
      greeting.receive([])
      #expect(greeting.verdict == (verdict == .needsMore ? .notSSH : verdict))
    }
  }

  @Test func `greetings that were damaged on the way are decided at the end`() {
    mutations(of: "Welcome\r\nSSH-2.0-OpenSSH_9.2p1\r\n", count: 10_000) { bytes in
      var greeting = SSHGreeting()
      greeting.receive(bytes)
      if greeting.verdict == .needsMore { greeting.receive([]) }
      #expect(greeting.verdict != .needsMore)
    }
  }

  @Test func `how a program ended is told by the line that says it`() {
    func reason(_ exitCode: Int32, _ errors: String...) -> PortError.Reason {
      ProgramFailure.error(Program.Result(exitCode: exitCode, output: [], errors: errors), "rsync").reason
    }
    #expect(reason(255, "ssh: connect to host a port 22: Connection timed out") == .unreachable)
    #expect(
      reason(12, "ssh: connect to host a port 22: Connection refused", "rsync error") == .unreachable)
    #expect(reason(255, "root@a: Permission denied (publickey).") == .unauthorized)
    #expect(reason(23, "rsync: send_files failed to open \"/a\": Permission denied (13)") == .refused)
    #expect(
      reason(23, "rsync: [sender] change_dir \"/a\" failed: No such file or directory (2)") == .notFound)
    #expect(reason(12, "rsync: write failed on \"a\": No space left on device (28)") == .diskFull)
    for (code, expected) in [
      (Int32(12), PortError.Reason.unreachable), (255, .unreachable), (30, .unreachable), (35, .unreachable),
      (124, .timedOut), (127, .notFound), (3, .notFound), (2, .invalidAnswer), (11, .refused), (77, .refused),
    ] {
      #expect(reason(code) == expected, "\(code)")
    }
  }

  @Test func `what others write stays one short line in an error`() {
    let line = "\u{1B}[31m" + String(repeating: "e\u{301}vil\r\t", count: 1000)
    let error = ProgramFailure.error(Program.Result(exitCode: 1, output: [], errors: ["", line]), "rsync")
    #expect(error.detail.count < 300)
    #expect(error.detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
  }
}

extension Array {
  fileprivate func shuffled(by random: (Int) -> Int) -> ArraySlice<Element> {
    let first = random(count)
    return self[first..<(first + random(count - first) + 1)]
  }
}
