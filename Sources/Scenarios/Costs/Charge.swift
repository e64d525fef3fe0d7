import Failover

/// One thing that is paid for: a machine or data for a stretch of time, or data that moves.
public struct Charge: Sendable, Hashable {
  public enum Price: Sendable, Hashable {
    case time(HourlyPrice)
    case storage(ByteCount, StoragePrice)
    /// What moves at an instant, or evenly between `start` and `end`.
    case transfer(ByteCount, TransferPrice)
  }

  public var item: CostItem
  /// The name of the machine, the volume or the snapshot; for transfers what they are.
  public var subject: String
  public var start: Duration
  public var end: Duration
  public var price: Price

  /// The part that falls between two instants. What moves at the very instant `to` belongs to what follows.
  func amount(from: Duration, to: Duration) -> ExactMoney {
    let overlap = overlap(from, to)
    switch price {
    case .time(let price): return price.exactCost(of: overlap)
    case .storage(let size, let price): return price.exactCost(of: size, for: overlap)
    case .transfer(let size, let price):
      let length = end - start
      if length > .zero {
        let moved = Int128(size.bytes) * Int128(overlap.wholeNanoseconds)
        return price.exact.cost(of: moved, over: Int128(length.wholeNanoseconds))
      }
      return start >= from && start < to ? price.exact.cost(of: Int128(size.bytes)) : .zero
    }
  }

  func overlap(_ from: Duration, _ to: Duration) -> Duration { max(.zero, min(end, to) - max(start, from)) }
}
