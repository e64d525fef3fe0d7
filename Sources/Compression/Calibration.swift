import Foundation

/// What compressing costs and gives on one machine, measured by `simulate-failover bench --calibrate FILE`,
/// for scenarios that name the file with `snapshots: {calibration: FILE}`.
///
/// Reading one and asking it:
/// ```swift
/// let calibration = try Calibration(contentsOf: path)
/// if let entry = calibration.entry(for: .weightsFP32, method: method, threads: 1) {
///   let stored = entry.compressedBytes(for: workspaceBytes)
///   let restore = entry.decompressFreshBytesPerSecond  // memory of a new process is fresh
/// }
/// ```
/// Every number is a whole one, so a simulation that uses it stays exact and the same on every machine.
public struct Calibration: Hashable, Sendable, Codable {
  /// The version of the file's layout; this package reads version 1.
  public static let currentVersion = 1

  public var schemaVersion = currentVersion
  /// When it was measured, ISO 8601 in UTC.
  public var measuredAt: String
  public var machine: MachineDescription
  public var libraries: LibraryVersions
  public var entries: [Entry]

  public init(
    measuredAt: String, machine: MachineDescription, libraries: LibraryVersions, entries: [Entry]
  ) {
    self.measuredAt = measuredAt
    self.machine = machine
    self.libraries = libraries
    self.entries = entries
  }

  /// One method on one kind of data. Rates are medians in bytes of *content* per second of wall time.
  public struct Entry: Hashable, Sendable, Codable {
    public var kind: DataKind
    /// Whether the data was generated rather than the user's own.
    public var synthetic: Bool
    public var method: Method
    /// What is compressed on its own, in bytes.
    public var chunkBytes: Int
    public var threads: Int
    /// The measured content and what it became; their quotient is the ratio.
    public var contentBytes: Int64
    public var compressedBytes: Int64
    public var compressBytesPerSecond: Int64
    /// Into memory that exists already.
    public var decompressBytesPerSecond: Int64
    /// Into memory the kernel has yet to provide, as in a process that has just started.
    public var decompressFreshBytesPerSecond: Int64

    public init(
      kind: DataKind, synthetic: Bool, method: Method, chunkBytes: Int, threads: Int,
      contentBytes: Int64, compressedBytes: Int64, compressBytesPerSecond: Int64,
      decompressBytesPerSecond: Int64, decompressFreshBytesPerSecond: Int64
    ) {
      self.kind = kind
      self.synthetic = synthetic
      self.method = method
      self.chunkBytes = chunkBytes
      self.threads = threads
      self.contentBytes = contentBytes
      self.compressedBytes = compressedBytes
      self.compressBytesPerSecond = compressBytesPerSecond
      self.decompressBytesPerSecond = decompressBytesPerSecond
      self.decompressFreshBytesPerSecond = decompressFreshBytesPerSecond
    }

    /// What `content` bytes of such data become, rounded up to a byte and clamped to what fits.
    public func compressedBytes(for content: Int64) -> Int64 {
      guard content > 0 else { return 0 }
      let product = Int128(content) * Int128(compressedBytes)
      return Int64(clamping: (product + Int128(contentBytes) - 1) / Int128(contentBytes))
    }
  }

  /// The measured entry for a method on a kind of data: with `threads` threads if that was measured, else
  /// with the nearest smaller number; the user's own data before synthetic; the largest chunk.
  public func entry(for kind: DataKind, method: Method, threads: Int) -> Entry? {
    entries.filter { $0.kind == kind && $0.method == method && $0.threads <= threads }
      .max {
        ($0.threads, $0.synthetic ? 0 : 1, $0.chunkBytes)
          < ($1.threads, $1.synthetic ? 0 : 1, $1.chunkBytes)
      }
  }
}

/// The machine a measurement was made on.
public struct MachineDescription: Hashable, Sendable, Codable {
  public var cpu: String
  public var cpus: Int
  public var architecture: String
  public var system: String
  public var memoryBytes: Int64
  public var pageBytes: Int
  /// The kernel's policy for 2 MiB pages (`always`, `madvise`, `never`), `unknown` where it cannot be read.
  public var hugePages: String
  /// Processes running or waiting, averaged over the last minute, when the measurement began; much above zero
  /// means others were using the machine.
  public var loadAverage: Double

  public init(
    cpu: String, cpus: Int, architecture: String, system: String, memoryBytes: Int64, pageBytes: Int,
    hugePages: String, loadAverage: Double
  ) {
    self.cpu = cpu
    self.cpus = cpus
    self.architecture = architecture
    self.system = system
    self.memoryBytes = memoryBytes
    self.pageBytes = pageBytes
    self.hugePages = hugePages
    self.loadAverage = loadAverage
  }
}

/// A calibration file that cannot be used, and why.
public struct CalibrationError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension Calibration {
  /// Reads and checks a calibration file.
  public init(contentsOf path: String) throws(CalibrationError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CalibrationError("\(path): cannot be read: \(error.localizedDescription)")
    }
    try self.init(parsing: Array(data), name: path)
  }

  /// Reads and checks a calibration file's bytes; `name` is what messages call it.
  public init(parsing bytes: [UInt8], name: String) throws(CalibrationError) {
    do {
      self = try JSONDecoder().decode(Calibration.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw CalibrationError("\(name): \(Self.message(for: error))")
    } catch {
      throw CalibrationError("\(name): \(error.localizedDescription)")
    }
    try validate(name: name)
  }

  private func validate(name: String) throws(CalibrationError) {
    guard schemaVersion == Self.currentVersion else {
      throw CalibrationError(
        "\(name): schemaVersion \(schemaVersion) is not known; expected \(Self.currentVersion)")
    }
    for (index, entry) in entries.enumerated() {
      let positive: [(String, Int64)] = [
        ("chunkBytes", Int64(entry.chunkBytes)), ("threads", Int64(entry.threads)),
        ("contentBytes", entry.contentBytes), ("compressedBytes", entry.compressedBytes),
        ("compressBytesPerSecond", entry.compressBytesPerSecond),
        ("decompressBytesPerSecond", entry.decompressBytesPerSecond),
        ("decompressFreshBytesPerSecond", entry.decompressFreshBytesPerSecond),
      ]
      for (field, value) in positive where value <= 0 {
        throw CalibrationError(
          "\(name): entries[\(index)].\(field): \(value) has to be greater than 0")
      }
    }
  }

  private static func message(for error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      return keys.reduce("") { path, key in
        if let index = key.intValue { return "\(path)[\(index)]" }
        return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
      }
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context, key)): missing"
    case .valueNotFound(_, let context): return "\(place(context)): missing"
    case .typeMismatch(let type, let context): return "\(place(context)): expected \(type)"
    case .dataCorrupted(let context):
      let path = place(context)
      let reason = (context.underlyingError as NSError?)?
        .userInfo["NSDebugDescription"].map { "\($0)" }
      let text = reason ?? context.debugDescription
      return path.isEmpty ? "not valid JSON: \(text)" : "\(path): \(text)"
    @unknown default: return "\(error)"
    }
  }

  /// The file's text: JSON with sorted keys, so that two files can be compared line by line.
  public func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [10]
  }
}

extension Method: Codable {
  private enum CodingKeys: CodingKey { case codec, filter }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func parsed<Value>(
      _ key: CodingKeys, _ parse: (String) throws(MethodNameError) -> Value
    ) throws -> Value {
      do {
        return try parse(try fields.decode(String.self, forKey: key))
      } catch let error as MethodNameError {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: fields, debugDescription: error.description)
      }
    }
    codec = try parsed(.codec, Codec.init(parsing:))
    filter = try parsed(.filter) { text throws(MethodNameError) in try Filter(parsing: text) }
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode("\(codec)", forKey: .codec)
    try fields.encode("\(filter)", forKey: .filter)
  }
}
