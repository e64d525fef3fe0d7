/// A world that knows its own future, as a simulated one does: it tells loops of the routine which of their rounds are
/// going to succeed, so that these need not be played.
///
/// Whoever skips rounds comes to the same state, the same counts and the same next instant as whoever plays them. A
/// promise may always be smaller than the truth; a real world makes none.
public protocol Foresight: Sendable {
  /// Whether it promises anything at all. One that does not is asked for nothing but rest.
  var promises: Bool { get }

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

  /// Questions, one after the other, that are going to find a machine not ready yet. They are taken as asked; `nil` for
  /// none.
  ///
  /// - Parameters:
  ///   - limit: how long to go on at most.
  ///   - delay: the wait before the question of a number, counted from 0.
  func fruitlessPolls(
    of poll: Poll, within limit: Duration, delay: (_ number: Int) -> Duration
  ) -> FruitlessPolls?
}

extension Foresight {
  /// Promises nothing.
  public func fruitlessPolls(
    of poll: Poll, within limit: Duration, delay: (_ number: Int) -> Duration
  ) -> FruitlessPolls? { nil }
}

/// A question that is asked again and again until a new machine can be used.
public enum Poll: Sendable, Hashable {
  /// The marketplace is asked whether it runs.
  case description(of: InstanceID, timeout: Duration)
  /// Whether it answers over ssh.
  case ssh(ProbeTarget, timeout: Duration)
}

/// Questions that were not asked, because the answer would have been the same.
public struct FruitlessPolls: Sendable, Hashable {
  /// Greater than zero.
  public var count: Int
  /// From now to the last answer.
  public var time: Duration
  /// How much of it was waiting for answers.
  public var asking: Duration

  public init(count: Int, time: Duration, asking: Duration) {
    self.count = count
    self.time = time
    self.asking = asking
  }
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
