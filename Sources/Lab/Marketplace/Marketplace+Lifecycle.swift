import Foundation

extension Marketplace {
  /// Whether the market lets it run: its bid, if it has one, is enough.
  func wins(_ instance: Instance) -> Bool {
    guard let bid = instance.bid else { return true }
    return bid >= minimumBids[instance.offer] ?? 0
  }

  /// Stops an instance or starts it, as its renter and the market want.
  func settle(_ id: Int) async throws(LabError) {
    guard let instance = instances[id] else { return }
    if instance.intended == "running", wins(instance) {
      if instance.boot == nil { boot(id) }
    } else if instance.boot != nil || instance.status != "stopped" {
      instance.boot?.cancel()
      instances[id]?.boot = nil
      instances[id]?.status = "stopped"
      setRate(id)
      try await instance.host?.powerOff()
    }
  }

  /// Sets what an instance costs from now on: the disk always, the GPU while it runs.
  func setRate(_ id: Int) {
    guard let instance = instances[id] else { return }
    let gpu = instance.status == "running" ? instance.bid ?? instance.gpuPrice : 0
    instances[id]?.meter.setRate(gpu + storageRate(instance))
  }

  /// Dollars an hour.
  func storageRate(_ instance: Instance) -> Double {
    instance.diskSpace * (machine(ofOffer: instance.offer)?.storagePrice ?? 0) / Self.hoursOfMonth
  }

  /// Begins to boot an instance; its status says how far it is.
  func boot(_ id: Int) {
    let isNew = instances[id]?.host == nil
    instances[id]?.boot = Task { await bootSteps(id, isNew: isNew) }
  }

  private func bootSteps(_ id: Int, isNew: Bool) async {
    let tenth = configuration.bootTime / 10
    do {
      // A tenth of the time until the machine has heard of it, another until its container is made.
      instances[id]?.status = isNew ? nil : "created"
      try await Task.sleep(for: tenth)
      try Task.checkCancellation()
      instances[id]?.status = "created"
      try await Task.sleep(for: tenth)
      try Task.checkCancellation()
      instances[id]?.status = "loading"
      instances[id]?.message = "pulling the image"
      guard !faults.neverBoots else { return }
      try await Task.sleep(for: tenth * 8)
      try Task.checkCancellation()
      try await powerOn(id)
      // Stopped or destroyed while the host came up.
      try Task.checkCancellation()
      guard instances[id] != nil else { return }
      instances[id]?.status = "running"
      instances[id]?.message = "success, running"
      setRate(id)
    } catch let error as LabError {
      instances[id]?.status = "exited"
      instances[id]?.message = "\(error)"
    } catch {
      // Whoever cancelled it has said what it is now.
    }
  }

  private func powerOn(_ id: Int) async throws {
    guard let lab, let instance = instances[id], let machine = machine(ofOffer: instance.offer) else { return }
    if let host = instance.host {
      try await host.powerOn()
      return
    }
    var onStart = configuration.onStart ?? ""
    if let own = instance.onStart { onStart += "\n" + own }
    let host = try await lab.addHost(
      LabHostConfiguration(
        name: "gpu-\(id)", diskSize: max(1 << 20, Int64(min(instance.diskSpace, 100_000) * 1e9)),
        workspace: instance.mountPath ?? configuration.workspace, link: machine.link,
        onStart: onStart.isEmpty ? nil : onStart, sharedDisk: instance.volume.flatMap { volumes[$0]?.directory }))
    guard instances[id] != nil else { return try await lab.remove(host) }
    instances[id]?.host = host
    for (name, contents) in configuration.files { try await host.install(name, contents, isExecutable: true) }
    try await host.powerOn()
    // Cancelled meanwhile: whoever did may not have known of the host yet.
    if Task.isCancelled, instances[id]?.boot == nil || instances[id] == nil { try await host.powerOff() }
  }

  /// Ends an instance and its disk.
  func destroy(_ id: Int) async throws(LabError) {
    guard let instance = instances.removeValue(forKey: id) else { return }
    instance.boot?.cancel()
    spent += instance.meter.total()
    if let lab, let host = instance.host { try await lab.remove(host) }
  }
}
