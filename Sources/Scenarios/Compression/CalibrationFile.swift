import Failover
import FailoverSim

/// A calibration, as `simulate-failover bench --calibrate FILE` writes it: JSON, which every YAML reader reads, so
/// that it is checked like a scenario, with a line and a column for every mistake.
struct CalibrationFile: Sendable {
  /// The version of the layout that this program reads.
  static let schemaVersion = 1

  var table: CompressionTable

  /// - Throws: `InvalidFile`.
  init(contentsOf path: String) throws(InvalidFile) {
    self = try Document(contentsOf: path).read(CalibrationFile.init).value
  }

  init(_ reader: MappingReader) {
    let version = reader.required("schemaVersion", .count, help: "version of the layout")
    reader.check(
      version == Self.schemaVersion, "schemaVersion",
      message: "this program reads calibrations of version \(Self.schemaVersion)")
    _ = reader.required("measuredAt", .text, help: "when, in UTC")
    reader.required("machine", .mapping(Self.skipMachine), help: "on which machine")
    reader.required("libraries", .mapping(Self.skipLibraries), help: "with which libraries")
    table = CompressionTable(
      rows: reader.required(
        "entries", .list(of: .mapping(CompressionTable.Row.init), atLeast: 1),
        help: "what was measured, by kind of data and method"))
  }

  /// The machine is for people; what is written there must only be there.
  private static func skipMachine(_ reader: MappingReader) {
    for key in ["cpu", "architecture", "system", "hugePages", "loadAverage"] {
      _ = reader.required(key, .text, help: "of the machine")
    }
    for key in ["cpus", "memoryBytes", "pageBytes"] { _ = reader.required(key, .count, help: "of the machine") }
  }

  private static func skipLibraries(_ reader: MappingReader) {
    for key in ["lz4", "zstd"] { _ = reader.required(key, .text, help: "version of the library") }
  }
}

extension CompressionTable.Row {
  fileprivate init(_ reader: MappingReader) {
    let positive = Kind<Int>.count.atLeast(1)
    kind = reader.required("kind", .choice(ContentKind.self), help: "what the data holds")
    isSynthetic = reader.required("synthetic", .bool, help: "generated data")
    method = reader.required("method", .mapping(CompressionMethod.init), help: "how it was compressed")
    chunkBytes = reader.required("chunkBytes", positive, help: "what is compressed on its own")
    threads = reader.required("threads", positive, help: "how many worked on it")
    content = ByteCount(Int64(reader.required("contentBytes", positive, help: "what was compressed")))
    compressed = ByteCount(Int64(reader.required("compressedBytes", positive, help: "what it became")))
    compress = DataRate(
      bytesPerSecond: Int64(reader.required("compressBytesPerSecond", positive, help: "of content")))
    _ = reader.required("decompressBytesPerSecond", positive, help: "into memory that is there")
    decompress = DataRate(
      bytesPerSecond: Int64(
        reader.required("decompressFreshBytesPerSecond", positive, help: "into memory that is not there yet")))
  }
}

extension CompressionMethod {
  fileprivate init(_ reader: MappingReader) {
    let codec = reader.required("codec", .text, help: "lz4:N, lz4hc:N, zstd:N or memcpy")
    let filter = reader.required("filter", .text, help: "none, shuffle:N or bitshuffle:N")
    do throws(CompressionUnknown) {
      self = try CompressionMethod(codec: codec, filter: filter)
    } catch {
      self.init(.memcpy)
      reader.check(false, "codec", "filter", message: error.description)
    }
  }
}
