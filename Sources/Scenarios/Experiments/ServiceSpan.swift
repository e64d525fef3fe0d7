import Failover
import FailoverSim

/// What users get.
public enum ServiceLevel: String, Sendable, Hashable, CaseIterable {
  /// A GPU answers.
  case full
  /// The CPU standby answers.
  case degraded
  /// Nobody answers.
  case down
  /// Nobody answers, and nobody wants an answer: the GPU hibernates.
  case asleep
}

/// A stretch of time in which neither the level of service changed nor the machine that gives it.
public struct ServiceSpan: Sendable, Hashable {
  public var level: ServiceLevel
  public var start: Duration
  public var end: Duration
  /// Who serves; `nil` while nobody does.
  public var machine: InstanceID?

  public var duration: Duration { end - start }

  /// The levels of service from the first opening of the endpoint to `end`, without gaps.
  public static func all(in events: [Event], until end: Duration) -> [ServiceSpan] {
    var reader = ServiceReader()
    for event in events { reader.read(event) }
    return reader.finish(at: end)
  }
}

/// Follows a log event by event and keeps the span that has not ended.
private struct ServiceReader {
  private var spans: [ServiceSpan] = []
  /// The GPU that serves, or is about to.
  private var gpu: InstanceID?
  /// The GPU that users were sent to last.
  private var reached: InstanceID?
  /// The standby that serves, or is about to.
  private var standby: InstanceID?
  /// Where users were sent last.
  private var route: MachineRole?
  private var lost: Set<InstanceID> = []
  /// Machines that users cannot work on for a while, once for each fault.
  private var cutOff: [InstanceID] = []

  mutating func read(_ event: Event) {
    switch event.kind {
    case .primaryAdopted(let instance), .instanceRunning(let instance): gpu = instance.id
    case .standbyCreated(let instance, _): standby = instance.id
    case .endpointSwitched(_, .gpu):
      route = .gpu
      // The endpoint can move to a GPU that was lost a moment ago: it points at a machine that does not
      // answer.
      reached = gpu
      change(to: isLost(gpu) ? .down : .full, at: event.time)
    case .endpointSwitched(_, .standby):
      route = .standby
      change(to: isLost(standby) ? .down : .degraded, at: event.time)
    case .phaseChanged(_, to: .hibernating): change(to: .asleep, at: event.time)
    case .woken: change(to: .down, at: event.time)
    case .endpointHeld where spans.last?.level == .asleep: route = nil
    case .endpointHeld:
      route = nil
      change(to: .down, at: event.time)
    case .standbyLost(let id, _, _): if id == standby { lose(standby: id, at: event.time) }
    case .instanceStopped(let id) where id == standby: lose(standby: id, at: event.time)
    case .instanceStarted(let id):
      lost.remove(id)
      if id == standby, route == .standby { change(to: .degraded, at: event.time) }
    case .interrupted(let id, _, _), .instanceStopped(let id):
      lost.insert(id)
      if id == reached, spans.last?.level == .full { change(to: .down, at: event.time) }
    case .faultBegan(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      guard let id = event.lane.machine else { return }
      cutOff.append(id)
      if serving == id { change(to: .down, at: event.time) }
    case .faultEnded(let name, let place) where FaultKind.cutsUsersOff(name, at: place):
      guard let id = event.lane.machine else { return }
      if let index = cutOff.firstIndex(of: id) { cutOff.remove(at: index) }
      if serving == id, !isLost(id) { change(to: route == .gpu ? .full : .degraded, at: event.time) }
    default: break
    }
  }

  /// The machine that users are sent to.
  private var serving: InstanceID? {
    switch route {
    case .gpu: reached
    case .standby: standby
    case nil: nil
    }
  }

  private func isLost(_ id: InstanceID?) -> Bool { id.map { lost.contains($0) || cutOff.contains($0) } ?? false }

  private mutating func lose(standby id: InstanceID, at time: Duration) {
    lost.insert(id)
    if route == .standby { change(to: .down, at: time) }
  }

  private mutating func change(to level: ServiceLevel, at time: Duration) {
    let machine: InstanceID? =
      switch level {
      case .full: reached
      case .degraded: standby
      case .down, .asleep: nil
      }
    guard spans.last?.level != level || spans.last?.machine != machine else { return }
    close(at: time)
    spans.append(ServiceSpan(level: level, start: time, end: time, machine: machine))
  }

  private mutating func close(at time: Duration) {
    if !spans.isEmpty { spans[spans.count - 1].end = time }
  }

  mutating func finish(at end: Duration) -> [ServiceSpan] {
    close(at: end)
    return spans.filter { $0.duration > .zero }
  }
}
