/// A provider's word that it is going to take an instance away.
public struct InterruptionNotice: Sendable, Hashable {
  public var instance: InstanceID
  /// How much time is left when the notice is read.
  public var lead: Duration

  public init(instance: InstanceID, lead: Duration) {
    self.instance = instance
    self.lead = lead
  }
}

/// A model that was started and answered.
public struct InferenceReport: Sendable, Hashable {
  public var model: String
  /// Loading the model.
  public var load: Duration
  /// From loaded to the first answer.
  public var answer: Duration

  public init(model: String, load: Duration, answer: Duration) {
    self.model = model
    self.load = load
    self.answer = answer
  }
}
