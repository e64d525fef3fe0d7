/// SplitMix64: the same inputs in every run.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Of either sign and any magnitude, each number of bits being as likely as another.
  mutating func wideInteger() -> Int64 {
    Int64(bitPattern: next()) >> Int64.random(in: 0...63, using: &self)
  }
}

/// A text with a few of its bytes changed: flipped, cut, doubled, spliced with another.
func mutated(_ text: [UInt8], with others: [[UInt8]], using random: inout TestRandom) -> [UInt8] {
  var bytes = text
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    let at = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where !bytes.isEmpty: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where !bytes.isEmpty:
      bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
    case 2: bytes.removeSubrange(at...)
    case 3:
      let other = others.randomElement(using: &random) ?? []
      let start = Int.random(in: 0...other.count, using: &random)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 30)], at: at)
    case 4:
      let pieces = [
        "\t", "\r\n", "- ", "? ", ": ", "[", "{", "]", "}", "&a ", "*a", "|\n", ">", "\"", "'", "#", "!!str ",
        "<<: ", "---\n", "...", "\u{FEFF}", "\0", "%", "~", "é", "-9223372036854775808", "1e400",
      ]
      bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: at)
    case 5 where !bytes.isEmpty:
      bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
    }
  }
  return bytes
}
