/// The size of the numbers in an array, in bytes.
public enum ElementSize: Int, Hashable, Sendable, CaseIterable, Codable {
  case one = 1
  case two = 2
  case four = 4
  case eight = 8
}

/// A reversible rearrangement that makes arrays of numbers easier to compress. It keeps the length.
///
/// Weights differ in every low bit but share their exponents; laid out plane by plane, the part that repeats
/// stands together. On text the same rearrangement destroys what repeats: see `MethodChooser`.
public enum Filter: Hashable, Sendable {
  case none
  /// All first bytes of the elements, then all second bytes, and so on ("shuffle" of HDF5 and Blosc). Bytes
  /// that do not fill an element stay at the end.
  case bytePlanes(ElementSize)
  /// Plane by plane of single bits, lowest bit of the first byte first ("bitshuffle"); bit j of byte i of a
  /// plane belongs to element 8i + j. What does not fill eight elements stays at the end.
  case bitPlanes(ElementSize)

  /// Reads `none`, `shuffle:4` or `bitshuffle:2`; without a number, elements are taken to have `defaultSize`.
  public init(parsing text: String, defaultSize: ElementSize = .four) throws(MethodNameError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var size = defaultSize
    if parts.count == 2 {
      guard let number = Int(parts[1]), let known = ElementSize(rawValue: number) else {
        throw MethodNameError("filter '\(text)': the element size has to be 1, 2, 4 or 8")
      }
      size = known
    }
    switch parts[0].lowercased() {
    case "none":
      guard parts.count == 1 else { throw MethodNameError("filter '\(text)': none takes no size") }
      self = .none
    case "shuffle": self = .bytePlanes(size)
    case "bitshuffle": self = .bitPlanes(size)
    default:
      throw MethodNameError("unknown filter '\(text)': expected none, shuffle or bitshuffle")
    }
  }

  /// Writes the rearranged bytes of `source` into the start of `target`, which must be at least as long and
  /// must not overlap it.
  public func apply(_ source: RawSpan, into target: inout MutableRawSpan) {
    precondition(target.byteCount >= source.byteCount, "a filter's output is as long as its input")
    source.withUnsafeBytes { from in
      target.withUnsafeMutableBytes { to in
        guard let start = from.baseAddress, let goal = to.baseAddress else { return }
        switch self {
        case .none: to.copyMemory(from: from)
        case .bytePlanes(let size): splitBytes(start, goal, from.count, size)
        case .bitPlanes(let size): splitBits(start, goal, from.count, size)
        }
      }
    }
  }

  /// The rearranged bytes of `source`.
  public func applied(_ source: RawSpan) -> [UInt8] {
    [UInt8](capacity: source.byteCount) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        var target = MutableRawSpan(_unsafeElements: buffer)
        apply(source, into: &target)
        count = source.byteCount
      }
    }
  }

  /// The bytes of which `source` is the rearrangement.
  public func undone(_ source: RawSpan) -> [UInt8] {
    [UInt8](capacity: source.byteCount) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        var target = MutableRawSpan(_unsafeElements: buffer)
        undo(source, into: &target)
        count = source.byteCount
      }
    }
  }

  /// The inverse of `apply`, under the same conditions.
  public func undo(_ source: RawSpan, into target: inout MutableRawSpan) {
    precondition(target.byteCount >= source.byteCount, "a filter's output is as long as its input")
    source.withUnsafeBytes { from in
      target.withUnsafeMutableBytes { to in
        guard let start = from.baseAddress, let goal = to.baseAddress else { return }
        switch self {
        case .none: to.copyMemory(from: from)
        case .bytePlanes(let size): joinBytes(start, goal, from.count, size)
        case .bitPlanes(let size): joinBits(start, goal, from.count, size)
        }
      }
    }
  }
}

extension Filter: CustomStringConvertible {
  /// The name `init(parsing:)` reads, such as `bitshuffle:4`.
  public var description: String {
    switch self {
    case .none: "none"
    case .bytePlanes(let size): "shuffle:\(size.rawValue)"
    case .bitPlanes(let size): "bitshuffle:\(size.rawValue)"
    }
  }
}

/// The difference of a snapshot to the one before it.
public enum Delta {
  /// XORs `previous` into `current`, as far as both reach. What did not change becomes zero, which every
  /// codec shrinks to nearly nothing. Doing it again restores the data.
  public static func exclusiveOr(_ current: inout MutableRawSpan, with previous: RawSpan) {
    current.withUnsafeMutableBytes { to in
      previous.withUnsafeBytes { from in
        guard let start = from.baseAddress, let goal = to.baseAddress else { return }
        exclusiveOrBytes(start, goal, min(from.count, to.count))
      }
    }
  }
}
