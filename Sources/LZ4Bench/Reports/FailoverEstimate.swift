import Compression

/// What a row means for a failover: how long saving and restoring such data takes over a given link.
public struct FailoverEstimate: Hashable, Sendable {
  /// The link's rates in bytes per second.
  public var uploadBytesPerSecond: Int64
  public var downloadBytesPerSecond: Int64

  /// Without a rate: what the original project measured to its object storage, 150 MB/s up and 267 MB/s down.
  public init(uploadBytesPerSecond: Int64? = nil, downloadBytesPerSecond: Int64? = nil) {
    self.uploadBytesPerSecond = uploadBytesPerSecond ?? 150_000_000
    self.downloadBytesPerSecond = downloadBytesPerSecond ?? 267_000_000
  }

  /// Seconds to compress and send 10⁹ bytes; the two overlap, so the slower one counts.
  public func saveSeconds(_ row: BenchmarkRow) -> Double {
    max(1_000 / max(row.compress.median, 1e-9), transfer(row, uploadBytesPerSecond))
  }

  /// Seconds to fetch 10⁹ bytes of content and decompress them into fresh memory, overlapping likewise.
  public func restoreSeconds(_ row: BenchmarkRow) -> Double {
    max(1_000 / max(row.decompressFresh, 1e-9), transfer(row, downloadBytesPerSecond))
  }

  private func transfer(_ row: BenchmarkRow, _ bytesPerSecond: Int64) -> Double {
    1e9 / max(row.ratio, 1e-9) / Double(max(bytesPerSecond, 1))
  }

  func total(_ row: BenchmarkRow) -> Double { saveSeconds(row) + restoreSeconds(row) }
}
