import Failover

extension SimulatedFileSync {
  /// Takes passes as made that are going to succeed, one interval after the other, each over before `end`. The world is
  /// left as if they had been made.
  ///
  /// - Parameter first: when the first of them would begin.
  /// - Returns: `nil` for none.
  func skip(
    _ request: SyncRequest, _ policy: SyncPolicy, from first: VirtualClock.Instant, before end: VirtualClock.Instant
  ) -> SkippedSyncs? {
    let model = world.model
    // Workspaces share the standby's line, and a disk that fills up fails a pass.
    guard model.workspaces == 1, model.faults.isEmpty || model.faults.standbyDisk == nil else { return nil }
    let network = world.network
    return world.state { state in
      guard state.faults.isEmpty, network.isIdle, var passes = Passes(request, policy, model, &state, at: first) else {
        return nil
      }
      var start = first
      while start < end, passes.take(at: start, before: end, { network.foreseenEnd(of: $0, from: $1) }) {
        start = start.advanced(by: policy.interval)
        start = start.advanced(by: policy.interval * passes.repeatLast(from: start, before: end))
      }
      passes.leave(&state)
      network.noteCarried(passes.carried)
      return passes.skipped
    }
  }
}

/// A row of passes that are not played.
private struct Passes {
  private let policy: SyncPolicy
  private let model: WorkspaceModel
  private let dirtyRate: DataRate
  private let number: Int
  private let sourceDisk: Int
  private let destinationDisk: Int
  private let role: MachineRole
  private let scan: Sampler
  /// Whether users write on the source.
  private let isWritten: Bool

  private var transfer: Transfer
  private var writtenSince: VirtualClock.Instant
  private var content: Content
  private var copy: Content
  private(set) var skipped: SkippedSyncs?
  private var last: Last?

  /// What says whether the next pass is the same again.
  private struct Last: Equatable {
    var bytes: ByteCount
    var written: ByteCount
    /// The time that has not made up a whole byte.
    var leftover: Duration
    var duration: Duration
  }

  /// `nil` when one of the hosts does not answer.
  init?(
    _ request: SyncRequest, _ policy: SyncPolicy, _ world: WorldModel, _ state: inout WorldState,
    at first: VirtualClock.Instant
  ) {
    guard let source = state.hosts.index(at: request.source), let destination = state.hosts.index(at: request.destination),
      state.hosts.existing[source].answersSSH(at: first), state.hosts.existing[destination].answersSSH(at: first)
    else { return nil }
    self.policy = policy
    model = world.workspace
    dirtyRate = state.dirtyRate
    number = state.workspace(at: request.path)
    let host = state.hosts.existing[source]
    sourceDisk = host.disk
    destinationDisk = state.hosts.existing[destination].disk
    role = host.role
    scan = state.withSamplers(of: host.role, number) { $0.scan }
    let workspace = state.workspaces[number]
    isWritten = workspace.serving != nil && workspace.servingDisk == host.disk && dirtyRate > .zero
    writtenSince = workspace.servingSince
    content = state.disks[sourceDisk].copies[number]
    copy = state.disks[destinationDisk].copies[number]
    transfer = SimulatedFileSync.transfer(
      .zero, from: state.place(ofHostAt: source).site, to: state.place(ofHostAt: destination).site, request.route,
      in: state, world.network)
  }

  /// Makes one more pass, if it succeeds within its interval and before `end`.
  ///
  /// - Parameter foreseen: when a transfer is through that begins at an instant and is alone.
  mutating func take(
    at start: VirtualClock.Instant, before end: VirtualClock.Instant,
    _ foreseen: (Transfer, VirtualClock.Instant) -> VirtualClock.Instant?
  ) -> Bool {
    var (content, since) = (content, writtenSince)
    var written = ByteCount.zero
    if isWritten { (written, since) = dirtyRate.settled(since, at: start) }
    content.written += written
    let (bytes, _) = SimulatedFileSync.difference(content, copy, model)
    transfer.bytes = bytes
    transfer.lead = scan.distribution.sampleDuration(scan.stream, at: scan.stream.position + UInt64(skipped?.count ?? 0))
    transfer.deadline = start.advanced(by: policy.timeout)
    guard let through = foreseen(transfer, start), through < end else { return false }
    let duration = start.duration(to: through)
    guard duration <= policy.interval else { return false }
    (self.content, writtenSince, copy) = (content, since, content)
    add(1, bytes, duration)
    let this = Last(bytes: bytes, written: written, leftover: since.duration(to: start), duration: duration)
    repeats = last == this
    last = this
    return true
  }

  /// Whether the last pass was the same as the one before it.
  private var repeats = false

  /// Makes as many more passes as there is time for, if each is the same as the last.
  ///
  /// - Returns: how many.
  mutating func repeatLast(from start: VirtualClock.Instant, before end: VirtualClock.Instant) -> Int {
    guard repeats, let last, case .constant = scan.distribution else { return 0 }
    let room = start.duration(to: end).wholeNanoseconds - last.duration.wholeNanoseconds - 1
    guard room >= 0 else { return 0 }
    let count = Int(room / policy.interval.wholeNanoseconds) + 1
    content.written += last.written * count
    copy = content
    writtenSince = writtenSince.advanced(by: isWritten ? policy.interval * count : .zero)
    add(count, last.bytes, last.duration)
    return count
  }

  private mutating func add(_ count: Int, _ bytes: ByteCount, _ duration: Duration) {
    let before = skipped
    skipped = SkippedSyncs(
      count: (before?.count ?? 0) + count, bytesSent: (before?.bytesSent ?? .zero) + bytes * count,
      time: (before?.time ?? .zero) + duration * count, shortest: min(before?.shortest ?? duration, duration),
      longest: max(before?.longest ?? duration, duration), last: duration)
  }

  /// What has been moved, as one transfer.
  var carried: Transfer {
    var all = transfer
    all.bytes = skipped?.bytesSent ?? .zero
    return all
  }

  /// Leaves the world as the passes would have left it.
  func leave(_ state: inout WorldState) {
    guard let skipped else { return }
    state.disks[sourceDisk].copies[number] = content
    state.disks[destinationDisk].copies[number] = copy
    if isWritten { state.workspaces[number].servingSince = writtenSince }
    state.withSamplers(of: role, number) { $0.scan.stream.position += UInt64(skipped.count) }
  }
}
