import Foundation

/// Chooses, file by file, how to compress a snapshot so that saving and restoring it take least time.
///
/// How far data shrinks is tried out on a sample; how fast each method works comes from a calibration, so the
/// choice depends on nothing but its inputs and is the same every time. Compressing and sending overlap, so
/// each direction takes as long as its slower half.
public struct MethodChooser: Sendable {
  public var calibration: Calibration
  public var threads: Int
  /// The link's rates in bytes per second; greater than zero.
  public var uploadBytesPerSecond: Int64
  public var downloadBytesPerSecond: Int64

  public init(
    calibration: Calibration, threads: Int, uploadBytesPerSecond: Int64,
    downloadBytesPerSecond: Int64
  ) {
    precondition(
      uploadBytesPerSecond > 0 && downloadBytesPerSecond > 0, "a link without a rate moves nothing")
    self.calibration = calibration
    self.threads = threads
    self.uploadBytesPerSecond = uploadBytesPerSecond
    self.downloadBytesPerSecond = downloadBytesPerSecond
  }

  /// A method and what it is expected to take.
  public struct Choice: Hashable, Sendable {
    public var method: Method
    /// Compressed over original size on the sample; about 1 for data that does not shrink.
    public var sizeFraction: Double
    /// Expected seconds for 10⁹ bytes of content, there and back.
    public var secondsPerGigabyte: Double
  }

  /// The best method for data of a kind, given pieces of it; a plain copy when nothing pays.
  ///
  /// Text, source and CSV are never filtered, whatever the rates. Without any calibrated method for the kind
  /// the answer is the plain copy.
  public func choose(kind: DataKind, samples: [[UInt8]]) throws(CompressionError) -> Choice {
    var best = Choice(
      method: Method(codec: .copy), sizeFraction: 1, secondsPerGigabyte: seconds(1, .max, .max))
    for method in candidates(for: kind) {
      guard let entry = calibration.entry(for: kind, method: method, threads: threads) else { continue }
      let fraction = try sizeFraction(of: samples, with: method)
      let time = seconds(
        fraction, entry.compressBytesPerSecond, entry.decompressFreshBytesPerSecond)
      if time < best.secondsPerGigabyte {
        best = Choice(method: method, sizeFraction: fraction, secondsPerGigabyte: time)
      }
    }
    return best
  }

  /// What the calibration knows for this kind and the kind allows, in a fixed order.
  private func candidates(for kind: DataKind) -> [Method] {
    var seen: Set<Method> = []
    return calibration.entries.lazy.map { ($0.kind, $0.method) }
      .filter { $0.0 == kind && (!kind.isText || $0.1.filter == .none) && $0.1.codec != .copy }
      .map(\.1).filter { seen.insert($0).inserted }
  }

  private func seconds(_ fraction: Double, _ compress: Int64, _ decompress: Int64) -> Double {
    let save = max(1e9 / Double(compress), fraction * 1e9 / Double(uploadBytesPerSecond))
    let restore = max(1e9 / Double(decompress), fraction * 1e9 / Double(downloadBytesPerSecond))
    return save + restore
  }

  private func sizeFraction(
    of samples: [[UInt8]], with method: Method
  ) throws(CompressionError) -> Double {
    var (original, compressed) = (0, 0)
    for sample in samples {
      original += sample.count
      compressed += try Segment.encode(sample.span.bytes, with: method).count
    }
    return original == 0 ? 1 : Double(compressed) / Double(original)
  }
}

/// Pieces of a file, taken at even distances, so that its header does not speak for all of it.
public enum FileSample {
  /// Up to `pieces` pieces of `pieceBytes` each; the whole file when it is no longer than that. Every piece
  /// begins at a multiple of eight bytes, so that filters see whole numbers.
  public static func read(path: String, pieces: Int = 4, pieceBytes: Int = 256 << 10) throws -> [[UInt8]] {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let length = Int(clamping: try file.seekToEnd())
    if length <= pieces * pieceBytes {
      try file.seek(toOffset: 0)
      return [Array(try file.read(upToCount: length) ?? Data())]
    }
    return try (0..<pieces).map { number in
      let offset = (length - pieceBytes) / max(pieces - 1, 1) * number / 8 * 8
      try file.seek(toOffset: UInt64(offset))
      return Array(try file.read(upToCount: pieceBytes) ?? Data())
    }
  }
}
