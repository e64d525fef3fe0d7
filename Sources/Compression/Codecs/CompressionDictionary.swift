import CLZ4
import CZstd

/// Data both sides know beforehand: any bytes that resemble what will be compressed, or a trained dictionary.
public struct CompressionDictionary: Hashable, Sendable {
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Trains a dictionary of at most `capacity` bytes from samples (zstd's trainer; the result serves LZ4 as
  /// well).
  ///
  /// Throws `unsupported` when there are too few samples to learn from: the trainer wants a few hundred,
  /// together about a hundred times the capacity.
  public static func trained(
    from samples: [[UInt8]], capacity: Int = 112_640
  ) throws(CompressionError) -> CompressionDictionary {
    guard capacity >= 256 else { throw .unsupported("a dictionary needs at least 256 bytes") }
    guard samples.count <= Int(UInt32.max) else { throw .unsupported("too many samples") }
    let joined = samples.flatMap { $0 }
    let sizes = samples.map(\.count)
    var result = [UInt8](repeating: 0, count: capacity)
    let count = result.withUnsafeMutableBytes { to in
      joined.withUnsafeBytes { from in
        ZDICT_trainFromBuffer(
          to.baseAddress, to.count, from.baseAddress, sizes, UInt32(sizes.count))
      }
    }
    guard ZDICT_isError(count) == 0 else {
      throw .unsupported("cannot train a dictionary: \(String(cString: ZDICT_getErrorName(count)))")
    }
    return CompressionDictionary(Array(result.prefix(count)))
  }
}

/// A dictionary digested for LZ4's frame compressor.
final class LZ4Dictionary {
  let pointer: OpaquePointer

  init(_ dictionary: CompressionDictionary) throws(CompressionError) {
    let created = dictionary.bytes.withUnsafeBytes { LZ4F_createCDict($0.baseAddress, $0.count) }
    guard let created else { throw .outOfMemory }
    pointer = created
  }

  deinit { LZ4F_freeCDict(pointer) }
}
