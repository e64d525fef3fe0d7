import Failover
import FailoverSim

/// What a scenario's `standby` section says of when the machine runs and how it can be lost.
struct StandbyVariants: Sendable {
  var mode: CPUStandby.Mode
  var machineRetry: Backoff
  var preemption: StandbyPreemption

  init(_ reader: MappingReader) {
    mode = reader.value(
      "mode", .choice(CPUStandby.Mode.self), default: .running,
      help: "running: always there; onDemand: created at the fault and filled from the newest snapshot")
    machineRetry = reader.section(
      "machineRetry", help: "waits between attempts to create or delete the machine while a GPU serves",
      Backoff.reading(default: Backoff(initial: .seconds(5), maximum: .seconds(300))))
    preemption = reader.section(
      "preemption", help: "when the provider takes the machine away; default: never", StandbyPreemption.init)
  }
}

extension StandbyPreemption {
  init(_ reader: MappingReader) {
    self.init(
      lifetimes: reader.optional("lifetimes", .delay, help: "a machine runs so long"),
      at: reader.value("at", .list(of: .duration), default: [], help: "the machine is taken away at these times"),
      // Google Compute Engine's instanceTerminationAction knows the same two.
      action: reader.value(
        "action", .choice(Action.self), default: .delete,
        help: "delete: it is gone with its disk; stop: it can be started again, and its disk is as it was"))
  }

  var isNever: Bool { lifetimes == nil && at.isEmpty }
}

extension MappingReader {
  /// Who decides that a new GPU is fetched.
  var recoveryMode: RecoveryPolicy.Mode {
    value(
      "mode", .choice(RecoveryPolicy.Mode.self), default: .automatic,
      help: "automatic; manual: a person is asked before a GPU is fetched; disabled: nothing is done after the failover")
  }

  /// How long people take to answer, for a strategy that asks them.
  ///
  /// The default is what Google's "Site Reliability Engineering", chapter 11 ("Being On-Call"), calls typical for a
  /// user-facing service: 5 minutes; for a service that is less urgent it says 30.
  func approval(for strategy: Strategy) -> Distribution? {
    let isAsked = strategy.recovery.mode == .manual
    let given = optional("approval", .delay, help: "how long a person takes to agree, with recovery.mode: manual; 5min")
    warn(
      unless: !isAsked || given != nil, "recovery",
      message: "recovery.mode is manual, but nothing says how long a person takes to agree; 5 minutes are assumed, "
        + "as for a user-facing service. Give 'approval', such as 30min for one that is less urgent")
    warn(
      unless: isAsked || given == nil, "approval", message: "nobody is ever asked: recovery.mode is not manual")
    return isAsked ? given ?? .constant(300) : nil
  }

  /// Checks what only several sections together show of the standby.
  func check(_ standby: StandbyVariants, _ model: StandbyModel, _ machine: StandbyMachine, in strategy: Strategy, _ protections: [Protection]) {
    let isUsed = protections.contains(.cpuStandby)
    check(
      !isUsed || standby.mode != .onDemand || protections.contains(.snapshots), "strategy", "standby",
      message: "standby.mode is onDemand: such a standby is filled from the newest snapshot, and there are none; "
        + "write strategy: [cpuStandby, snapshots]")
    check(
      standby.mode != .onDemand || !model.startsFilled, "standby",
      message: "standby.startsFilled: a standby with mode onDemand is filled from a snapshot")
    warn(
      unless: standby.preemption.isNever || machine.isSpot, "standby",
      message: "standby.preemption: a machine with spot: false is not taken away by its provider")
    warn(
      unless: isUsed || standby.mode == .running, "strategy",
      message: "standby.mode has no effect: the strategy has no cpuStandby")
    warn(
      unless: !protections.isEmpty || strategy.recovery.mode != .disabled, "recovery",
      message: "nothing protects the workspace and recovery.mode is disabled: nobody serves after the first loss")
  }
}
