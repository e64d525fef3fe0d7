import FailoverSim
import Foundation
import Testing

@Suite struct AntitheticTests {
  @Test func `the streams of a mirrored simulation have 1 - u wherever the plain ones have u`() {
    let (plain, mirrored) = (Simulation(seed: 9), Simulation(seed: 9, antithetic: true))
    for index in 0..<100 as Range<UInt64> {
      var (a, b) = (plain.stream("gpu boot").draw(index), mirrored.stream("gpu boot").draw(index))
      #expect(a.nextUnit() + b.nextUnit() == 1)
    }
    #expect(plain.stream("gpu boot") == RandomStream(seed: 9, name: "gpu boot"))
  }

  @Test func `every component takes its stream from its simulation, so that none is left out when all are mirrored`()
    throws
  {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/FailoverSim")
    var looked = 0
    for folder in ["World", "Faults"] {
      let path = sources.appendingPathComponent(folder).path
      for name in try #require(FileManager.default.subpaths(atPath: path)) where name.hasSuffix(".swift") {
        looked += 1
        #expect(try !String(contentsOfFile: "\(path)/\(name)", encoding: .utf8).contains("RandomStream(seed:"), "\(name)")
      }
    }
    #expect(looked > 10)
  }
}
