import Failover
import FailoverSim

/// What compressing gives and costs, as measured on one machine: by kind of data and by method.
struct CompressionTable: Sendable, Hashable {
  struct Row: Sendable, Hashable {
    var kind: ContentKind
    var method: CompressionMethod
    var threads = 1
    /// Whether the data was generated rather than somebody's own.
    var isSynthetic = false
    /// What is compressed on its own, in bytes.
    var chunkBytes = 4 << 20
    /// What was measured, and what it became; both greater than zero.
    var content: ByteCount
    var compressed: ByteCount
    /// Bytes of content a second; greater than zero.
    var compress: DataRate
    /// The same into memory that the kernel has yet to provide, as a process has that has just started.
    var decompress: DataRate

    /// What so much content becomes, rounded up to a byte.
    func stored(for amount: ByteCount) -> ByteCount {
      let product = Int128(amount.bytes) * Int128(compressed.bytes)
      return ByteCount(Int64(clamping: (product + Int128(content.bytes) - 1) / Int128(content.bytes)))
    }
  }

  var rows: [Row]

  /// How one method does on one kind of data.
  ///
  /// Text is never filtered, and a filter without a size takes that of the data. What is compressed already, and what
  /// nobody has measured anything like, is sent as it is.
  ///
  /// - Returns: `nil` for data that is sent as it is.
  /// - Throws: `CompressionUnknown` when the kind was measured, but not with this method.
  func row(
    for kind: ContentKind, _ method: CompressionMethod, threads: Int
  ) throws(CompressionUnknown) -> Row? {
    guard let measured = measuredKind(for: kind, threads: threads) else { return nil }
    let wanted = method.adapted(to: measured)
    let found = best(rows.filter { $0.kind == measured && $0.method == wanted && $0.threads <= threads })
    if let found { return found }
    throw CompressionUnknown(
      "\(wanted) has not been measured on \(measured.rawValue); measured: "
        + methods(for: measured, threads: threads).map(\.description).joined(separator: ", "))
  }

  /// What saves and restores such data quickest over a link, reckoned for 1 GB there and back: compressing and sending
  /// overlap, so each way takes as long as its slower half. The rule of `MethodChooser`.
  ///
  /// - Returns: `nil` when it is quickest as it is.
  func quickest(for kind: ContentKind, threads: Int, upload: DataRate, download: DataRate) -> Row? {
    guard let measured = measuredKind(for: kind, threads: threads) else { return nil }
    let gigabyte = ByteCount.gigabytes(1)
    func time(_ stored: ByteCount, _ compress: Duration, _ decompress: Duration) -> Duration {
      let ways = [(upload, compress), (download, decompress)].map { rate, work in
        max(rate.duration(for: stored) ?? Distribution.longestDuration, work)
      }
      return ways[0] + ways[1]
    }
    var chosen: Row?
    var shortest = time(gigabyte, .zero, .zero)
    for method in methods(for: measured, threads: threads) where method.filter == nil || !measured.isText {
      guard let row = best(rows.filter { $0.kind == measured && $0.method == method && $0.threads <= threads }),
        let compress = row.compress.duration(for: gigabyte),
        let decompress = row.decompress.duration(for: gigabyte)
      else { continue }
      let duration = time(row.stored(for: gigabyte), compress, decompress)
      if duration < shortest { (chosen, shortest) = (row, duration) }
    }
    return chosen
  }

  /// The kind itself, or the one most like it that was measured.
  private func measuredKind(for kind: ContentKind, threads: Int) -> ContentKind? {
    ([kind] + kind.resembling).first { !methods(for: $0, threads: threads).isEmpty }
  }

  /// In the order of the table, each once.
  private func methods(for kind: ContentKind, threads: Int) -> [CompressionMethod] {
    var found: [CompressionMethod] = []
    for row in rows
    where row.kind == kind && row.threads <= threads && row.method.codec != .memcpy
      && !found.contains(row.method)
    {
      found.append(row.method)
    }
    return found
  }

  /// As many threads as were measured; somebody's own data rather than generated; the largest chunks.
  private func best(_ rows: [Row]) -> Row? {
    rows.max {
      ($0.threads, $0.isSynthetic ? 0 : 1, $0.chunkBytes) < ($1.threads, $1.isSynthetic ? 0 : 1, $1.chunkBytes)
    }
  }
}

extension CompressionMethod {
  /// The method as it is used on data of a kind.
  fileprivate func adapted(to kind: ContentKind) -> CompressionMethod {
    var method = self
    switch kind {
    case .text, .csv, .source, .archive: method.filter = nil
    // A size that is not known is taken to be 4, as the pipeline that was measured does.
    default: method.filter?.elementSize = filter?.elementSize ?? kind.elementSize ?? 4
    }
    return method
  }
}

extension ContentKind {
  /// Other kinds whose figures may stand for it, the most similar first.
  fileprivate var resembling: [ContentKind] {
    switch self {
    case .weightsFP32: [.weightsOther]
    case .weightsBF16: [.weightsFP16]
    case .weightsFP16: [.weightsBF16]
    case .weightsOther: [.weightsFP32, .weightsBF16, .weightsFP16]
    case .text: [.source]
    case .source: [.text]
    case .csv: [.text, .source]
    case .tokens, .archive, .other: []
    }
  }
}

extension CompressionProfile {
  /// What compressing these files gives and costs.
  ///
  /// - Parameters:
  ///   - upload: what can be sent at most, and with `download` what the adaptive choice reckons with.
  /// - Throws: `CompressionUnknown` when a method has not been measured on a kind of file that there is.
  init(
    of files: [WorkspaceModel.File], by compression: SnapshotCompression, _ table: CompressionTable,
    threads: Int, upload: DataRate, download: DataRate
  ) throws(CompressionUnknown) {
    self = .none
    guard compression != .none else { return }
    var names: [String] = []
    for kind in ContentKind.allCases {
      let amount = files.reduce(ByteCount.zero) { $1.kind == kind ? $0 + $1.size : $0 }
      guard amount > .zero else { continue }
      let row: CompressionTable.Row? =
        switch compression {
        case .none: nil
        case .method(let method): try table.row(for: kind, method, threads: threads)
        case .adaptive: table.quickest(for: kind, threads: threads, upload: upload, download: download)
        }
      content += amount
      stored += row?.stored(for: amount) ?? amount
      compress += row?.compress.duration(for: amount) ?? .zero
      decompress += row?.decompress.duration(for: amount) ?? .zero
      let used = row?.method.description ?? "none"
      if !names.contains(used) { names.append(used) }
    }
    name = compression == .adaptive ? "adaptive: \(names.joined(separator: ", "))" : "\(compression)"
  }
}
