import Failover
import FailoverSim

/// What a network costs on top of the clock.
enum Transfers {
  /// One transfer after the other, each alone over three links.
  static func lone(_ events: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      let (network, source, destination) = network(in: simulation)
      for _ in 0..<events {
        _ = try await network.carry(transfer(1, source, destination), brokenWhen: { false })
      }
    }
  }

  /// What `lone` would be without a network: the time by the rate alone, and a sleep that a signal may cut short.
  static func sleepsInstead(_ events: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      let rate = DataRate.megabytesPerSecond(6)
      let disruption = Signal(in: simulation)
      for _ in 0..<events {
        guard let duration = rate.duration(for: .megabytes(1)) else { return }
        _ = try await simulation.sleep(until: simulation.clock.now.advanced(by: duration), unless: disruption)
      }
    }
  }

  /// So many loops that each begin a new transfer over the same links when the last one is through.
  static func shared(_ events: Int, count: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      let (network, source, destination) = network(in: simulation)
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<count {
          group.addTask {
            for _ in 0..<(events / count) {
              let transfer = transfer(Int64(index) + 1, source, destination)
              _ = try? await network.carry(transfer, brokenWhen: { false })
            }
          }
        }
      }
    }
  }

  private static func network(in simulation: Simulation) -> (Network, SiteID, SiteID) {
    let network = Network(in: simulation)
    let sites = ["source", "destination"].map { name in
      network.addSite(name, access: [network.add(Link(name, capacity: .megabitsPerSecond(100)))])
    }
    network.connect(sites[0], sites[1], through: network.add(Link("far", latency: .milliseconds(50))).forward)
    return (network, sites[0], sites[1])
  }

  private static func transfer(_ megabytes: Int64, _ source: SiteID, _ destination: SiteID) -> Transfer {
    Transfer(.megabytes(megabytes), from: source, to: destination, limit: .megabytesPerSecond(6), stream: .ssh)
  }
}
