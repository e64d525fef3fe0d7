import Testing

@testable import Compression

@Suite struct FilterTests {
  static let lengths = [0, 1, 7, 8, 63, 64, 65, 1_024, 4_099, 8_192 * 3 + 77]

  @Test(arguments: ElementSize.allCases, lengths)
  func `byte planes are what their definition says`(size: ElementSize, count: Int) {
    let content = randomBytes(count)
    let elements = count / size.rawValue
    var expected = content
    for i in 0..<elements {
      for plane in 0..<size.rawValue {
        expected[plane * elements + i] = content[i * size.rawValue + plane]
      }
    }
    let filter = Filter.bytePlanes(size)
    #expect(filter.applied(content.span.bytes) == expected)
    #expect(filter.undone(expected.span.bytes) == content)
  }

  @Test(arguments: ElementSize.allCases, lengths)
  func `bit planes are what their definition says`(size: ElementSize, count: Int) {
    let content = randomBytes(count)
    let elements = count / size.rawValue / 8 * 8
    var expected = content
    for i in 0..<elements * size.rawValue { expected[i] = 0 }
    for element in 0..<elements {
      for bit in 0..<size.rawValue * 8 {
        let value = (content[element * size.rawValue + bit / 8] >> UInt8(bit % 8)) & 1
        expected[bit * elements / 8 + element / 8] |= value << UInt8(element % 8)
      }
    }
    let filter = Filter.bitPlanes(size)
    #expect(filter.applied(content.span.bytes) == expected)
    #expect(filter.undone(expected.span.bytes) == content)
  }

  @Test func `no filter changes nothing`() {
    let content = randomBytes(1_000)
    #expect(Filter.none.applied(content.span.bytes) == content)
    #expect(Filter.none.undone(content.span.bytes) == content)
  }

  @Test(arguments: [(0, 0), (100, 100), (1_000, 333), (333, 1_000)])
  func `a delta XORs what both have, and undoes itself`(count: Int, previousCount: Int) {
    let previous = randomBytes(previousCount, seed: 2)
    let current = randomBytes(count, seed: 3)
    var delta = current
    exclusiveOr(&delta, previous)
    for i in 0..<min(count, previousCount) { #expect(delta[i] == current[i] ^ previous[i]) }
    #expect(delta.dropFirst(previousCount) == current.dropFirst(previousCount))
    exclusiveOr(&delta, previous)
    #expect(delta == current)
  }

  @Test func `a checkpoint that changed little shrinks to its changes`() throws {
    let previous = randomBytes(400_000)
    var current = previous
    for i in stride(from: 0, to: 400_000, by: 40_000) { current[i] ^= 0xFF }
    exclusiveOr(&current, previous)
    #expect(try Frames.compress(current.span.bytes, with: .lz4(acceleration: 1)).count < 4_000)
  }

  private func exclusiveOr(_ current: inout [UInt8], _ previous: [UInt8]) {
    var span = current.mutableSpan
    var bytes = span.mutableBytes
    Delta.exclusiveOr(&bytes, with: previous.span.bytes)
  }
}

@Suite struct NameTests {
  @Test(arguments: ["lz4:1", "lz4:65537", "lz4hc:3", "lz4hc:12", "zstd:-7", "zstd:22", "memcpy"])
  func `a codec's name reads back`(name: String) throws {
    #expect(try Codec(parsing: name).description == name)
  }

  @Test(arguments: ["none", "shuffle:1", "shuffle:8", "bitshuffle:2"])
  func `a filter's name reads back`(name: String) throws {
    #expect(try Filter(parsing: name).description == name)
  }

  @Test(arguments: [
    ("lz5", "unknown codec 'lz5': expected lz4, lz4hc, zstd or memcpy"),
    ("lz4:0", "codec 'lz4:0': the setting has to lie in 1...65537"),
    ("lz4hc:13", "codec 'lz4hc:13': the setting has to lie in 3...12"),
    ("zstd:23", "codec 'zstd:23': the setting has to lie in -131072...22"),
    ("zstd:0", "codec 'zstd:0': level 0 only stands for the default; write zstd:3"),
    ("zstd:x", "codec 'zstd:x': 'x' is not a whole number; write it like lz4:1 or zstd:3"),
    ("memcpy:1", "codec 'memcpy:1': memcpy takes no setting"),
    ("", "unknown codec '': expected lz4, lz4hc, zstd or memcpy"),
  ])
  func `a wrong codec says what was expected`(name: String, message: String) {
    #expect { try Codec(parsing: name) } throws: { "\($0)" == message }
  }

  @Test(arguments: [
    ("shuffle:3", "filter 'shuffle:3': the element size has to be 1, 2, 4 or 8"),
    ("none:1", "filter 'none:1': none takes no size"),
    ("delta", "unknown filter 'delta': expected none, shuffle or bitshuffle"),
  ])
  func `a wrong filter says what was expected`(name: String, message: String) {
    #expect { try Filter(parsing: name) } throws: { "\($0)" == message }
  }
}
