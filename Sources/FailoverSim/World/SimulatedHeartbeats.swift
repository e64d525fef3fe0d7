import Failover

/// The agent on each GPU that says from time to time that it is alive, and the way its heartbeats take.
public struct HeartbeatModel: Sendable, Hashable {
  /// From one heartbeat sent to the next; `nil` where there is no agent. Greater than zero.
  public var interval: Duration?
  /// How long one is under way, in seconds.
  public var transit: Distribution
  /// The probability that one is lost, each independently of the others.
  public var loss: Ratio

  public init(interval: Duration? = nil, transit: Distribution = .constant(0), loss: Ratio = .zero) {
    self.interval = interval
    self.transit = transit
    self.loss = loss
  }
}

/// Heartbeats that are computed when they are asked for: the agent of a GPU sends one when its services have started, as
/// ssh does, and one every interval from then on. What becomes of each is drawn by its number, so that waiting for the
/// next needs no event but its arrival. One that is overtaken by a later one is passed over, as a receiver does who looks
/// at their numbers.
struct SimulatedHeartbeats: HeartbeatSource {
  let world: World
  let interval: Duration
  private let losses: RandomStream
  private let transits: RandomStream

  init(world: World, interval: Duration) {
    self.world = world
    self.interval = interval
    losses = world.simulation.stream("heartbeat loss")
    transits = world.simulation.stream("heartbeat transit")
  }

  func next(from id: InstanceID, timeout: Duration) async throws(PortError) -> Bool {
    let simulation = world.simulation
    let deadline = simulation.clock.now.advanced(by: timeout)
    while true {
      let now = simulation.clock.now
      let (next, disruption) = world.state { state in (nextBeat(of: id, &state, after: now, by: deadline), state.disruption) }
      let end = next?.arrival ?? deadline
      do {
        // What is lost meanwhile may have been this machine.
        if try await simulation.sleep(until: end, unless: disruption) { continue }
      } catch {
        throw PortError(.cancelled, "heartbeat of \(id)")
      }
      guard let next else { return false }
      world.state { state in state.hosts.update(id) { $0.heartbeats?.next = next.number + 1 } }
      return true
    }
  }

  private struct Beat {
    var number: Int64
    var arrival: VirtualClock.Instant
  }

  /// The heartbeat that arrives next, if one does by `deadline`.
  private func nextBeat(
    of id: InstanceID, _ state: inout WorldState, after now: VirtualClock.Instant, by deadline: VirtualClock.Instant
  ) -> Beat? {
    state.hosts.update(id) { $0.noteSending(at: now) }
    guard let host = state.hosts[id], let gpu = host.number, let sending = host.heartbeats else { return nil }
    let end = min(deadline, sending.end ?? deadline)
    var number = sending.next
    var best: Beat?
    while true {
      let sent = sending.start.advanced(by: interval * Int(number))
      if sent > end || best.map({ sent >= $0.arrival }) ?? false { break }
      if let arrival = arrival(of: number, from: UInt64(gpu), sent: sent), arrival > now, arrival <= deadline,
        best.map({ arrival < $0.arrival }) ?? true
      {
        best = Beat(number: number, arrival: arrival)
      }
      number += 1
    }
    return best
  }

  /// When a heartbeat arrives; `nil` when it is lost.
  private func arrival(
    of number: Int64, from gpu: UInt64, sent: VirtualClock.Instant
  ) -> VirtualClock.Instant? {
    let model = world.model.gpu.heartbeats
    // Four thousand million numbers for each GPU.
    let index = gpu << 32 | UInt64(truncatingIfNeeded: number) & 0xffff_ffff
    if model.loss > .zero {
      var draw = losses.draw(index)
      if draw.nextChance(model.loss) { return nil }
    }
    return sent.advanced(by: model.transit.sampleDuration(transits, at: index))
  }
}

/// What a machine's agent has sent.
struct HeartbeatSending {
  /// When it began.
  var start: VirtualClock.Instant
  /// When the machine was seen to be down: nothing has been sent since.
  var end: VirtualClock.Instant?
  /// The number of the first heartbeat that has not been received.
  var next: Int64
}

extension SimulatedHost {
  /// Notes whether the agent sends at `now`. A machine that has been started anew begins anew; one that is found down for
  /// the first time has sent its last before, and what it had sent may still arrive.
  fileprivate mutating func noteSending(at now: VirtualClock.Instant) {
    guard isUp else {
      if heartbeats != nil, heartbeats?.end == nil { heartbeats?.end = now }
      return
    }
    if heartbeats?.start != sshReadyAt || heartbeats?.end != nil {
      heartbeats = HeartbeatSending(start: sshReadyAt, next: 0)
    }
  }
}
