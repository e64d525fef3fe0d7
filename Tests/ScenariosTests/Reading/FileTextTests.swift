import Foundation
import Testing

@testable import Scenarios

struct FileTextTests {
  /// A folder of its own for each test.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "FileTextTests-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
      try Data(bytes).write(to: url.appendingPathComponent(name))
      return path(name)
    }
  }

  private func problem(_ path: String, limit: Int = FileText.defaultLimit) -> String {
    do {
      return try FileText(contentsOf: path, limit: limit).text
    } catch {
      return error.description
    }
  }

  private func problem(bytes: [UInt8]) -> String {
    do {
      return try FileText(bytes: bytes, name: "x.yaml").text
    } catch {
      return error.description
    }
  }

  @Test func `a file is read, also through a link`() throws {
    let folder = try Folder()
    let path = try folder.write(Array("a: é\n".utf8), to: "a.yaml")
    #expect(problem(path) == "a: é\n")
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: path)
    #expect(problem(folder.path("link")) == "a: é\n")
  }

  @Test func `a missing file is named with the nearest one`() throws {
    let folder = try Folder()
    let path = try folder.write(Array("a: 1".utf8), to: "warm-pool.yaml")
    let wrong = folder.path("warm_pol.yaml")
    #expect(problem(wrong) == "\(wrong): error: no such file; did you mean '\(path)'?")
    #expect(problem(folder.path("other/x")) == "\(folder.path("other/x")): error: no such file")
    #expect(problem("").contains("error: "))
  }

  @Test func `what is not a regular file is not opened`() throws {
    let folder = try Folder()
    #expect(problem(folder.url.path) == "\(folder.url.path): error: this is a directory, not a file")
    #expect(problem("/dev/zero") == "/dev/zero: error: this is not a regular file")
    let pipe = folder.path("pipe")
    let makePipe = try Process.run(URL(fileURLWithPath: "/usr/bin/mkfifo"), arguments: [pipe])
    makePipe.waitUntilExit()
    // Opening it would wait for a writer for ever.
    #expect(problem(pipe) == "\(pipe): error: this is not a regular file")
  }

  @Test func `a file over the limit is not read`() throws {
    let folder = try Folder()
    let path = try folder.write(Array(repeating: 0x61, count: 1001), to: "big")
    #expect(
      problem(path, limit: 1000) == "\(path): error: the file is larger than 1kB, the most that is read")
    #expect(problem(path, limit: 1001).count == 1001)
    // 100 GB that take no room on the disk: nothing that loads them comes back soon.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 100_000_000_000)
    try handle.close()
    #expect(problem(path) == "\(path): error: the file is larger than 1MiB, the most that is read")
  }

  @Test(
    arguments: [
      ([], "x.yaml: error: the file is empty"),
      (Array(" \r\n\t\n".utf8), "x.yaml: error: the file is empty"),
      ([0xEF, 0xBB, 0xBF], "x.yaml: error: the file is empty"),
      (
        Array("a: 1\nb: \u{0}".utf8),
        "x.yaml:2:4: error: this is not a text file: it holds a NUL byte at offset 8"
      ),
      (
        Array("a\r\nb\rc\u{1B}".utf8),
        "x.yaml:3:2: error: this is not a text file: it holds the control character U+001B at offset 6"
      ),
      (
        Array("é: 1\nb: ".utf8) + [0xC3, 0x28],
        "x.yaml:2:4: error: this is not UTF-8 text: byte 0xc3 at offset 9"
      ),
      ([0x61, 0xFF], "x.yaml:1:2: error: this is not UTF-8 text: byte 0xff at offset 1"),
      ([0x61, 0xED, 0xA0, 0x80], "x.yaml:1:2: error: this is not UTF-8 text: byte 0xed at offset 1"),
      ([0xFF, 0xFE, 0x61, 0x00], "x.yaml: error: this is UTF-16 text; save it as UTF-8"),
      (
        [0xEF, 0xBB, 0xBF, 0x61, 0x07],
        "x.yaml:1:2: error: this is not a text file: it holds the control character U+0007 at offset 4"
      ),
    ] as [([UInt8], String)]) func `what is not text is told with its place`(bytes: [UInt8], message: String)
  {
    #expect(problem(bytes: bytes) == message)
  }

  @Test func `a byte order mark is not part of the text`() {
    #expect(problem(bytes: [0xEF, 0xBB, 0xBF, 0x61]) == "a")
  }
}
