import Failover
import FailoverSim

/// What a scenario's `fleet` section says: how many workspaces there are, and how they share standbys.
struct FleetSettings: Sendable {
  var workspaces: Int
  var standbys: Int?
  var servesAtOnce: Int

  init(_ reader: MappingReader) {
    workspaces = reader.value(
      "workspaces", .count.atLeast(1).atMost(Self.largest), default: 1,
      help: "so many workspaces, each on a GPU of its own and all like the one that is described")
    standbys = reader.optional(
      "standbys", .count.atLeast(1).atMost(Self.largest), help: "so many CPU standbys for all of them; one each")
    servesAtOnce = reader.value(
      "servesAtOnce", .count.atLeast(1).atMost(Self.largest), default: 1,
      help: "how many workspaces can work on one standby at once; it keeps the copies of any number")
    reader.check(
      standbys.map { $0 <= workspaces } ?? true, "standbys",
      message: "more standbys than workspaces: \(standbys ?? 0) for \(workspaces)")
  }

  /// Far more than a person watches in one process, and few enough to simulate.
  private static let largest = 100
}

extension MappingReader {
  /// Turns a scenario into that of a fleet, where its file has a `fleet` section.
  func applyFleet(to strategy: Strategy, _ world: inout WorldModel, _ life: Life) -> StandbySharing? {
    guard let fleet = optional("fleet", .mapping(FleetSettings.init), help: "several workspaces that share standbys")
    else { return nil }
    world.workspaces = fleet.workspaces
    guard fleet.workspaces > 1 else { return nil }
    if case .drill = life {
      check(false, "fleet", message: "a drill plays with a single workspace; give 'duration' instead of 'script'")
    }
    check(
      world.faults.isEmpty, "fleet", "faults",
      message: "'faults' name places of a single workspace; a fleet knows interruptions and preemptions only")
    check(
      fleet.standbys == nil || strategy.standby != nil, "fleet",
      message: "standbys: the strategy has no cpuStandby that could be shared")
    guard let standby = strategy.standby else { return nil }
    check(
      standby.mode == .running, "fleet", "standby",
      message: "standby.mode is onDemand: a standby that is shared always runs")
    check(
      !world.standby.startsFilled, "fleet", "standby",
      message: "standby.startsFilled: the standbys of a fleet are filled by the first syncs")
    return StandbySharing(machines: fleet.standbys ?? fleet.workspaces, servesAtOnce: fleet.servesAtOnce)
  }
}
