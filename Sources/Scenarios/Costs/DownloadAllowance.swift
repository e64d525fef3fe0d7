import Failover

/// How much of what is fetched from object storage must be paid for: what is beyond a multiple of the data kept
/// there, in each month of 30 days from the start of the run on.
///
/// A month that the run does not fill has its allowance only from the data kept so far: a day with 30 GB allows as
/// much as a month with 1 GB, and a run of a day is not given the free downloads of a month.
struct DownloadAllowance: Sendable, Hashable {
  private struct Month: Sendable, Hashable {
    /// Σ bytes x time kept, as a mean over the whole month.
    var kept = ByteCount.zero
    var fetched: Int128 = 0

    func billed(_ free: Ratio) -> Int64 {
      Int64(clamping: max(0, fetched - Int128(free.of(kept).bytes)))
    }
  }

  private struct Download: Sendable, Hashable {
    let time: Duration
    let size: ByteCount
  }

  private let downloads: [Download]
  private let months: [Month]
  private let pricing: Pricing

  init(_ charges: [Charge], pricing: Pricing) {
    self.pricing = pricing
    downloads = charges.compactMap { charge in
      guard charge.item == .download, case .transfer(let size, _) = charge.price else { return nil }
      return Download(time: charge.start, size: size)
    }
    // Without downloads nobody asks for the allowance.
    guard let last = downloads.map(\.time).max() else {
      months = []
      return
    }
    var months = Array(repeating: Month(), count: Self.month(of: last) + 1)
    for download in downloads { months[Self.month(of: download.time)].fetched += Int128(download.size.bytes) }
    for charge in charges where charge.item == .objectStorage {
      guard case .storage(let size, _) = charge.price else { continue }
      var month = Self.month(of: charge.start)
      while month < months.count, Duration.billingMonth * month < charge.end {
        let start = Duration.billingMonth * month
        let time = charge.overlap(start, start + .billingMonth)
        months[month].kept = months[month].kept.clampedSum(size.mean(during: time, of: .billingMonth))
        month += 1
      }
    }
    self.months = months
  }

  private static func month(of time: Duration) -> Int {
    Int(max(0, time.wholeNanoseconds) / Duration.billingMonth.wholeNanoseconds)
  }

  /// What the downloads between two instants cost: their share of what is billed in their month.
  func cost(from: Duration, to: Duration) -> ExactMoney {
    var sum = ExactMoney.zero
    for download in downloads where download.time >= from && download.time < to {
      let month = months[Self.month(of: download.time)]
      guard month.fetched > 0 else { continue }
      let part = Int128(download.size.bytes) * Int128(month.billed(pricing.freeDownload))
      sum += pricing.download.exact.cost(of: part, over: month.fetched)
    }
    return sum
  }
}

extension ByteCount {
  fileprivate func mean(during time: Duration, of whole: Duration) -> ByteCount {
    ByteCount(
      Int64(clamping: Int128(bytes) * Int128(time.wholeNanoseconds) / Int128(whole.wholeNanoseconds)))
  }

  fileprivate func clampedSum(_ other: ByteCount) -> ByteCount {
    ByteCount(Int64(clamping: Int128(bytes) + Int128(other.bytes)))
  }
}
