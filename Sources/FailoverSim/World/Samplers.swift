import Failover

/// One source of durations for each thing that takes time, each on a stream of its own, so that a change to one never
/// shifts the draws of another.
struct Samplers {
  var search, create, describe, destroy: Sampler
  var start, stop, createVolume, deleteVolume, resume, sshAfterResume: Sampler
  var boot, sshStart, standbyCreation, standbyDescribe: Sampler
  var endpointChange, endpointHold, endpointVerify: Sampler
  /// One for each workspace, whose GPU or standby it is for.
  var gpu, standby: [HostSamplers]
  var notification: Sampler
  var snapshotRequest, snapshotListing: Sampler
  var inferenceStart, inferenceLoad, inferenceAnswer: Sampler
  var inferenceFailures: RandomStream

  init(_ model: WorldModel, _ simulation: Simulation) {
    func sampler(_ distribution: Distribution, _ name: String) -> Sampler {
      Sampler(distribution, simulation, name)
    }
    search = sampler(model.marketplace.search, "marketplace search")
    create = sampler(model.marketplace.create, "marketplace create")
    describe = sampler(model.marketplace.describe, "marketplace describe")
    destroy = sampler(model.marketplace.destroy, "marketplace destroy")
    start = sampler(model.machines.start, "marketplace start")
    stop = sampler(model.machines.stop, "marketplace stop")
    createVolume = sampler(model.machines.createVolume, "marketplace create volume")
    deleteVolume = sampler(model.machines.deleteVolume, "marketplace delete volume")
    resume = sampler(model.machines.resume, "gpu resume")
    sshAfterResume = sampler(model.machines.sshAfterResume, "gpu ssh after resume")
    boot = sampler(model.gpu.boot, "gpu boot")
    sshStart = sampler(model.gpu.sshStart, "gpu ssh start")
    standbyCreation = sampler(model.standby.creation, "standby creation")
    standbyDescribe = sampler(model.standby.describe, "standby describe")
    endpointChange = sampler(model.endpoint.change, "endpoint change")
    endpointHold = sampler(model.endpoint.hold, "endpoint hold")
    endpointVerify = sampler(model.endpoint.verify, "endpoint verify")
    let suffixes = (0..<max(1, model.workspaces)).map { $0 == 0 ? "" : " \($0 + 1)" }
    gpu = suffixes.map { HostSamplers(model.gpu.hostTimes, simulation, "gpu\($0)") }
    standby = suffixes.map { HostSamplers(model.standby.hostTimes, simulation, "standby\($0)") }
    notification = sampler(model.notification, "notification")
    snapshotRequest = sampler(model.snapshots.request, "snapshot request")
    snapshotListing = sampler(model.gpu.hostTimes.scan, "snapshot listing")
    inferenceStart = sampler(model.inference.serverStart, "inference start")
    inferenceLoad = sampler(model.inference.load, "inference load")
    inferenceAnswer = sampler(model.inference.answer, "inference answer")
    inferenceFailures = simulation.stream("inference failures")
  }
}

struct HostSamplers {
  var scan, inspect, digest: Sampler
  /// In the order of `ProbeMethod.allCases`.
  var probes: [Sampler]
  /// What decides whether a check is wrong; in the same order.
  var noise: [RandomStream]

  init(_ times: HostTimes, _ simulation: Simulation, _ host: String) {
    noise = ProbeMethod.allCases.map {
      simulation.stream("\(host) probe noise \($0.rawValue)")
    }
    scan = Sampler(times.scan, simulation, "\(host) scan")
    inspect = Sampler(times.inspect, simulation, "\(host) inspect")
    digest = Sampler(times.digest, simulation, "\(host) digest")
    probes = ProbeMethod.allCases.map { method in
      Sampler(times.probes[method] ?? .constant(0), simulation, "\(host) probe \(method.rawValue)")
    }
  }
}

extension WorldState {
  mutating func withSamplers<R>(
    of role: MachineRole, _ workspace: Int, _ body: (inout HostSamplers) -> R
  ) -> R {
    role == .gpu ? body(&samplers.gpu[workspace]) : body(&samplers.standby[workspace])
  }
}
