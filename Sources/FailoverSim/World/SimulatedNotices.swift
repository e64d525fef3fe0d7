import Failover

/// Warnings that a GPU is going to be taken away: a provider's notices, or the word of somebody who predicts them.
public struct NoticeModel: Sendable, Hashable {
  /// Where the warnings come from; each has random streams of its own, by this name.
  public enum Origin: String, Sendable, Hashable, CaseIterable {
    case provider = "interruption notice"
    case prediction
  }

  public var origin: Origin
  /// The probability that an interruption is warned of. Providers give notices as a best effort.
  public var probability: Ratio
  /// How long before the interruption, in seconds: AWS 120, Google Cloud and Azure 30, Vast.ai none at all.
  public var lead: Distribution
  /// How often a day a GPU that nobody takes away is warned of all the same, at moments independent of each other.
  public var falseAlarmsPerDay: Ratio

  public init(
    origin: Origin = .provider, probability: Ratio = .one, lead: Distribution, falseAlarmsPerDay: Ratio = .zero
  ) {
    self.origin = origin
    self.probability = probability
    self.lead = lead
    self.falseAlarmsPerDay = falseAlarmsPerDay
  }
}

/// A provider whose notices are asked for on the machine itself: one that is gone gives no answer.
struct SimulatedNotices: NoticeSource {
  let world: World

  func notice(
    for id: InstanceID, pollInterval: Duration
  ) async throws(PortError) -> InterruptionNotice {
    let simulation = world.simulation
    let started = simulation.clock.now
    do {
      while true {
        let (given, signal) = world.state { ($0.hosts[id]?.warning, $0.warningGiven) }
        guard let given else {
          try await simulation.wait(for: signal, "an interruption notice for \(id)")
          continue
        }
        // The first question after the notice was given, and not before now.
        let period = max(1, pollInterval.wholeNanoseconds)
        let passed = max(0, started.duration(to: given.since).wholeNanoseconds)
        let questions = passed / period + (passed % period == 0 ? 0 : 1)
        try await simulation.clock.sleep(until: started.advanced(by: .nanoseconds(period) * Int(questions)))
        guard world.state({ $0.hosts[id]?.isUp == true }) else {
          // Nobody answers any more.
          try await simulation.wait(for: Signal(in: simulation), "a notice of \(id), which is gone")
          continue
        }
        let lead = max(.zero, simulation.clock.now.duration(to: given.end))
        return InterruptionNotice(instance: id, lead: lead)
      }
    } catch {
      throw PortError(.cancelled, "notice for \(id)")
    }
  }
}

/// What a machine has been told.
struct HostWarning {
  var since: VirtualClock.Instant
  /// When it is said to be taken away.
  var end: VirtualClock.Instant
}

extension World {
  /// Called where an interruption is set: lets it be warned of.
  ///
  /// - Parameters:
  ///   - number: of the interruption among all; draws are by this number.
  ///   - id: who is lost; `nil` for whatever GPU runs then, so that the one is warned that runs when the warning comes.
  func scheduleWarnings(of end: VirtualClock.Instant, number: UInt64, to id: InstanceID?) {
    for source in model.notices {
      var draw = simulation.stream("\(source.origin.rawValue) given").draw(number)
      guard draw.nextChance(source.probability) else { continue }
      let leads = simulation.stream("\(source.origin.rawValue) lead")
      let lead = source.lead.sampleDuration(leads, at: number)
      simulation.schedule(at: max(simulation.now, end.advanced(by: .zero - lead))) { [self] in
        for target in id.map({ [$0] }) ?? state({ $0.exposedGPUs }) { warn(target, of: end, isFalse: false) }
      }
    }
  }

  /// Called when a GPU has begun to run: sets its first false alarm. Who acts on it moves away, and who does not needs no
  /// second one.
  func scheduleFalseAlarms(of id: InstanceID) {
    for source in model.notices where source.falseAlarmsPerDay > .zero {
      guard let number = state({ $0.hosts[id]?.number }) else { return }
      let alarms = simulation.stream("\(source.origin.rawValue) false alarms")
      let leads = simulation.stream("\(source.origin.rawValue) false leads")
      let wait = Distribution.exponential(mean: 86_400 / source.falseAlarmsPerDay.value)
        .sampleDuration(alarms, at: UInt64(number))
      let lead = source.lead.sampleDuration(leads, at: UInt64(number))
      simulation.schedule(after: wait) { [self] in
        warn(id, of: simulation.now.advanced(by: lead), isFalse: true)
      }
    }
  }

  /// A running GPU is said to be taken away at `end`. The first warning is the one that counts.
  private func warn(_ id: InstanceID, of end: VirtualClock.Instant, isFalse: Bool) {
    let now = simulation.now
    let fresh = Signal(in: simulation)
    let fired = state { state -> Signal? in
      guard let host = state.hosts[id], host.isUp, host.warning == nil else { return nil }
      state.hosts.update(id) { $0.warning = HostWarning(since: now, end: end) }
      defer { state.warningGiven = fresh }
      return state.warningGiven
    }
    guard let fired else { return }
    record(.warned(id, lead: now.duration(to: end), isFalse: isFalse), on: .gpu(id))
    fired.fire()
  }
}
