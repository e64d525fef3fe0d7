#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Memory that comes straight from the operating system in whole pages, so that a measurement can tell pages
/// that exist already ("warm") from pages the kernel has yet to provide ("fresh").
///
/// This is one of the few files that handle raw pointers. What makes it safe: the region belongs to one
/// non-copyable value, every access goes through a span bound to that value's lifetime, and the region is
/// unmapped when the value ends.
public struct PageBuffer: ~Copyable {
  private let start: UnsafeMutableRawPointer
  /// The size asked for, in bytes; the mapping itself is rounded up to whole pages.
  public let count: Int

  /// Maps `count` bytes of zeroes. No page exists until it is written.
  ///
  /// - Parameter hugePages: asks the kernel for 2 MiB pages where it offers them (Linux, `madvise`); without
  ///   them the kernel provides every 4 KiB page on its own, which limits fresh output to 1-2 GB/s.
  public init(count: Int, hugePages: Bool = false) throws(CompressionError) {
    precondition(count >= 0, "a buffer cannot have a negative size")
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let start = mmap(nil, max(count, 1), PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { throw .outOfMemory }
    #if os(Linux)
      if hugePages { madvise(start, max(count, 1), Int32(MADV_HUGEPAGE)) }
    #endif
    self.start = start
    self.count = count
  }

  deinit { munmap(start, max(count, 1)) }

  /// The bytes, to read.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get { _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self) }
  }

  /// The bytes, to write.
  public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      _overrideLifetime(MutableRawSpan(_unsafeStart: start, byteCount: count), mutating: &self)
    }
  }

  /// Some of the bytes, to write.
  @_lifetime(&self)
  public mutating func mutableBytes(in range: Range<Int>) -> MutableRawSpan {
    precondition(range.upperBound <= count, "the range lies within the buffer")
    let span = MutableRawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
    return _overrideLifetime(span, mutating: &self)
  }

  /// The bytes for a C function to write to, within this package only.
  mutating func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) -> Result
  ) -> Result {
    body(UnsafeMutableRawBufferPointer(start: start, count: count))
  }

  /// Sets every byte to `value`, which also makes every page exist.
  public mutating func fill(with value: UInt8) { _ = memset(start, Int32(value), count) }
}

/// Whether two runs of bytes are the same, compared by `memcmp`: stronger than comparing hashes of the two.
public func areEqual(_ a: RawSpan, _ b: RawSpan) -> Bool {
  guard a.byteCount == b.byteCount else { return false }
  return a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in
      guard let first = a.baseAddress, let second = b.baseAddress else { return true }
      return memcmp(first, second, a.count) == 0
    }
  }
}

extension [UInt8] {
  /// Appends a copy of `bytes`.
  public mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }
}
