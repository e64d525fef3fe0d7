import Failover

/// What lies in the way from one site to another at present.
struct Route {
  let source: SiteID
  let destination: SiteID
  /// The places of its hops.
  let places: [Int]
  /// The least capacity of a hop.
  private(set) var capacity = DataRate.unlimited
  /// For data, in nanoseconds; and for the answers to it.
  private var latency: Int64 = 0
  private var answerLatency: Int64 = 0
  private var loss: Double = 0
  private(set) var isOpen = true
  private(set) var isOpenForAnswers = true
  /// What was asked for last: the streams over one route are mostly of one kind.
  private var lastStream: TCPStream?
  private var lastLimit = DataRate.zero

  init(_ source: SiteID, _ destination: SiteID, over places: [Int], _ conditions: [Topology.Condition]) {
    self.source = source
    self.destination = destination
    self.places = places
    for place in places {
      let there = conditions[place]
      let back = conditions[place ^ 1]
      capacity = min(capacity, there.capacity)
      latency = latency.addingClamped(there.latency)
      answerLatency = answerLatency.addingClamped(back.latency)
      loss = Self.joined(loss, there.loss)
      // What loses everything is as good as blocked.
      if there.isBlocked || !(there.loss < 1) { isOpen = false }
      if back.isBlocked || !(back.loss < 1) { isOpenForAnswers = false }
    }
  }

  /// The share lost over two links that lose independently. Where one loses nothing or everything it is exact.
  static func joined(_ a: Double, _ b: Double) -> Double { a + (1 - a) * b }

  var roundTrip: Duration { .nanoseconds(latency.addingClamped(answerLatency)) }

  /// What a TCP connection moves at most beside the capacity of the links. Lost answers slow it down little, since each
  /// answer confirms what those before it would have.
  mutating func limit(of stream: TCPStream) -> DataRate {
    if stream == lastStream { return lastLimit }
    lastStream = stream
    lastLimit =
      isOpen && isOpenForAnswers ? PathModel(roundTrip: roundTrip, loss: loss).limit(of: stream) : .zero
    return lastLimit
  }
}

extension Int64 {
  /// The sum of two numbers that are not negative, or the largest number when that is smaller.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
