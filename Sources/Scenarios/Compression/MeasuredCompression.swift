import Failover
import FailoverSim

extension CompressionTable {
  /// What was measured for this project, where a scenario names no calibration of its own: AMD EPYC, LZ4 1.9.4,
  /// zstd 1.5.4, one thread, chunks of 4 MiB (reports/compression.md; a test holds it to
  /// reports/compression-calibration.json).
  static let measuredHere = CompressionTable(rows: measurements.flatMap { $0 })

  private static let measurements: [[Row]] = [
    // MiniLM, 90.9 MB of fp32 weights.
    measured(
      .weightsFP32, bytes: 90_868_376,
      [
        ("memcpy", 90_868_376, 131_263, 19_370),
        ("lz4:1", 91_070_080, 65_851, 18_589),
        ("lz4hc:9", 90_165_417, 500, 20_053),
        ("zstd:1", 83_246_458, 9_430, 9_074),
        ("zstd:3", 83_065_772, 7_545, 9_066),
        ("shuffle:4+lz4:1", 82_966_502, 11_969, 16_067),
        ("shuffle:4+lz4hc:9", 78_958_738, 181, 15_562),
        ("shuffle:4+zstd:1", 75_375_036, 9_293, 13_234),
        ("shuffle:4+zstd:3", 76_434_592, 4_852, 11_612),
        ("bitshuffle:4+lz4:1", 78_337_078, 20_228, 11_800),
        ("bitshuffle:4+lz4hc:9", 77_478_910, 497, 11_448),
        ("bitshuffle:4+zstd:1", 75_850_617, 13_452, 10_736),
        ("bitshuffle:4+zstd:3", 75_989_055, 8_716, 10_834),
      ]),
    // Metadata of files.
    measured(
      .csv, bytes: 11_838_404,
      [
        ("memcpy", 11_838_404, 249_189, 19_969),
        ("lz4:1", 1_776_477, 13_913, 20_772),
        ("lz4hc:9", 1_387_416, 634, 21_440),
        ("zstd:1", 1_228_882, 8_756, 12_664),
        ("zstd:3", 1_192_369, 6_779, 12_275),
      ]),
    // Python's standard library, 1762 files.
    measured(
      .source, bytes: 31_525_224,
      [
        ("memcpy", 31_525_224, 128_159, 19_515),
        ("lz4:1", 10_344_911, 6_591, 15_132),
        ("lz4hc:9", 7_504_650, 352, 15_914),
        ("zstd:1", 7_164_010, 4_672, 9_910),
        ("zstd:3", 6_609_427, 3_171, 8_573),
      ]),
    // Generated: bf16 weights.
    measured(
      .weightsBF16, isSynthetic: true, bytes: 64_000_000,
      [
        ("memcpy", 64_000_000, 126_287, 19_310),
        ("lz4:1", 64_251_002, 79_143, 18_159),
        ("lz4hc:9", 63_516_240, 488, 16_516),
        ("zstd:1", 49_936_695, 9_234, 9_073),
        ("zstd:3", 49_939_462, 7_836, 9_015),
        ("shuffle:2+lz4:1", 53_861_923, 7_097, 15_458),
        ("shuffle:2+lz4hc:9", 48_600_227, 108, 15_049),
        ("shuffle:2+zstd:1", 43_825_541, 5_900, 10_878),
        ("shuffle:2+zstd:3", 45_481_651, 3_012, 9_196),
        ("bitshuffle:2+lz4:1", 47_641_589, 18_680, 12_599),
        ("bitshuffle:2+lz4hc:9", 46_430_542, 445, 12_427),
        ("bitshuffle:2+zstd:1", 44_533_440, 11_702, 10_564),
        ("bitshuffle:2+zstd:3", 44_745_442, 6_712, 10_343),
      ]),
  ]

  /// - Parameters:
  ///   - bytes: how much was measured.
  ///   - rows: method, bytes after it, and the rates of compressing and decompressing in units of 100 kB/s.
  private static func measured(
    _ kind: ContentKind, isSynthetic: Bool = false, bytes: Int64, _ rows: [(String, Int64, Int64, Int64)]
  ) -> [Row] {
    rows.compactMap { name, compressed, compress, decompress in
      guard let method = try? CompressionMethod(parsing: name) else { return nil }
      return Row(
        kind: kind, method: method, isSynthetic: isSynthetic, content: ByteCount(bytes),
        compressed: ByteCount(compressed), compress: DataRate(bytesPerSecond: compress * 100_000),
        decompress: DataRate(bytesPerSecond: decompress * 100_000))
    }
  }
}
