import Failover
import FailoverSim
import Testing

@testable import Scenarios

struct IncidentTests {
  @Test func `the phases of a completed incident follow each other without a gap and add up`() throws {
    for run in try Fixture.runs() where run.scenario != Fixture.quiet {
      let incidents = Incident.all(in: run.events)
      #expect(!incidents.isEmpty)
      for incident in incidents where incident.fullService != nil {
        let phases = incident.phases
        for (phase, next) in zip(phases, phases.dropFirst()) { #expect(phase.end == next.start) }
        #expect(phases.first?.start == incident.fault ?? incident.detected)
        #expect(phases.last?.end == incident.fullService)
        let sum = phases.reduce(Duration.zero) { $0 + $1.duration }
        if !incident.isFalse { #expect(sum == incident.timeToFullService) }
      }
    }
  }

  @Test func `only a script's drill has a pause before its recovery`() throws {
    func pauses(_ scenario: Scenario) throws -> [Duration] {
      Incident.all(in: try Run(scenario, seed: 1).events).flatMap(\.phases)
        .filter { $0.name == "pause" }.map(\.duration)
    }
    // The pause of 1 s and the wait of 0.5 s, each with its overshoot.
    #expect(try pauses(Fixture.drill) == [.microseconds(1_500_980)])
    #expect(try pauses(Fixture.operation) == [])
  }

  /// A GPU can be lost after the last check of its content and before users are sent to it.
  @Test func `a GPU that was lost before it became the primary has a fault, not a false failover`() {
    let (old, new) = (InstanceID("1"), InstanceID("2"))
    let events = log([
      (0, .primaryAdopted(instance(old))),
      (0, .endpointSwitched(to: address, role: .gpu)),
      (10, .interrupted(old, cause: "spot interruption", unsynced: .zero)),
      (12, .faultDetected(old, .checks(failures: 3, threshold: 3), lastSync: nil)),
      (13, .endpointSwitched(to: address, role: .standby)),
      (14, .failoverCompleted(to: address)),
      (14, .recoveryStarted(attempt: 1)),
      (20, .instanceRunning(instance(new))),
      (30, .restoreCompleted(SyncReport(files: 1, bytesSent: .zero, duration: .seconds(1)))),
      (31, .endpointHeld),
      (32, .interrupted(new, cause: "spot interruption", unsynced: .megabytes(1))),
      (33, .endpointSwitched(to: address, role: .gpu)),
      (34, .failbackCompleted(new)),
      (40, .faultDetected(new, .checks(failures: 3, threshold: 3), lastSync: nil)),
    ])
    let incidents = Incident.all(in: events)
    #expect(incidents.map(\.instance) == [old, new])
    #expect(incidents.map(\.fault) == [.seconds(10), .seconds(32)])
    #expect(incidents.map(\.detected) == [.seconds(12), .seconds(40)])
    #expect(incidents.last?.unsynced == .megabytes(1))

    let availability = Availability(of: events, until: .seconds(50))
    #expect(availability.full == .seconds(10))
    #expect(availability.degraded == .seconds(18))
    #expect(availability.down == .seconds(3 + 19))
  }

  private let address = HostAddress(host: "host.example", port: 22)

  private func instance(_ id: InstanceID) -> Instance {
    Instance(id: id, status: .running, address: address, price: .free)
  }

  private func log(_ entries: [(seconds: Int, kind: EventKind)]) -> [Event] {
    entries.map { Event(time: .seconds($0.seconds), lane: .orchestrator, kind: $0.kind) }
  }
}
