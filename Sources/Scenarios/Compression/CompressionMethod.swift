import Failover

/// A codec with its setting, and the filter before it: `lz4:1`, `shuffle:4+zstd:1`, `bitshuffle+lz4:1`; by the names
/// that `simulate-failover bench` prints.
struct CompressionMethod: Sendable, Hashable {
  enum Codec: String, Sendable, Hashable, CaseIterable {
    case lz4, lz4hc, zstd
    /// A plain copy.
    case memcpy

    /// The setting of the bare name, as the command-line tools have it; `nil` where there is none to choose.
    var standardSetting: Int? {
      switch self {
      case .lz4: 1
      case .lz4hc: 9
      case .zstd: 3
      case .memcpy: nil
      }
    }
  }

  struct Filter: Sendable, Hashable {
    enum Planes: String, Sendable, Hashable, CaseIterable {
      /// Byte planes.
      case shuffle
      /// Bit planes.
      case bitshuffle
    }

    var planes: Planes
    /// In bytes: 1, 2, 4 or 8; `nil` for that of the data.
    var elementSize: Int?
  }

  var codec: Codec
  var setting: Int?
  var filter: Filter?

  init(_ codec: Codec, _ setting: Int? = nil, filter: Filter? = nil) {
    self.codec = codec
    self.setting = codec == .memcpy ? nil : setting ?? codec.standardSetting
    self.filter = filter
  }

  /// - Throws: `CompressionUnknown`, which says what is known.
  init(parsing text: String) throws(CompressionUnknown) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, let codec = parts.last else { throw Self.malformed(text) }
    try self.init(codec: codec, filter: parts.count == 2 ? parts[0] : "none")
  }

  /// - Parameters:
  ///   - codec: such as `zstd:1`, or `none`.
  ///   - filter: such as `shuffle:4`, or `none`.
  init(codec text: String, filter filterText: String) throws(CompressionUnknown) {
    let (name, number) = Self.split(text)
    guard let codec = name == "none" ? .memcpy : Codec(rawValue: name), number.isValid,
      codec != .memcpy || number.value == nil
    else { throw Self.malformed(text) }
    self.init(codec, number.value)
    guard filterText != "none" else { return }
    let (planes, size) = Self.split(filterText)
    guard codec != .memcpy, let planes = Filter.Planes(rawValue: planes), size.isValid,
      size.value.map([1, 2, 4, 8].contains) ?? true
    else { throw Self.malformed("\(filterText)+\(text)") }
    filter = Filter(planes: planes, elementSize: size.value)
  }

  /// A name and the whole number after its colon, if it has one.
  private static func split(_ text: String) -> (name: String, number: (value: Int?, isValid: Bool)) {
    guard let colon = text.firstIndex(of: ":") else { return (text, (nil, true)) }
    let number = Int(text[text.index(after: colon)...])
    return (String(text[..<colon]), (number, number != nil))
  }

  private static func malformed(_ text: String) -> CompressionUnknown {
    CompressionUnknown(
      "\(quoted(text)) is no method; write none, adaptive, lz4:1, lz4hc:9, zstd:3, "
        + "or one of them after a filter, such as shuffle:4+zstd:1 or bitshuffle+lz4:1")
  }
}

extension CompressionMethod: CustomStringConvertible {
  var description: String {
    let codec = codec.rawValue + (setting.map { ":\($0)" } ?? "")
    guard let filter else { return codec }
    return filter.planes.rawValue + (filter.elementSize.map { ":\($0)" } ?? "") + "+" + codec
  }
}

/// How the files of a snapshot are compressed.
enum SnapshotCompression: Sendable, Hashable, CustomStringConvertible {
  /// Not at all.
  case none
  /// All by one method; text is not filtered.
  case method(CompressionMethod)
  /// Each file by what saves and restores it quickest, there and back.
  case adaptive

  init(parsing text: String) throws(CompressionUnknown) {
    if text == "adaptive" {
      self = .adaptive
    } else {
      let method = try CompressionMethod(parsing: text)
      self = method.codec == .memcpy ? .none : .method(method)
    }
  }

  var description: String {
    switch self {
    case .none: "none"
    case .adaptive: "adaptive"
    case .method(let method): method.description
    }
  }
}

/// A method of compression that nobody knows, or whose effect has not been measured.
public struct CompressionUnknown: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
