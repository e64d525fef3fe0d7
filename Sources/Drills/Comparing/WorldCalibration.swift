import Failover
import FailoverSim
import Scenarios

/// What drills have measured of the world, and the simulated world that follows from it.
///
/// Every value is that of single calls and of single passes: rates of links, answers of providers, boots. None is the
/// length of a phase, so that comparing phases afterwards is a test of the simulation and not a tautology.
public struct WorldCalibration: Sendable {
  /// One value of the world, and what it was taken from.
  public struct Value: Sendable, Hashable {
    /// The path in a scenario file, such as `marketplace.search`.
    public var path: String
    /// In seconds, or in megabytes a second where `unit` says so.
    public var samples: [Double]
    public var unit: String
    public var source: String

    /// The middle one of the samples.
    public var median: Double { samples.median }
  }

  public private(set) var world: WorldModel
  public private(set) var values: [Value] = []

  /// - Parameters:
  ///   - scenario: what was played.
  ///   - drills: at least one.
  public init(_ scenario: Scenario, from drills: [DrillResult]) {
    world = scenario.world
    let passes = drills.map(DrillReading.init)
    func all(_ samples: (DrillReading) -> [Double]) -> [Double] { passes.flatMap(samples) }
    func calls(_ call: PortCall) -> [Double] { all { $0.durations(of: call) } }

    set("marketplace.search", calls(.search), "searches") { $0.marketplace.search = $1 }
    set("marketplace.create", calls(.createInstance), "orders") { $0.marketplace.create = $1 }
    set("marketplace.describe", calls(.describeInstance), "questions") { $0.marketplace.describe = $1 }
    set("marketplace.destroy", calls(.destroyInstance), "returns") { $0.marketplace.destroy = $1 }
    set("machines.start", calls(.startInstance), "starts") { $0.machines.start = $1 }
    set("machines.stop", calls(.stopInstance), "stops") { $0.machines.stop = $1 }
    set("machines.createVolume", calls(.createVolume), "volumes") { $0.machines.createVolume = $1 }
    set("machines.deleteVolume", calls(.deleteVolume), "volumes") { $0.machines.deleteVolume = $1 }
    set("gpu.boot", all(\.boots), "from the order to running, between two questions") { $0.gpu.boot = $1 }
    set("gpu.sshStart", all(\.sshStarts), "from running to the first answer, between two probes") {
      $0.gpu.sshStart = $1
    }
    set("machines.resume", all(\.resumes), "from the start to running, between two questions") {
      $0.machines.resume = $1
    }
    set("machines.sshAfterResume", all(\.sshAfterResumes), "from running to the first answer") {
      $0.machines.sshAfterResume = $1
    }
    set("standby.creation", calls(.createStandby), "orders") { $0.standby.creation = $1 }
    set("standby.describe", calls(.describeStandby), "questions") { $0.standby.describe = $1 }
    for role in MachineRole.allCases {
      let name = role == .gpu ? "gpu" : "standby"
      let times: WritableKeyPath<WorldModel, HostTimes> = role == .gpu ? \.gpu.hostTimes : \.standby.hostTimes
      set("\(name).inspect", all { $0.durations(of: .inspect, on: role) }, "looks") { $0[keyPath: times].inspect = $1 }
      set("\(name).digest", all { $0.durations(of: .digest, on: role) }, "digests") { $0[keyPath: times].digest = $1 }
      for method in ProbeMethod.allCases {
        set("\(name).probes.\(method.rawValue)", all { $0.durations(of: PortCall(method), on: role) }, "probes") {
          $0[keyPath: times].probes[method] = $1
        }
      }
    }
    set("endpoint.change", calls(.route), "changes") { $0.endpoint.change = $1 }
    set("endpoint.hold", calls(.hold), "holds") { $0.endpoint.hold = $1 }
    set("endpoint.verify", calls(.currentRoute), "questions") { $0.endpoint.verify = $1 }
    set("notification", calls(.notify), "notifications") { $0.notification = $1 }
    setSync(passes, legs: scenario.strategy.standby?.sync.route == .relay ? 2 : 1)
    setSnapshots(passes)
    setInference(passes)
  }

  private mutating func set(
    _ path: String, _ samples: [Double], _ source: String, _ change: (inout WorldModel, Distribution) -> Void
  ) {
    guard let distribution = Distribution(samples: samples) else { return }
    change(&world, distribution)
    values.append(Value(path: path, samples: samples, unit: "s", source: "\(samples.count) \(source)"))
  }

  /// The rate follows from the passes that copy much, the listing from those that find little to send.
  private mutating func setSync(_ passes: [DrillReading], legs: Int) {
    let syncs = passes.flatMap { $0.syncs(from: .gpu) }
    guard let largest = syncs.map(\.bytes).max(), largest > 0 else { return }
    let full = syncs.filter { $0.bytes * 2 >= largest }
    let small = syncs.filter { $0.bytes * 10 <= largest }
    var scan = 0.0
    var rate = 0.0
    // Each of the two is known better when the other is; three rounds change nothing in the fourth digit.
    for _ in 0..<3 {
      let rates = full.map { Double(legs) * $0.bytes / max($0.seconds - scan, $0.seconds / 10) }
      rate = rates.median
      let scans = small.map { max(0, $0.seconds - Double(legs) * $0.bytes / rate) }
      scan = scans.median
    }
    let rates = full.map { Double(legs) * $0.bytes / max($0.seconds - scan, $0.seconds / 10) / 1e6 }
    world.network.rsync = DataRate(bytesPerSecond: Int64(rate))
    world.network.link = max(world.network.link, world.network.rsync)
    values.append(
      Value(path: "network.rsync", samples: rates, unit: "MB/s", source: "\(full.count) passes that sent much"))
    set(
      "gpu.scan", small.map { max(0, $0.seconds - Double(legs) * $0.bytes / rate) },
      "passes that sent little, without the sending") { $0.gpu.hostTimes.scan = $1 }
    set(
      "standby.scan",
      passes.flatMap { $0.syncs(from: .standby) }.map { max(0, $0.seconds - Double(legs) * $0.bytes / rate) },
      "passes from the standby, without the sending") { $0.standby.hostTimes.scan = $1 }
  }

  private mutating func setSnapshots(_ passes: [DrillReading]) {
    // Of small ones the beginning and the end take longer than the data.
    let all = passes.flatMap(\.saved)
    let largest = all.map(\.content).max() ?? .zero
    let saved = all.filter { $0.content.bytes * 2 >= largest.bytes }
    if let rate = rate("snapshots.read", saved.map { ($0.content.bytes, $0.duration) }, "snapshots") {
      world.snapshots.read = rate
    }
    let restored = passes.flatMap(\.restored)
    if let rate = rate("snapshots.download", restored.map { ($0.downloaded.bytes, $0.download) }, "restores") {
      world.snapshots.download = rate
    }
    if let rate = rate("snapshots.write", restored.map { ($0.content.bytes, $0.unpack) }, "restores") {
      world.snapshots.write = rate
    }
    guard let first = saved.first else { return }
    // What saving takes beside moving data is in the rate of reading.
    world.snapshots.request = .constant(0)
    let decompress = restored.map(\.decompress).sorted()
    world.snapshots.compression = CompressionProfile(
      name: first.compression, content: first.content, stored: first.stored, compress: .zero,
      decompress: decompress.isEmpty ? .zero : decompress[decompress.count / 2])
    // What no stage explains is asking, beginning and ending.
    let rest = restored.map { max(0, ($0.duration - max($0.download, $0.decompress, $0.unpack)).inSeconds) }
    set("snapshots.request", rest, "restores, without their slowest stage") { $0.snapshots.request = $1 }
  }

  private mutating func rate(_ path: String, _ amounts: [(Int64, Duration)], _ source: String) -> DataRate? {
    let rates = amounts.filter { $0.0 > 0 && $0.1 > .zero }.map { Double($0.0) / $0.1.inSeconds / 1e6 }
    guard !rates.isEmpty else { return nil }
    let value = Value(path: path, samples: rates, unit: "MB/s", source: "\(rates.count) \(source)")
    values.append(value)
    return DataRate(bytesPerSecond: Int64(value.median * 1e6))
  }

  private mutating func setInference(_ passes: [DrillReading]) {
    let reports = passes.flatMap(\.inferences)
    guard !reports.isEmpty else { return }
    set("inference.serverStart", passes.flatMap(\.inferenceOverheads), "questions, without loading and answering") {
      $0.inference.serverStart = $1
    }
    set("inference.load", reports.map(\.load.inSeconds), "loads") { $0.inference.load = $1 }
    set("inference.answer", reports.map(\.answer.inSeconds), "answers") { $0.inference.answer = $1 }
  }
}

extension [Double] {
  /// The middle one, or the mean of the middle two; zero of none.
  var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}

extension Distribution {
  /// What was measured, with straight lines between the values; `nil` when nothing was.
  init?(samples: [Double]) {
    let sorted = samples.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    guard sorted.count > 1, first < last else {
      self = .constant(first)
      return
    }
    self = .empirical(
      sorted.enumerated().map {
        .init(probability: Double($0.offset) / Double(sorted.count - 1), value: $0.element)
      })
  }
}
