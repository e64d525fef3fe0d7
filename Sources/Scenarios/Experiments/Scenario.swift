import Failover
import FailoverSim

/// A question to the simulator: a world, a strategy, and the life they lead together.
public struct Scenario: Sendable, Hashable {
  public var name: String
  /// One sentence, for lists.
  public var summary: String
  public var strategy: Strategy
  /// What runs on the GPU: it decides what a loss costs, and changes nothing of what happens.
  public var workload = Workload.interactive
  public var world: WorldModel
  public var life: Life
  /// By how much every sleep on the virtual clock overshoots.
  public var timerOvershoot: Duration
  /// The published report that the run is laid beside, if any.
  public var reference: ReferenceReport?
  /// What is paid for besides the hours of machines.
  public var pricing: Pricing
  /// How the workspaces share standbys; `nil` with a single workspace, or without standbys.
  public var standbySharing: StandbySharing?
  /// How many workspaces pay for the standby, each an equal share.
  public var standbySharedBy = 1
  /// What its operation should achieve, and when people are to be called.
  public var monitoring = MonitoringPolicy()
  /// What of the reference documents it shows.
  public var ledger: [LedgerEntry] = []
  /// What one should see in a run of it with seed 1.
  public var expectations: [Expectation] = []

  public init(
    name: String, summary: String, strategy: Strategy, world: WorldModel, life: Life,
    timerOvershoot: Duration = .zero, reference: ReferenceReport? = nil, pricing: Pricing = .documented
  ) {
    self.name = name
    self.summary = summary
    self.strategy = strategy
    self.world = world
    self.life = life
    self.timerOvershoot = timerOvershoot
    self.reference = reference
    self.pricing = pricing
  }
}

/// How a scenario passes its time.
public enum Life: Sendable, Hashable {
  /// The orchestrator's own loops run for this long.
  case operation(Duration)
  /// A script calls the orchestrator's operations one by one and waits between them.
  case drill([ScriptPart])
}

/// A section of a drill's script.
public enum ScriptPart: Sendable, Hashable {
  case phase(name: String, steps: [ScriptStep])
  /// Time that passes between phases and is not counted as active.
  case pause([Duration])
}

/// One step of a drill's script.
public enum ScriptStep: Sendable, Hashable {
  case wait(Duration)
  case note(String)
  case perform(ScriptAction)
  case `repeat`(count: Int, steps: [ScriptStep])
}

/// What a script can ask for by one word: operations of the orchestrator, and the fault that it must cope with.
public enum ScriptAction: String, Sendable, Hashable, CaseIterable {
  case adoptPrimary
  case createStandby
  case openEndpoint
  case sync
  case saveSnapshot
  case checkHealth
  case interrupt
  case failOver
  case standDown
  case searchOffer
  case provision
  case awaitSSH
  case restore
  case checkInference
  case failBack
  case giveBackUnused
  // What people ask of a warm pool.
  case setUpWarmPool
  case warmPoolStatus
  case findMachines
  case provisionWarmGPU
  case failOverToWarmGPU
  case disableWarmPool
  case enableWarmPool
}

/// A report somebody published, whose figures a run is compared with.
public enum ReferenceReport: String, Sendable, Hashable, CaseIterable {
  case drill1863 = "report-18.63"
}
