import Foundation

/// A workspace to measure with.
enum Workspace {
  /// Two fifths weights, which hardly shrink; text and tables, which do; a tenth that does not shrink at all; and a tenth
  /// in files of 16 KiB.
  static func fill(_ directory: String, mebibytes: Int) async throws {
    let files = FileManager.default
    var generator = SplitMix(state: 1)
    func noise(_ count: Int, _ mask: UInt64) -> Data {
      var words: [UInt64] = []
      words.reserveCapacity(count / 8)
      for _ in 0..<count / 8 { words.append(generator.next() & mask) }
      return words.withUnsafeBytes { Data($0) }
    }
    let vocabulary = (0..<4000).map { "word\($0 &* 7919 % 100_003)" }
    func text(_ count: Int) -> Data {
      var text = ""
      while text.utf8.count < count { text += (vocabulary.randomElement(using: &generator) ?? "") + " " }
      return Data(text.utf8.prefix(count))
    }
    for folder in ["weights", "data", "source"] {
      try files.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
    }
    let page = text(1 << 20)
    let place = URL(fileURLWithPath: directory)
    for number in 0..<mebibytes {
      switch number % 10 {
      case 0...3:
        // Of each 16-bit number the upper byte has few values, as in half-precision weights.
        try noise(1 << 20, 0x0FFF_0FFF_0FFF_0FFF).write(
          to: place.appendingPathComponent("weights/\(number / 100).\(number % 100)"))
      case 4...7:
        try (page.dropFirst(number % 4096) + page.prefix(number % 4096))
          .write(to: place.appendingPathComponent("data/\(number)"))
      case 8: try noise(1 << 20, .max).write(to: place.appendingPathComponent("data/\(number).zip"))
      default:
        for part in 0..<64 {
          try page.subdata(in: part * 16_384..<(part + 1) * 16_384)
            .write(to: place.appendingPathComponent("source/\(number)-\(part).py"))
        }
      }
    }
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). The system's own takes longer for a
/// gibibyte than what is to be measured.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
