import Failover
import FailoverSim
import Foundation

/// A scenario as it is written in a YAML file.
///
/// Everything has a default but the name and the kind of life, so that a file says only what is special about it.
public struct ScenarioFile: Sendable {
  /// The version of the file format that this program reads.
  public static let schemaVersion = 1

  var scenario: Scenario
  var trace: TraceRequest?
  /// The scenario file, relative to this one, whose run shows what the drill's times stand for in production.
  var production: String?
  /// What is said of snapshots; a calibration it names must be read before the scenario can be played.
  var snapshots: SnapshotSettings

  /// A trace that must be read before the scenario can be played.
  struct TraceRequest: Sendable {
    /// `nil` when the command line is to name it.
    var path: String?
    var follow: FollowedSeat = .firstNode
    var repeats = false
  }

  init(_ reader: MappingReader) {
    let version = reader.value(
      "schemaVersion", .count, default: Self.schemaVersion, help: "version of this file format")
    reader.check(
      version == Self.schemaVersion, "schemaVersion",
      message: "this program reads version \(Self.schemaVersion) of the format")
    let name = reader.required("name", .text, help: "a short name, as in file names")
    let summary = reader.required("summary", .text, help: "one sentence: what it shows")
    let life = reader.oneOf(
      "the scenario's life",
      .keyed("duration", .duration.positive, help: "the orchestrator works on its own for this long") {
        .operation($0)
      },
      Form<Life>.keyed(
        "script", .list(of: .scriptPart, atLeast: 1), help: "a drill: what happens, step by step"
      ) { .drill($0) })
    let interruptions = reader.section("interruptions", help: "when GPUs are taken away", Interruptions.init)
    var workspace = reader.section("workspace", help: "what is protected", WorkspaceModel.init)
    let workload = reader.section("workload", help: "what runs on the GPU, and how it keeps its state", Workload.init)
    workspace.dirtyRate = workload.dirtyRate(beside: workspace.dirtyRate)
    let standby = reader.section("standby", help: "the CPU machine that stands by") { reader in
      (machine: StandbyMachine(reader), model: StandbyModel(reader), variants: StandbyVariants(reader))
    }
    let sync = reader.section("sync", help: "how the standby is kept in step", SyncPolicy.init)
    let failover = reader.section(
      "failover", help: "how users are moved to the standby", FailoverPolicy.init)
    let protections = reader.value(
      "strategy", .protections, default: [.cpuStandby], help: "what protects the workspace")
    let watching = reader.watching()
    var strategy = Strategy(
      workspacePath: workspace.path,
      healthCheck: reader.section("healthCheck", help: "how the GPU is watched", HealthCheckPolicy.init),
      heartbeat: watching.heartbeat, notice: watching.notice,
      recovery: reader.section("recovery", help: "how a new GPU is found and filled", RecoveryPolicy.init),
      timeouts: reader.section("timeouts", help: "how long single calls may take", CallTimeouts.init))
    strategy.hibernation = reader.optional(
      "hibernation", .mapping(HibernationSchedule.init), help: "stop the GPU while nobody needs it")
    if protections.contains(.cpuStandby) {
      strategy.standby = CPUStandby(
        machine: standby.machine, mode: standby.variants.mode, sync: sync, failover: failover,
        machineRetry: standby.variants.machineRetry)
    }
    snapshots = reader.section("snapshots", help: "copies in an object store", SnapshotSettings.init)
    let inference = reader.section(
      "inference", help: "the model that must answer on a new GPU", InferenceSettings.init)
    if protections.contains(.snapshots) { strategy.snapshots = snapshots.policy }
    reader.warn(
      unless: protections.contains(.snapshots) || !reader.has("snapshots"), "snapshots",
      message: "the strategy does not name snapshots, so none are taken")
    if reader.has("inference") { strategy.inferenceModel = inference.name }
    reader.check(standby.variants, standby.model, standby.machine, in: strategy, protections)
    let pool = reader.section("warmPool", help: "a second GPU, stopped, that shares a volume", WarmPoolSettings.init)
    strategy.warmPool = pool.used(by: protections, for: workspace, reader)
    var world = WorldModel(
      gpu: reader.section("gpu", help: "the GPU at the start, and what is true of every GPU", GPUModel.init),
      standby: standby.model,
      marketplace: reader.section("marketplace", help: "where GPUs are rented", MarketplaceModel.init),
      network: reader.section("network", help: "the way between the hosts", NetworkModel.init),
      endpoint: reader.section("endpoint", help: "what users connect to", EndpointModel.init),
      workspace: workspace, interruptions: interruptions.model,
      notification: reader.value(
        "notification", .delay, default: .uniform(low: 0.2, high: 1), help: "how long telling people takes"))
    world.standby.preemption = standby.variants.preemption
    world.gpu.heartbeats.interval = strategy.heartbeat?.interval
    world.notices = interruptions.notices
    reader.checkWatching(strategy, world, protections)
    world.approval = reader.approval(for: strategy)
    world.inference = inference.model
    world.faults = reader.faults(for: strategy)
    let sharing = reader.applyFleet(to: strategy, &world, life)
    do throws(CompressionUnknown) {
      world.snapshots = try snapshots.model(for: workspace, over: world.network)
    } catch {
      reader.check(snapshots.calibration != nil, "snapshots", message: "method: \(error)")
    }
    let pricing = reader.section(
      "pricing", help: "what is paid for besides the hours of machines", Pricing.init)
    world.machines = reader.section(
      "machines", help: "stopping and starting GPUs, and what goes with a machine", MachineModel.init)
    // The first GPU is rented on a machine that can hold the pool.
    if strategy.warmPool != nil { world.gpu.isRentedAtStart = false }
    let overshoot = reader.section("clock", help: "the virtual clock") { reader in
      reader.value(
        "overshoot", .duration.atMost(.seconds(1)), default: .zero, help: "by how much every wait ends late")
    }
    let reference = reader.optional(
      "reference", .choice(ReferenceReport.self), help: "the published report to lay beside the run")
    scenario = Scenario(
      name: name, summary: summary, strategy: strategy, world: world, life: life, timerOvershoot: overshoot,
      reference: reference, pricing: pricing)
    scenario.standbySharing = sharing
    scenario.workload = workload
    scenario.monitoring = reader.section(
      "monitoring", help: "what operation should achieve, and when people are to be called", MonitoringPolicy.init)
    scenario.ledger = reader.value(
      "ledger", .list(of: .ledgerEntry), default: [], help: "what of the reference documents it shows")
    scenario.expectations = reader.value(
      "expect", .list(of: .mapping(Expectation.init)), default: [], help: "what one should see with seed 1")
    trace = interruptions.trace
    production = reader.optional(
      "production", .text, help: "scenario file, relative to this one, that shows a drill's times in production")
  }

  /// What the `interruptions` section says.
  private struct Interruptions: Sendable {
    var model: InterruptionModel = .never
    var trace: TraceRequest?
    var notices: [NoticeModel]

    init(_ reader: MappingReader) {
      let times = reader.optional("at", .list(of: .duration), help: "the GPU is lost at these times")
      let lifetimes = reader.optional("lifetimes", .delay, help: "every GPU lives so long")
      let path = reader.optional("trace", .text, help: "recorded interruptions; 'given': the file of --trace")
      let node = reader.optional("node", .text, help: "the trace's node whose seat is followed; default: the first")
      let atLeast = reader.optional(
        "atLeast", .count.atLeast(1), help: "in a trace of counts: up while so many nodes are")
      let repeats = reader.value(
        "repeat", .bool, default: false, help: "play the trace again and again until the scenario's duration")
      notices = NoticeModel.all(reader)
      let given = [times != nil, lifetimes != nil, path != nil].count { $0 }
      reader.check(given <= 1, "at", message: "give only one of at, lifetimes and trace")
      reader.check(node == nil || atLeast == nil, "node", message: "give only one of node and atLeast")
      if let times { model = .at(times) }
      if let lifetimes { model = .lifetimes(lifetimes) }
      if let path {
        let follow = node.map { .node($0) } ?? atLeast.map { .atLeast($0) } ?? FollowedSeat.firstNode
        trace = TraceRequest(path: path == "given" ? nil : path, follow: follow, repeats: repeats)
      }
    }
  }
}
