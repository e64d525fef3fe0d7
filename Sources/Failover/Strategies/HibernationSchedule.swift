/// When nobody needs the GPU, so that it can be stopped: it is wanted for the first part of every period.
public struct HibernationSchedule: Sendable, Hashable {
  /// For how long of each period the GPU is wanted; greater than zero and less than `period`.
  public var active: Duration
  /// From one start of work to the next, such as a day.
  public var period: Duration

  public init(active: Duration, period: Duration) {
    self.active = active
    self.period = period
  }

  /// When work ends next.
  ///
  /// - Parameter time: since the first start of work.
  func nextEnd(after time: Duration) -> Duration {
    let end = start(of: time) + active
    return time < end ? end : end + period
  }

  /// When work starts next.
  func nextStart(after time: Duration) -> Duration { start(of: time) + period }

  /// The start of the period that `time` is in.
  private func start(of time: Duration) -> Duration {
    .nanoseconds(time.wholeNanoseconds / period.wholeNanoseconds * period.wholeNanoseconds)
  }
}
