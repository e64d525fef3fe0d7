import Failover
import FailoverSim
import Foundation

/// The number of nodes available at every tick of a fixed gap: the JSON of the `skypilot-org/spot-traces`
/// repository, which belongs to "Can't Be Late" (Wu et al., NSDI 2024).
///
/// `data[i]` is what was seen at `i` gaps after the start, so that a change first seen at tick `i` happened
/// within the gap before it; the trace spans the gaps between the first and the last tick. `prices`, where
/// present, has as many numbers of dollars per hour (or nulls: not known, the price before goes on) as
/// `data`.
///
/// Beware of derived files in the same form that count the other way round (1 = preempted), as some
/// simulators of that paper write them: nothing in the file tells, and they come out with up and down
/// exchanged.
func skyPilotTrace(
  _ bytes: [UInt8], file: String, following seat: FollowedSeat
) throws(TraceError) -> InterruptionTrace {
  let least = try seat.leastCount(file: file)
  let diagnosis = SkyPilotDiagnosis(file: file, bytes: bytes)
  let document: SkyPilotDocument
  do {
    document = try JSONDecoder().decode(SkyPilotDocument.self, from: Data(bytes))
  } catch {
    throw diagnosis.error(for: error)
  }
  let gap = Int64(exactly: (document.metadata.gapSeconds * 1e9).rounded()) ?? 0
  guard gap > 0 else {
    throw diagnosis.error(
      at: .gap,
      "expected gap_seconds from 1e-9 to \(TraceFile.maximumSeconds), found \(document.metadata.gapSeconds)")
  }
  let counts = document.data
  guard counts.count >= 2 else {
    throw diagnosis.error(at: .data, "expected at least two ticks in data, found \(counts.count)")
  }
  let (length, overflow) = gap.multipliedReportingOverflow(by: Int64(counts.count - 1))
  guard !overflow else {
    throw diagnosis.error(
      at: .gap, "expected a trace of at most \(TraceFile.maximumSeconds) seconds, found a longer one")
  }
  var observer = SeatObserver()
  for (tick, count) in counts.enumerated() {
    guard count >= 0 else {
      throw diagnosis.error(at: .sample(tick), "expected a number of nodes, 0 or more, found \(count)")
    }
    observer.observe(
      isUp: count >= least, at: .nanoseconds(gap * Int64(tick)), window: .nanoseconds(gap))
  }
  return try observer.trace(
    of: file, length: .nanoseconds(length), how: "SkyPilot JSON; \(traceNodes(atLeast: least))",
    prices: try priceChanges(document, gap: gap, diagnosis: diagnosis))
}

private func priceChanges(
  _ document: SkyPilotDocument, gap: Int64, diagnosis: SkyPilotDiagnosis
) throws(TraceError) -> [InterruptionTrace.PriceChange] {
  guard let prices = document.prices else { return [] }
  guard prices.count == document.data.count else {
    throw diagnosis.error(
      at: .prices,
      "expected as many prices as data has ticks (\(document.data.count)), found \(prices.count)")
  }
  var changes: [InterruptionTrace.PriceChange] = []
  for (tick, dollars) in prices.enumerated() {
    guard let dollars else { continue }
    guard (0...1e6).contains(dollars) else {
      throw diagnosis.error(
        at: .price(tick), "expected a price from 0 to 1000000 dollars per hour, found \(dollars)")
    }
    let price = HourlyPrice(perHour: Money(nanodollars: Int64((dollars * 1e9).rounded())))
    if price != changes.last?.price {
      changes.append(.init(at: .nanoseconds(gap * Int64(tick)), price: price))
    }
  }
  return changes
}

struct SkyPilotDocument: Decodable {
  struct Metadata: Decodable {
    let gapSeconds: Double

    enum CodingKeys: String, CodingKey { case gapSeconds = "gap_seconds" }
  }

  let metadata: Metadata
  let data: [Int]
  let prices: [Double?]?
}
