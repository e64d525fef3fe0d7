import Failover

/// Follows a log event by event and raises alerts by its rules.
struct AlertWatch {
  private(set) var alerts: [Alert] = []
  private var rules: [RuleState]

  init(_ rules: [AlertRule]) { self.rules = rules.map { RuleState(rule: $0) } }

  /// The alerts of a log, in the order in which they were raised.
  static func alerts(in events: [Event], by rules: [AlertRule]) -> [Alert] {
    var watch = AlertWatch(rules)
    var firstRental = FirstRental()
    // Renting the first GPU is no recovery, and whatever goes wrong with it keeps nobody from working.
    for event in events where !firstRental.includes(event.kind) {
      for reading in event.readings { watch.take(reading, at: event.time) }
    }
    return watch.alerts
  }

  mutating func take(_ reading: Reading, at time: Duration) {
    for index in rules.indices where rules[index].rule.watched == reading.watched {
      if let alert = rules[index].take(reading, at: time) { alerts.append(alert) }
    }
  }
}

/// What one rule remembers.
private struct RuleState {
  let rule: AlertRule
  private var subjects: [String: Subject] = [:]

  init(rule: AlertRule) { self.rule = rule }

  private struct Subject {
    /// When it happened, as far back as the window reaches.
    var times: [Duration] = []
    var inARow = 0
    var isRaised = false
  }

  mutating func take(_ reading: Reading, at time: Duration) -> Alert? {
    var subject = subjects[reading.subject] ?? Subject()
    defer { subjects[reading.subject] = subject }
    let value: MetricValue
    switch (reading.value, rule.window) {
    case (.level(let level), _):
      value = level
      // Zero ends a row.
      if !level.exceeds(.count(0)) { subject.inARow = 0 }
    case (.occurred, nil):
      subject.inARow += 1
      value = .count(subject.inARow)
    case (.occurred, let window?):
      subject.times.removeAll { time - $0 >= window }
      // It may have been quiet for long enough to raise the alert anew.
      if !MetricValue.count(subject.times.count).exceeds(rule.threshold) { subject.isRaised = false }
      subject.times.append(time)
      value = .count(subject.times.count)
    }
    let wasRaised = subject.isRaised
    subject.isRaised = value.exceeds(rule.threshold)
    guard subject.isRaised, !wasRaised else { return nil }
    return Alert(rule: rule, at: time, value: value, detail: reading.detail)
  }
}
