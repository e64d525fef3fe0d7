import FailoverSim
@main struct Main {
  static func main() throws {
    for _ in 0..<3 {
    let n = 1000, each = 3000
    let sim = Simulation(seed: 1)
    let t0 = ContinuousClock.now
    _ = try sim.run { sim in
      await withTaskGroup(of: Void.self) { g in
        for i in 0..<n { g.addTask { 
          var x = UInt64(i) &* 0x9E3779B97F4A7C15 | 1
          for _ in 0..<each { x ^= x << 13; x ^= x >> 7; x ^= x << 17
            try? await sim.clock.sleep(until: sim.clock.now.advanced(by: .nanoseconds(Int64(x >> 34)))) } } }
      }
    }
    let d = ContinuousClock.now - t0
    print("sleepers", Double(d.wholeNS) / Double(n * each), sim.statistics)
    }
    let sim = Simulation(seed: 1)
    let t0 = ContinuousClock.now
    _ = try sim.run { sim in
      var next = sim.clock.now
      for _ in 0..<5_000_000 { next = next.advanced(by: .seconds(10)); try await sim.clock.sleep(until: next) }
    }
    let d = ContinuousClock.now - t0
    print("lone", Double(d.wholeNS) / 5e6, sim.statistics)
  }
}
extension Duration { var wholeNS: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 } }
