import Foundation
import Testing

@Suite struct RandomSourcesTests {
  /// Without an import there is no C library to call by mistake, and the domain imports nothing itself;
  /// `addingProduct` is where platforms may part, and `Hasher` where processes do.
  @Test(arguments: [("FailoverSim/Random", 10), ("Failover/Mathematics", 3), ("Failover/Detection", 5)])
  func `random numbers and their mathematics use nothing that differs between platforms`(
    path: String, fewestFiles: Int
  ) throws {
    let package = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in
      path.deletingLastPathComponent()
    }
    let folder = package.appending(path: "Sources/\(path)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }
    #expect(files.count >= fewestFiles)
    for file in files {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      for line in lines where !line.drop(while: { $0 == " " }).hasPrefix("//") && line != "import Failover" {
        for word in ["import ", "addingProduct", "Hasher"] {
          #expect(!line.contains(word), "\(file.lastPathComponent): \(line)")
        }
      }
    }
  }
}
