import Failover

/// The lines of a bill.
public enum CostItem: String, Sendable, Hashable, CaseIterable {
  /// GPUs by the second from the answer to their order to their loss or return.
  case gpu
  /// GPUs that are rented but stopped.
  case stoppedGPU
  /// Standby machines by the second while they run.
  case standby
  case standbyDisk
  case volume
  /// Snapshots kept in object storage.
  case objectStorage
  /// Snapshots fetched from object storage, beyond what is free.
  case download
  /// Data that left a GPU host or the standby.
  case egress

  /// Its place in `allCases`.
  var place: Int {
    switch self {
    case .gpu: 0
    case .stoppedGPU: 1
    case .standby: 2
    case .standbyDisk: 3
    case .volume: 4
    case .objectStorage: 5
    case .download: 6
    case .egress: 7
    }
  }

  /// For people.
  public var label: String {
    switch self {
    case .gpu: "GPU"
    case .stoppedGPU: "stopped GPU"
    case .standby: "standby"
    case .standbyDisk: "standby disk"
    case .volume: "volume"
    case .objectStorage: "object storage"
    case .download: "download"
    case .egress: "egress"
    }
  }
}

/// What was paid, by item.
public struct Cost: Sendable, Hashable {
  /// One for each item, in their order.
  private var amounts = CostItem.allCases.map { _ in Money.zero }

  public init() {}

  public subscript(item: CostItem) -> Money {
    get { amounts[item.place] }
    set { amounts[item.place] = newValue }
  }

  public var gpu: Money { self[.gpu] }
  public var standby: Money { self[.standby] }
  public var total: Money { amounts.reduce(.zero, +) }

  /// What was paid for anything but GPUs that run: the price of being protected, but for the hours of GPU that
  /// protection brings and of which users have the use.
  public var overhead: Money { total - gpu }

  /// The items that cost something, in order.
  public var lines: [(item: CostItem, amount: Money)] {
    CostItem.allCases.map { ($0, self[$0]) }.filter { $0.1 != .zero }
  }

  /// The same spending kept up for a month of 30 days, each item rounded down to a nanodollar; zero when `length` is.
  ///
  /// - Parameter length: the time in which this was spent.
  public func perMonth(after length: Duration) -> Cost {
    guard length > .zero else { return Cost() }
    var month = self
    for item in CostItem.allCases {
      let scaled =
        Int128(self[item].nanodollars) * Int128(Duration.billingMonth.wholeNanoseconds)
        / Int128(length.wholeNanoseconds)
      month[item] = Money(nanodollars: Int64(clamping: scaled))
    }
    return month
  }

  public static func + (a: Cost, b: Cost) -> Cost {
    var sum = a
    for item in CostItem.allCases { sum[item] += b[item] }
    return sum
  }
}
