/// Keeps a flow of data to a rate, as a link of that rate would.
struct Pacer {
  /// Bytes per second; `nil` for no limit.
  var rate: Int64?
  private let clock = ContinuousClock()
  private var began: ContinuousClock.Instant?
  private var moved: Int64 = 0

  init(rate: Int64?) { self.rate = rate }

  /// Waits until a link of this rate, busy since the first call, would have moved `count` more bytes.
  mutating func move(_ count: Int) async throws {
    guard let rate else { return }
    let start = began ?? clock.now
    began = start
    moved += Int64(count)
    let due = start + .seconds(Double(moved) / Double(rate))
    if due > clock.now { try await clock.sleep(until: due, tolerance: .zero) }
  }
}
