/// A world that knows its own future, as a simulated one does: it tells loops of the routine which of their rounds are
/// going to succeed, so that these need not be played.
///
/// Whoever skips rounds comes to the same state, the same counts and the same next instant as whoever plays them. A
/// promise may always be smaller than the truth; a real world makes none.
public protocol Foresight: Sendable {
  /// Sleeps until the next round of a loop is due.
  ///
  /// - Throws: `CancellationError`.
  func rest(_ routine: Routine, for delay: Duration) async throws

  /// How many rounds of checks are going to pass, each in less than its interval. They are taken as made.
  ///
  /// - Parameter delay: from now until the first of them would begin.
  func passingChecks(
    of target: ProbeTarget, _ policy: HealthCheckPolicy, in delay: Duration
  ) -> Int

  /// The passes of a sync that are going to succeed, each in less than its interval. They are taken as made; `nil` for
  /// none.
  ///
  /// - Parameters:
  ///   - checks: how the source is watched meanwhile; a check that fails by mistake would end it all.
  ///   - delay: from now until the first of them would begin.
  func succeedingSyncs(
    _ request: SyncRequest, _ policy: SyncPolicy, checks: HealthCheckPolicy, in delay: Duration
  ) -> SkippedSyncs?
}

/// The loops that do the same again and again while nothing happens.
public enum Routine: Int, Sendable, Hashable, CaseIterable {
  case check, sync, snapshot
}

/// Passes of a sync that succeeded, one interval after another.
public struct SkippedSyncs: Sendable, Hashable {
  /// Greater than zero.
  public var count: Int
  public var bytesSent: ByteCount
  /// The sum, the shortest and the longest of all passes.
  public var time: Duration
  public var shortest: Duration
  public var longest: Duration
  /// How long the last one took.
  public var last: Duration

  public init(
    count: Int, bytesSent: ByteCount, time: Duration, shortest: Duration, longest: Duration, last: Duration
  ) {
    self.count = count
    self.bytesSent = bytesSent
    self.time = time
    self.shortest = shortest
    self.longest = longest
    self.last = last
  }
}
