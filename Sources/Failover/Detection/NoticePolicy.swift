/// Whether and how a provider's notice of an interruption is used.
public struct NoticePolicy: Sendable, Hashable {
  /// From one question to the provider to the next; greater than zero. AWS advises 5 s
  /// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html).
  public var pollInterval: Duration
  /// Whether the time that is left is used to save what a snapshot or a sync can still save, before users are moved.
  /// Without, they are moved at once.
  public var usesLeadTime: Bool

  public init(pollInterval: Duration = .seconds(5), usesLeadTime: Bool = true) {
    self.pollInterval = pollInterval
    self.usesLeadTime = usesLeadTime
  }

  /// The time from a notice to its being read, when it is given at a moment unrelated to the questions and each takes
  /// `answerTime`: half an interval and the answer.
  public func meanReadingDelay(answerTime: Duration = .zero) -> Duration {
    pollInterval.scaled(by: 1, over: 2) + answerTime
  }

  /// The longest such time: an interval and the answer.
  public func worstReadingDelay(answerTime: Duration = .zero) -> Duration {
    pollInterval + answerTime
  }

  /// What is sure to be left of a notice when it has been read: its lead less the longest delay, and not below zero.
  /// AWS gives 120 s, Google and Azure 30 s, each as a best effort that may fail.
  public func leastLead(of notice: Duration, answerTime: Duration = .zero) -> Duration {
    max(.zero, notice - worstReadingDelay(answerTime: answerTime))
  }
}
