import Failover
import Scenarios

/// One drill, read for what it tells of the world.
struct DrillReading {
  private let timings: [CallTiming]
  private let events: [Event]
  private let standbys: [HostAddress]

  init(_ drill: DrillResult) {
    // Before the workspace was filled there was nothing to copy.
    let filled = drill.run.events.first { $0.kind == Director.filled }?.time ?? .zero
    timings = drill.timings.filter { $0.succeeded && ($0.start >= filled || !Self.copies.contains($0.call)) }
    savedSince = filled
    allTimings = drill.timings
    events = drill.run.events
    standbys = events.compactMap {
      if case .standbyCreated(let instance, _) = $0.kind { instance.address } else { nil }
    }
  }

  private let allTimings: [CallTiming]
  private let savedSince: Duration
  private static let copies: Set<PortCall> = [.synchronize, .inspect, .digest, .saveSnapshot]

  /// In seconds; only of calls that succeeded.
  func durations(of call: PortCall, on role: MachineRole? = nil) -> [Double] {
    timings.filter { $0.call == call && (role == nil || role == self.role(of: $0.host)) }.map(\.duration.inSeconds)
  }

  private func role(of host: HostAddress?) -> MachineRole {
    host.map(standbys.contains) == true ? .standby : .gpu
  }

  /// Passes of rsync from one kind of machine.
  func syncs(from role: MachineRole) -> [(bytes: Double, seconds: Double)] {
    timings.filter { $0.call == .synchronize && self.role(of: $0.host) == role }.map {
      (Double($0.bytes?.bytes ?? 0), $0.duration.inSeconds)
    }
  }

  // MARK: Boots

  /// From the answer to an order until the instance ran.
  var boots: [Double] { timings.filter { $0.call == .createInstance }.compactMap { running(after: $0)?.wait } }

  /// From a start until the instance ran.
  var resumes: [Double] { timings.filter { $0.call == .startInstance }.compactMap { running(after: $0)?.wait } }

  var sshStarts: [Double] { timings.filter { $0.call == .createInstance }.compactMap(sshStart) }
  var sshAfterResumes: [Double] { timings.filter { $0.call == .startInstance }.compactMap(sshStart) }

  /// When the instance that a call ordered ran: in the middle between the last question that was answered with no and
  /// the first that was answered with yes.
  private func running(after order: CallTiming) -> (wait: Double, time: Duration, host: HostAddress)? {
    let asked = timings.filter {
      $0.call == .describeInstance && $0.instance == order.instance && $0.start >= order.end
    }
    guard let first = asked.firstIndex(where: { $0.status == .running && $0.host != nil }), let host = asked[first].host
    else { return nil }
    let no = first > 0 ? asked[first - 1].start : order.end
    let time = no + (asked[first].start - no) / 2
    return ((time - order.end).inSeconds, time, host)
  }

  private func sshStart(after order: CallTiming) -> Double? {
    guard let (_, time, host) = running(after: order) else { return nil }
    let probes = allTimings.filter { $0.call == .probeSSH && $0.host == host && $0.end >= time }
    guard let first = probes.firstIndex(where: \.succeeded) else { return nil }
    // Where the first probe succeeds, ssh was there with the machine.
    guard first > 0 else { return 0 }
    let no = probes[first - 1].start
    return max(0, (no + (probes[first].start - no) / 2 - time).inSeconds)
  }

  // MARK: Snapshots and models

  var saved: [SnapshotReport] {
    events.compactMap { event in
      guard case .snapshotSaved(let report) = event.kind, event.time - report.duration >= savedSince else { return nil }
      return report
    }
  }
  var restored: [SnapshotRestoreReport] {
    events.compactMap { if case .snapshotRestored(let report) = $0.kind { report } else { nil } }
  }
  /// What asking a model took beside loading it and its answer, such as reaching its port.
  var inferenceOverheads: [Double] {
    let calls = timings.filter { $0.call == .inference }.map(\.duration.inSeconds)
    return zip(calls, inferences).map { max(0, $0 - $1.load.inSeconds - $1.answer.inSeconds) }
  }
  var inferences: [InferenceReport] {
    events.compactMap { if case .inferencePassed(let report) = $0.kind { report } else { nil } }
  }
}
