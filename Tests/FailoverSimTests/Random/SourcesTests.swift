import Foundation
import Testing

@Suite struct RandomSourcesTests {
  /// Without an import there is no C library to call by mistake; `addingProduct` is where platforms may part,
  /// and `Hasher` where processes do.
  @Test func `the random sources use nothing that differs between platforms`() throws {
    let package = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in
      path.deletingLastPathComponent()
    }
    let folder = package.appending(path: "Sources/FailoverSim/Random")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }
    #expect(files.count > 10)
    for file in files {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      for line in lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for word in ["import ", "addingProduct", "Hasher"] {
          #expect(!line.contains(word), "\(file.lastPathComponent): \(line)")
        }
      }
    }
  }
}
