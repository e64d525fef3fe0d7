import Failover

struct TimedMarketplace: GPUMarketplace {
  let market: any GPUMarketplace
  let timings: CallTimings

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    try await timings.time(.search) { () async throws(PortError) in
      try await market.search(query, timeout: timeout)
    }
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    try await timings.time(.createInstance) { () async throws(PortError) in
      try await market.create(order, timeout: timeout)
    } note: { timing, id in
      timing.instance = id
    }
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.startInstance) { () async throws(PortError) in
      try await market.start(id, timeout: timeout)
    } note: { timing, _ in
      timing.instance = id
    }
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.stopInstance) { () async throws(PortError) in
      try await market.stop(id, timeout: timeout)
    }
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await timings.time(.describeInstance) { () async throws(PortError) in
      try await market.describe(id, timeout: timeout)
    } note: { timing, instance in
      timing.instance = id
      timing.status = instance.status
      timing.host = instance.address
    }
  }

  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.destroyInstance) { () async throws(PortError) in
      try await market.destroy(id, timeout: timeout)
    }
  }

  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    try await timings.time(.createVolume) { () async throws(PortError) in
      try await market.createVolume(size: size, on: machine, timeout: timeout)
    }
  }

  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    try await timings.time(.deleteVolume) { () async throws(PortError) in
      try await market.deleteVolume(id, timeout: timeout)
    }
  }
}

struct TimedCompute: ComputeProvider {
  let compute: any ComputeProvider
  let timings: CallTimings

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await timings.time(.createStandby) { () async throws(PortError) in
      try await compute.create(machine, timeout: timeout)
    }
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.startStandby) { () async throws(PortError) in
      try await compute.start(id, timeout: timeout)
    }
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.stopStandby) { () async throws(PortError) in
      try await compute.stop(id, timeout: timeout)
    }
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await timings.time(.describeStandby) { () async throws(PortError) in
      try await compute.describe(id, timeout: timeout)
    }
  }

  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await timings.time(.deleteStandby) { () async throws(PortError) in
      try await compute.delete(id, timeout: timeout)
    }
  }
}

struct TimedFileSync: FileSync {
  let fileSync: any FileSync
  let timings: CallTimings

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    try await timings.time(.synchronize, on: request.source) { () async throws(PortError) in
      try await fileSync.synchronize(request, timeout: timeout)
    } note: { timing, report in
      timing.bytes = report.bytesSent
    }
  }

  func inspect(_ path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceSummary
  {
    try await timings.time(.inspect, on: host) { () async throws(PortError) in
      try await fileSync.inspect(path, on: host, timeout: timeout)
    }
  }

  func digest(of path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceDigest
  {
    try await timings.time(.digest, on: host) { () async throws(PortError) in
      try await fileSync.digest(of: path, on: host, timeout: timeout)
    }
  }
}

struct TimedProbe: HealthProbe {
  let probe: any HealthProbe
  let timings: CallTimings
  let now: @Sendable () -> Duration

  func check(_ target: ProbeTarget, by method: ProbeMethod, timeout: Duration) async -> ProbeResult {
    let start = now()
    let result = await probe.check(target, by: method, timeout: timeout)
    timings.add(
      CallTiming(
        call: PortCall(method), host: target.address, start: start, duration: now() - start,
        succeeded: result == .healthy))
    return result
  }
}

struct TimedRouter: EndpointRouter {
  let router: any EndpointRouter
  let timings: CallTimings

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await timings.time(.route, on: host) { () async throws(PortError) in
      try await router.route(to: host, timeout: timeout)
    }
  }

  func hold(timeout: Duration) async throws(PortError) {
    try await timings.time(.hold) { () async throws(PortError) in try await router.hold(timeout: timeout) }
  }

  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await timings.time(.currentRoute) { () async throws(PortError) in
      try await router.currentRoute(timeout: timeout)
    }
  }
}

struct TimedNotifier: Notifier {
  let notifier: any Notifier
  let timings: CallTimings

  func send(_ notification: Notification, timeout: Duration) async throws(PortError) {
    try await timings.time(.notify) { () async throws(PortError) in
      try await notifier.send(notification, timeout: timeout)
    }
  }
}

struct TimedSnapshots: SnapshotStore {
  let store: any SnapshotStore
  let timings: CallTimings

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    try await timings.time(.saveSnapshot, on: request.source) { () async throws(PortError) in
      try await store.save(request, timeout: timeout)
    } note: { timing, report in
      timing.bytes = report.content
    }
  }

  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    try await timings.time(.restoreSnapshot, on: host) { () async throws(PortError) in
      try await store.restore(id, to: host, path: path, timeout: timeout)
    } note: { timing, report in
      timing.bytes = report.content
    }
  }

  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await timings.time(.listSnapshots) { () async throws(PortError) in
      try await store.list(path: path, timeout: timeout)
    }
  }

  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try await timings.time(.deleteSnapshot) { () async throws(PortError) in
      try await store.delete(id, timeout: timeout)
    }
  }
}

struct TimedInference: InferenceProbe {
  let probe: any InferenceProbe
  let timings: CallTimings

  func firstAnswer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> InferenceReport {
    try await timings.time(.inference, on: host) { () async throws(PortError) in
      try await probe.firstAnswer(of: model, on: host, timeout: timeout)
    }
  }
}
