import Foundation

/// The header of a safetensors file: eight bytes of length, then JSON that names every tensor, its number
/// format and where it lies.
public struct SafetensorsHeader: Hashable, Sendable {
  /// Bytes of tensor data per number format, by the format's name in the file (`F32`, `BF16`, ...).
  public var bytesByFormat: [String: Int]
  /// Where the tensor data begins in the file.
  public var dataOffset: Int

  /// The longest header the format allows (100 MB, as in its reference implementation).
  public static let maximumLength = 100_000_000

  /// The length of the whole header, told by a file's first eight bytes; `nil` when it is no safetensors
  /// file.
  public static func length(from firstBytes: [UInt8]) -> Int? {
    guard firstBytes.count >= 8 else { return nil }
    let length = firstBytes.span.bytes.littleEndian64(at: 0)
    return length <= maximumLength ? Int(length) + 8 : nil
  }

  /// Reads the header from a file's first bytes, which have to contain all of it.
  public init(parsing head: [UInt8]) throws(CompressionError) {
    func corrupt(_ reason: String) -> CompressionError {
      .corrupt(format: "safetensors", reason: reason)
    }
    guard let length = Self.length(from: head) else { throw corrupt("no header length") }
    guard head.count >= length else { throw .truncated(format: "safetensors") }
    guard let tensors = try? JSONDecoder().decode([String: Entry].self, from: Data(head[8..<length]))
    else { throw corrupt("the header is not the JSON object it should be") }
    dataOffset = length
    bytesByFormat = [:]
    for entry in tensors.values {
      guard let format = entry.format, let range = entry.range else { continue }
      let total = bytesByFormat[format, default: 0].addingReportingOverflow(range.count)
      guard !total.overflow else { throw corrupt("the tensors are longer than any file") }
      bytesByFormat[format] = total.partialValue
    }
  }

  /// The kind of weights most of the data is.
  public var kind: DataKind {
    // The name decides between equals, so that the answer never depends on the dictionary's order.
    let largest = bytesByFormat.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return switch largest?.key {
    case "F32": .weightsFP32
    case "F16": .weightsFP16
    case "BF16": .weightsBF16
    default: .weightsOther
    }
  }

  /// A tensor, or the free-form `__metadata__`, which has neither field.
  private struct Entry: Decodable {
    var format: String?
    var range: Range<Int>?

    enum CodingKeys: String, CodingKey {
      case dtype
      case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      format = try? fields.decode(String.self, forKey: .dtype)
      let bounds = (try? fields.decode([Int].self, forKey: .offsets)) ?? []
      if bounds.count == 2, bounds[0] >= 0, bounds[0] <= bounds[1] { range = bounds[0]..<bounds[1] }
    }
  }
}
