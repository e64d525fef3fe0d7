// The inner loops of the filters, on raw pointers: callers (Filter.swift) pass a source and a target of
// `count` bytes each that do not overlap, and every access below stays under `count`.
//
// Written with widening and narrowing SIMD conversions, which the compiler turns into pack and unpack
// instructions on every architecture; the `evenHalf` accessors, which say the same, compile to byte-by-byte
// loops and are sixty times slower (Swift 6.3).

typealias Bytes16 = SIMD16<UInt8>

@inline(__always)
private func load<T>(_ from: UnsafeRawPointer, _ offset: Int, as: T.Type) -> T {
  from.loadUnaligned(fromByteOffset: offset, as: T.self)
}

// MARK: Byte planes

func splitBytes(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ size: ElementSize
) {
  let elements = count / size.rawValue
  switch size {
  case .one: break
  case .two: splitPlanes(UInt16.self, from, to, elements)
  case .four: splitPlanes(UInt32.self, from, to, elements)
  case .eight: splitEights(from, to, elements)
  }
  copyRest(from, to, count, after: size == .one ? 0 : elements * size.rawValue)
}

func joinBytes(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ size: ElementSize
) {
  let elements = count / size.rawValue
  switch size {
  case .one: break
  case .two: joinPlanes(UInt16.self, from, to, elements)
  case .four: joinPlanes(UInt32.self, from, to, elements)
  case .eight: joinEights(from, to, elements)
  }
  copyRest(from, to, count, after: size == .one ? 0 : elements * size.rawValue)
}

@inline(__always)
private func copyRest(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, after start: Int
) {
  if start < count { (to + start).copyMemory(from: from + start, byteCount: count - start) }
}

/// Writes plane p of `elements` numbers to `to + p * elements`.
@inline(__always)
private func splitPlanes<Element: FixedWidthInteger & SIMDScalar>(
  _: Element.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int
) {
  let size = Element.bitWidth / 8
  var i = 0
  while i + 16 <= elements {
    let numbers = load(from, i * size, as: SIMD16<Element>.self)
    for plane in 0..<size {
      let bytes = Bytes16(truncatingIfNeeded: numbers &>> Element(truncatingIfNeeded: 8 * plane))
      to.storeBytes(of: bytes, toByteOffset: plane * elements + i, as: Bytes16.self)
    }
    i += 16
  }
  splitRest(from, to, elements, size: size, first: i)
}

@inline(__always)
private func joinPlanes<Element: FixedWidthInteger & SIMDScalar>(
  _: Element.Type, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int
) {
  let size = Element.bitWidth / 8
  var i = 0
  while i + 16 <= elements {
    var numbers = SIMD16<Element>()
    for plane in 0..<size {
      let bytes = load(from, plane * elements + i, as: Bytes16.self)
      numbers |=
        SIMD16<Element>(truncatingIfNeeded: bytes) &<< Element(truncatingIfNeeded: 8 * plane)
    }
    to.storeBytes(of: numbers, toByteOffset: i * size, as: SIMD16<Element>.self)
    i += 16
  }
  joinRest(from, to, elements, size: size, first: i)
}

/// Eight-byte elements, by halving three times: for this width half as many steps as plane by plane.
private func splitEights(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int) {
  var i = 0
  while i + 16 <= elements {
    store(eighths(load(from, i * 8, as: SIMD16<UInt64>.self)), to + i, stride: elements)
    i += 16
  }
  splitRest(from, to, elements, size: 8, first: i)
}

private func joinEights(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int) {
  var i = 0
  while i + 16 <= elements {
    let numbers = whole(loadRows(from + i, stride: elements))
    to.storeBytes(of: numbers, toByteOffset: i * 8, as: SIMD16<UInt64>.self)
    i += 16
  }
  joinRest(from, to, elements, size: 8, first: i)
}

@inline(__always)
private func splitRest(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int, size: Int, first: Int
) {
  for i in first..<elements {
    for plane in 0..<size {
      let byte = load(from, i * size + plane, as: UInt8.self)
      to.storeBytes(of: byte, toByteOffset: plane * elements + i, as: UInt8.self)
    }
  }
}

@inline(__always)
private func joinRest(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int, size: Int, first: Int
) {
  for i in first..<elements {
    for plane in 0..<size {
      let byte = load(from, plane * elements + i, as: UInt8.self)
      to.storeBytes(of: byte, toByteOffset: i * size + plane, as: UInt8.self)
    }
  }
}

// MARK: Bit planes

/// Elements handled at a time: small enough that their byte planes stay in the fastest cache.
private let strip = 1024

func splitBits(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ size: ElementSize
) {
  let elements = count / size.rawValue / 8 * 8
  let width = size.rawValue
  let planeBytes = elements / 8
  withUnsafeTemporaryAllocation(byteCount: strip * width, alignment: 64) { scratch in
    guard let planes = scratch.baseAddress else { return }
    var first = 0
    while first < elements {
      let now = min(strip, elements - first)
      splitBytes(from + first * width, planes, now * width, size)
      for byte in 0..<width {
        splitPlaneBits(
          planes + byte * now, to + byte * 8 * planeBytes + first / 8, now, stride: planeBytes)
      }
      first += now
    }
  }
  copyRest(from, to, count, after: elements * width)
}

func joinBits(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ size: ElementSize
) {
  let elements = count / size.rawValue / 8 * 8
  let width = size.rawValue
  let planeBytes = elements / 8
  withUnsafeTemporaryAllocation(byteCount: strip * width, alignment: 64) { scratch in
    guard let planes = scratch.baseAddress else { return }
    var first = 0
    while first < elements {
      let now = min(strip, elements - first)
      for byte in 0..<width {
        joinPlaneBits(
          from + byte * 8 * planeBytes + first / 8, planes + byte * now, now, stride: planeBytes)
      }
      joinBytes(planes, to + first * width, now * width, size)
      first += now
    }
  }
  copyRest(from, to, count, after: elements * width)
}

/// Position i of the eight rows is an 8x8 matrix of bits; transposes all sixteen at once: afterwards bit j of
/// row k is what bit k of row j was. It is its own inverse.
@inline(__always)
private func transpose(_ rows: Rows) -> Rows {
  var (a, b, c, d, e, f, g, h) = rows
  swapBits(&a, &e, 4)
  swapBits(&b, &f, 4)
  swapBits(&c, &g, 4)
  swapBits(&d, &h, 4)
  swapBits(&a, &c, 2)
  swapBits(&b, &d, 2)
  swapBits(&e, &g, 2)
  swapBits(&f, &h, 2)
  swapBits(&a, &b, 1)
  swapBits(&c, &d, 1)
  swapBits(&e, &f, 1)
  swapBits(&g, &h, 1)
  return (a, b, c, d, e, f, g, h)
}

/// Exchanges the upper bits of every `shift`-wide pair of groups in `low` with the lower bits of `high`.
/// Shifts on 64-bit lanes are what every instruction set has; the mask drops what crossed a byte.
@inline(__always)
private func swapBits(_ low: inout Bytes16, _ high: inout Bytes16, _ shift: UInt64) {
  let mask: UInt64 =
    shift == 4 ? 0x0f0f_0f0f_0f0f_0f0f : shift == 2 ? 0x3333_3333_3333_3333 : 0x5555_5555_5555_5555
  var x = unsafeBitCast(low, to: SIMD2<UInt64>.self)
  var y = unsafeBitCast(high, to: SIMD2<UInt64>.self)
  let difference = ((x &>> shift) ^ y) & SIMD2(repeating: mask)
  y ^= difference
  x ^= difference &<< shift
  low = unsafeBitCast(x, to: Bytes16.self)
  high = unsafeBitCast(y, to: Bytes16.self)
}

/// Bit planes of one byte plane of `elements` bytes, a multiple of eight: bit k goes to `to + k * stride`.
@inline(__always)
private func splitPlaneBits(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int, stride: Int
) {
  var i = 0
  while i + 128 <= elements {
    let rows = transpose(eighths(load(from, i, as: SIMD16<UInt64>.self)))
    store(rows, to + i / 8, stride: stride)
    i += 128
  }
  while i < elements {
    for bit in 0..<8 {
      var byte: UInt8 = 0
      for j in 0..<8 { byte |= ((load(from, i + j, as: UInt8.self) >> UInt8(bit)) & 1) << UInt8(j) }
      to.storeBytes(of: byte, toByteOffset: bit * stride + i / 8, as: UInt8.self)
    }
    i += 8
  }
}

@inline(__always)
private func joinPlaneBits(
  _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ elements: Int, stride: Int
) {
  var i = 0
  while i + 128 <= elements {
    let rows = transpose(loadRows(from + i / 8, stride: stride))
    to.storeBytes(of: whole(rows), toByteOffset: i, as: SIMD16<UInt64>.self)
    i += 128
  }
  while i < elements {
    for j in 0..<8 {
      var byte: UInt8 = 0
      for bit in 0..<8 {
        byte |= ((load(from, bit * stride + i / 8, as: UInt8.self) >> UInt8(j)) & 1) << UInt8(bit)
      }
      to.storeBytes(of: byte, toByteOffset: i + j, as: UInt8.self)
    }
    i += 8
  }
}

// MARK: Rows

/// Eight rows of sixteen bytes.
private typealias Rows = (
  Bytes16, Bytes16, Bytes16, Bytes16, Bytes16, Bytes16, Bytes16, Bytes16
)

@inline(__always)
private func loadRows(_ from: UnsafeRawPointer, stride: Int) -> Rows {
  (
    load(from, 0, as: Bytes16.self), load(from, stride, as: Bytes16.self),
    load(from, 2 * stride, as: Bytes16.self), load(from, 3 * stride, as: Bytes16.self),
    load(from, 4 * stride, as: Bytes16.self), load(from, 5 * stride, as: Bytes16.self),
    load(from, 6 * stride, as: Bytes16.self), load(from, 7 * stride, as: Bytes16.self)
  )
}

@inline(__always)
private func store(_ rows: Rows, _ to: UnsafeMutableRawPointer, stride: Int) {
  to.storeBytes(of: rows.0, as: Bytes16.self)
  to.storeBytes(of: rows.1, toByteOffset: stride, as: Bytes16.self)
  to.storeBytes(of: rows.2, toByteOffset: 2 * stride, as: Bytes16.self)
  to.storeBytes(of: rows.3, toByteOffset: 3 * stride, as: Bytes16.self)
  to.storeBytes(of: rows.4, toByteOffset: 4 * stride, as: Bytes16.self)
  to.storeBytes(of: rows.5, toByteOffset: 5 * stride, as: Bytes16.self)
  to.storeBytes(of: rows.6, toByteOffset: 6 * stride, as: Bytes16.self)
  to.storeBytes(of: rows.7, toByteOffset: 7 * stride, as: Bytes16.self)
}

/// Row r holds byte r of every number.
@inline(__always)
private func eighths(_ numbers: SIMD16<UInt64>) -> Rows {
  let (low, high) = halves(numbers, UInt32.self)
  let (first, second) = halves(low, UInt16.self)
  let (third, fourth) = halves(high, UInt16.self)
  let (a, b) = halves(first, UInt8.self)
  let (c, d) = halves(second, UInt8.self)
  let (e, f) = halves(third, UInt8.self)
  let (g, h) = halves(fourth, UInt8.self)
  return (a, b, c, d, e, f, g, h)
}

/// The inverse of `eighths`.
@inline(__always)
private func whole(_ rows: Rows) -> SIMD16<UInt64> {
  let low = whole(
    whole(rows.0, rows.1, UInt16.self), whole(rows.2, rows.3, UInt16.self), UInt32.self)
  let high = whole(
    whole(rows.4, rows.5, UInt16.self), whole(rows.6, rows.7, UInt16.self), UInt32.self)
  return whole(low, high, UInt64.self)
}

/// The low and the high half of every number.
@inline(__always)
private func halves<Wide: FixedWidthInteger & SIMDScalar, Half: FixedWidthInteger & SIMDScalar>(
  _ numbers: SIMD16<Wide>, _: Half.Type
) -> (SIMD16<Half>, SIMD16<Half>) {
  (
    SIMD16<Half>(truncatingIfNeeded: numbers),
    SIMD16<Half>(truncatingIfNeeded: numbers &>> Wide(truncatingIfNeeded: Half.bitWidth))
  )
}

/// The numbers with these low and high halves.
@inline(__always)
private func whole<Half: FixedWidthInteger & SIMDScalar, Wide: FixedWidthInteger & SIMDScalar>(
  _ low: SIMD16<Half>, _ high: SIMD16<Half>, _: Wide.Type
) -> SIMD16<Wide> {
  SIMD16<Wide>(truncatingIfNeeded: low)
    | (SIMD16<Wide>(truncatingIfNeeded: high) &<< Wide(truncatingIfNeeded: Half.bitWidth))
}

// MARK: XOR

func exclusiveOrBytes(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int) {
  var i = 0
  while i + 64 <= count {
    let mixed =
      load(from, i, as: SIMD8<UInt64>.self) ^ load(UnsafeRawPointer(to), i, as: SIMD8<UInt64>.self)
    to.storeBytes(of: mixed, toByteOffset: i, as: SIMD8<UInt64>.self)
    i += 64
  }
  while i < count {
    let mixed = load(from, i, as: UInt8.self) ^ load(UnsafeRawPointer(to), i, as: UInt8.self)
    to.storeBytes(of: mixed, toByteOffset: i, as: UInt8.self)
    i += 1
  }
}
