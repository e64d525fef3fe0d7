import Failover
import Testing

@testable import FailoverSim
@testable import Scenarios

/// Transfers of one world take their shares of its links. A link carries 10 MB/s each way here, a copy is 1 GB, and the
/// times are those of a fluid.
@Suite struct SharedLinksTests {
  @Test func `a sync and an upload of one GPU get half of its link each`() throws {
    let ends = try Bench.ends { bench in
      [("sync", { try await bench.sync(by: .direct) }), ("upload", { try await bench.save() })]
    }
    // Alone for the time f until the pipeline is full, the sync has 10 f MB in advance and the rest at half: it ends at
    // 200 - f s. The upload, which has 10 f MB left then, takes f s for them.
    #expect(ends == ["sync": Bench.at(.seconds(200) - Bench.fill), "upload": Bench.at(.seconds(200))])
  }

  @Test func `what rsync cannot use of its half the upload gets`() throws {
    let ends = try Bench.ends(["network.rsync=2MB/s"]) { bench in
      [("sync", { try await bench.sync(by: .direct) }), ("upload", { try await bench.save() })]
    }
    #expect(ends == ["sync": Bench.at(.seconds(500)), "upload": Bench.at(.seconds(125) + Bench.fill)])
  }

  @Test func `an upload bound by its pipeline leaves the rest to the sync`() throws {
    // tar reads 4 MB/s: 250 s, and until the first chunk is sent its time on the link.
    let fill = Duration.nanoseconds(419_430_400)
    let ends = try Bench.ends(["snapshots.read=4MB/s"]) { bench in
      [("sync", { try await bench.sync(by: .direct) }), ("upload", { try await bench.save() })]
    }
    // 10 f MB, then 6 MB/s: f + (1000 - 10 f) / 6 = 166.67 - 2/3 f.
    let sync = (Duration.seconds(500) - fill * 2) / 3
    #expect(ends == ["sync": Bench.at(sync), "upload": Bench.at(.seconds(250) + fill)])
  }

  @Test func `an upload slows only the first leg of a relay`() throws {
    let ends = try Bench.ends { bench in
      [("sync", { try await bench.sync(by: .relay) }), ("upload", { try await bench.save() })]
    }
    #expect(ends == ["sync": Bench.at(.seconds(300) - Bench.fill), "upload": Bench.at(.seconds(200))])
  }

  @Test(arguments: [
    // 400 MB alone, 600 at half, and the other's last 400 alone.
    (SyncRoute.direct, 160, 200),
    // At 160 s the first goes out of the relay, 1 GB alone until the second follows at 200: 400, 600 at half, 400.
    (.relay, 320, 360),
  ]) func `two GPUs that sync to one standby share its link`(route: SyncRoute, first: Int, second: Int) throws {
    let ends = try Bench.ends { bench in
      [
        ("first", { try await bench.sync(by: route) }),
        ("second", {
          try await bench.world.simulation.clock.sleep(until: .start.advanced(by: .seconds(40)))
          try await bench.sync(from: bench.secondGPU, by: route)
        }),
      ]
    }
    #expect(ends == ["first": Bench.at(.seconds(first)), "second": Bench.at(.seconds(second))])
  }

  @Test func `a GPU that is lost leaves its share at once, and is missed when ssh gives it up`() throws {
    let ends = try Bench.ends { bench in
      bench.at(.seconds(40)) { bench.world.interrupt(bench.gpu.id, cause: "test") }
      return [
        ("first", { try await bench.sync(by: .direct) }),
        ("second", { try await bench.sync(from: bench.secondGPU, by: .direct) }),
      ]
    }
    #expect(ends == ["first": "unreachable at 51.4 seconds", "second": Bench.at(.seconds(120))])
  }

  @Test func `a loss just before the end is noticed when the bytes should have been there`() throws {
    let ends = try Bench.ends { bench in
      bench.at(.seconds(195)) { bench.world.interrupt(bench.gpu.id, cause: "test") }
      return [("relay", { try await bench.sync(by: .relay) })]
    }
    #expect(ends == ["relay": "unreachable at 200.0 seconds"])
  }

  @Test(arguments: [
    // The fault on the way between GPU and store, from 10 s on; for how long; and how an upload ends.
    (FaultKind.slowLink(store, .factor(.percent(50))), 20, "done at \(Duration.seconds(110) + Bench.fill)"),
    (.slowLink(store, .rate(.megabytesPerSecond(2))), 20, "done at \(Duration.seconds(116) + Bench.fill)"),
    (.partition(store), 11, "done at \(Duration.seconds(111) + Bench.fill)"), (.partition(store), 12, "unreachable at 21.4 seconds"),
    (.partition(Way(.objectStore, .gpu, isOneWay: true)), 5, "done at \(Duration.seconds(105) + Bench.fill)"),
    (.gpuFrozen, 11, "done at \(Duration.seconds(111) + Bench.fill)"), (.gpuFrozen, 12, "unreachable at 21.4 seconds"),
    (.slowLink(Way(.gpu, .orchestrator), .factor(.zero)), 20, "done at \(Duration.seconds(100) + Bench.fill)"),
  ]) func `an upload feels what is laid on its way`(kind: FaultKind, length: Int, end: String) throws {
    let ends = try Bench.ends { bench in
      bench.lay(kind, from: .seconds(10), for: .seconds(length))
      return [("upload", { try await bench.save() })]
    }
    #expect(ends == ["upload": end])
  }

  private static let store = Way(.gpu, .objectStore)

  @Test func `a direct sync waits while the orchestrator cannot reach its source`() throws {
    for (length, end) in [(11, "done at 111.0 seconds"), (12, "unreachable at 21.4 seconds")] {
      let ends = try Bench.ends { bench in
        bench.lay(.partition(Way(.gpu, .orchestrator)), from: .seconds(10), for: .seconds(length))
        return [("sync", { try await bench.sync(by: .direct) })]
      }
      #expect(ends == ["sync": end])
    }
  }

  @Test func `a slow way between two machines is shared by nobody else`() throws {
    let ends = try Bench.ends { bench in
      bench.lay(.slowLink(Way(.gpu, .standby), .rate(.megabytesPerSecond(1))), from: .zero, for: .seconds(10_000))
      return [
        ("slow", { try await bench.sync(by: .direct) }),
        ("other", { try await bench.sync(from: bench.secondGPU, by: .direct) }),
      ]
    }
    // 1 and 9 MB/s.
    #expect(ends == ["slow": Bench.at(.seconds(1000)), "other": "done at \(Duration.nanoseconds(111_111_111_112))"])
  }
}

/// A world with two GPUs that hold 1 GB each and an empty standby.
private struct Bench: Sendable {
  let world: World
  let ports: Ports
  let gpu: (id: InstanceID, address: HostAddress)
  let secondGPU = HostAddress(host: "second.example", port: 22)
  let standby: (id: InstanceID, address: HostAddress)

  /// Reading the first chunk of 4 MiB at 500 MB/s.
  static let fill = Duration.nanoseconds(8_388_608)

  static func at(_ time: Duration) -> String { "done at \(time)" }

  /// Starts transfers at once and tells how and when each one ended.
  static func ends(
    _ overrides: [String] = [],
    of transfers: @escaping @Sendable (Bench) -> [(name: String, move: @Sendable () async throws -> Void)]
  ) throws -> [String: String] {
    let settings = [
      "network={link: 80Mbit/s, rsync: 100MB/s}", "workspace={files: [{name: a.bin, size: 1GB}], dirtyRate: 0B/s}",
      "gpu.scan=0s", "standby.scan=0s", "standby.creation=0s", "strategy=[cpuStandby, snapshots]",
      "snapshots={method: none, request: 0s, read: 500MB/s}",
    ]
    let scenario = try Catalogue.load("cpu-standby", settings + overrides).scenario
    let ends = try Simulation(seed: 1).run { simulation in
      let bench = try await Bench(scenario, in: simulation)
      return await withTaskGroup(of: (String, String).self) { group in
        for (name, move) in transfers(bench) {
          group.addTask {
            do {
              try await move()
              return (name, "done at \(bench.elapsed)")
            } catch let error as PortError {
              return (name, "\(error.reason.rawValue) at \(bench.elapsed)")
            } catch {
              return (name, "\(error)")
            }
          }
        }
        var ends: [String: String] = [:]
        for await (name, end) in group { ends[name] = end }
        return ends
      }
    }
    return try #require(ends)
  }

  private init(_ scenario: Scenario, in simulation: Simulation) async throws {
    world = World(simulation: simulation, model: scenario.world, log: EventLog())
    ports = world.ports()
    gpu = (scenario.world.gpu.id, scenario.world.gpu.address)
    let machine = try await ports.compute.create(
      StandbyMachine(machineType: "test", isSpot: true, price: .zero), timeout: .seconds(1000))
    standby = (machine.id, try #require(machine.address))
    let host = SimulatedHost(
      id: InstanceID("second"), role: .gpu, address: secondGPU, price: .zero, status: .running, sshReadyAt: .start)
    world.state { $0.addHost(host, holding: .initial, of: [0]) }
  }

  private var elapsed: Duration { VirtualClock.Instant.start.duration(to: world.simulation.clock.now) }

  func sync(from source: HostAddress? = nil, by route: SyncRoute) async throws {
    _ = try await ports.fileSync.synchronize(
      SyncRequest(
        source: source ?? gpu.address, destination: standby.address, path: world.model.workspace.path, route: route),
      timeout: .seconds(5000))
  }

  func save() async throws {
    _ = try await ports.snapshots?.save(
      SnapshotRequest(source: gpu.address, path: world.model.workspace.path), timeout: .seconds(5000))
  }

  func at(_ time: Duration, _ callback: @escaping () -> Void) {
    world.simulation.schedule(at: .start.advanced(by: time), callback)
  }

  /// Lays a fault on the network, and nowhere else, for a while.
  func lay(_ kind: FaultKind, from start: Duration, for length: Duration) {
    at(start) {
      let places = kind.way.map { [$0.from, $0.to] } ?? [kind.place]
      let spots = places.map { place -> Spot in
        switch place {
        case .gpu: .gpu(gpu.id)
        case .standby: .standby(standby.id)
        case .objectStore: .objectStore
        default: .orchestrator
        }
      }
      var faults = ActiveFaults()
      let stream = RandomStream(seed: 1, name: "test")
      let laid = world.lay(faults.begin(kind, at: spots, world.simulation.clock.now, stream))
      at(start + length) { for fault in laid { world.network.lift(fault) } }
    }
  }
}
