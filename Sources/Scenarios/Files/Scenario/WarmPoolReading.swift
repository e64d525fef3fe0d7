import Failover
import FailoverSim

/// What a scenario's `warmPool` section says.
struct WarmPoolSettings: Sendable {
  var pool: WarmPool
  /// Whether the pool is used, where the section says so itself.
  var isEnabled: Bool?

  init(_ reader: MappingReader) {
    let standard = WarmPool()
    isEnabled = reader.optional(
      "enabled", .bool, help: "default: whether 'strategy' names warmPool; true adds it, false takes it out")
    let timeout = reader.value(
      "startTimeout", .duration.positive, default: standard.startTimeout,
      help: "from the order to start until the stopped GPU must answer over ssh")
    let poll = reader.section(
      "sshPoll", help: "waits before each attempt to reach its ssh", Backoff.reading(default: standard.sshPoll))
    reader.check(
      poll.initial < timeout, "startTimeout", "sshPoll",
      message: "startTimeout must be longer than sshPoll, or the GPU is given up before it is asked for the second time")
    pool = WarmPool(
      minimumGPUs: reader.value(
        "minimumGPUs", .count.between(2, 64), default: standard.minimumGPUs,
        help: "how many GPUs a machine must offer: one to serve, one to stand by"),
      volumeSize: reader.value(
        "volumeSize", .byteCount.positive, default: standard.volumeSize, help: "the volume that the GPUs share"),
      preferredGPUs: reader.value(
        "preferredGPUs", .list(of: .text), default: standard.preferredGPUs,
        help: "GPUs by name, the preferred one first; others only when none of them is there"),
      autoProvision: reader.value(
        "autoProvision", .bool, default: standard.autoProvision,
        help: "whether a new stopped GPU is created after a failover"),
      fallsBackToStandby: reader.value(
        "fallsBackToStandby", .bool, default: standard.fallsBackToStandby,
        help: "whether the CPU standby, if there is one, serves when the stopped GPU does not"),
      startTimeout: timeout, sshPoll: poll,
      provisionRetry: reader.section(
        "provisionRetry", help: "waits between attempts to create a stopped GPU",
        Backoff.reading(default: standard.provisionRetry)),
      checkInterval: reader.value(
        "checkInterval", .duration.positive, default: standard.checkInterval,
        help: "how often it is asked whether the stopped GPU is still there"))
  }

  /// The warm pool of a scenario's strategy, and what is wrong with naming or not naming it.
  ///
  /// - Parameters:
  ///   - reader: the scenario's.
  ///   - workspace: what the volume must hold.
  func used(by protections: [Protection], for workspace: WorkspaceModel, _ reader: MappingReader) -> WarmPool? {
    let isNamed = protections.contains(.warmPool)
    reader.check(
      isNamed || isEnabled != nil || !reader.has("warmPool"), "warmPool",
      message: "these settings have no effect: 'strategy' does not name warmPool; write strategy: [warmPool], "
        + "or enabled: true here")
    guard isEnabled ?? isNamed else { return nil }
    reader.check(
      pool.volumeSize >= workspace.size, "warmPool", "workspace",
      message: "a volume of \(pool.volumeSize) does not hold the workspace of \(workspace.size)")
    return pool
  }
}

extension MachineModel {
  init(_ reader: MappingReader) {
    let standard = MachineModel()
    self.init(
      start: reader.value("start", .delay, default: standard.start, help: "asking for a stopped instance to run again"),
      stop: reader.value("stop", .delay, default: standard.stop, help: "stopping an instance"),
      createVolume: reader.value("createVolume", .delay, default: standard.createVolume, help: "reserving a volume"),
      deleteVolume: reader.value("deleteVolume", .delay, default: standard.deleteVolume, help: "giving a volume back"),
      resume: reader.value(
        "resume", .delay, default: standard.resume,
        help: "from the start of a stopped instance until it runs; default: 10 measured times, 9.9 to 180.9 s"),
      sshAfterResume: reader.value(
        "sshAfterResume", .delay, default: standard.sshAfterResume, help: "from then until ssh answers"),
      standbyRentedAway: reader.value(
        "standbyRentedAway", .fraction, default: standard.standbyRentedAway,
        help: "how often a stopped instance finds its GPU rented to somebody else when it is started"),
      whenRentedAway: reader.value(
        "whenRentedAway", .choice(MachineModel.RentedAway.self), default: standard.whenRentedAway,
        help: "waits: the start is carried out when the GPU is free; refused: the provider says no"),
      rentalByOthers: reader.value(
        "rentalByOthers", .delay, default: standard.rentalByOthers, help: "how long somebody else keeps a GPU"),
      interruptionTakesMachine: reader.value(
        "interruptionTakesMachine", .fraction, default: standard.interruptionTakesMachine,
        help: "how often an interruption takes the whole machine, with its volume and the stopped GPU"),
      outage: reader.value(
        "outage", .delay, default: standard.outage, help: "how long a lost machine offers nothing; it returns empty"))
  }
}
