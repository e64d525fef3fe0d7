import Failover

@testable import RealBackends

/// Damages texts, in the same ways every time.
struct Mutations {
  private let jitter: SystemJitter
  private var index: UInt64 = 0

  init(seed: UInt64) { jitter = SystemJitter(seed: seed) }

  /// Evenly distributed below `bound`, which is greater than 0.
  mutating func random(_ bound: Int) -> Int {
    index += 1
    return Int((UInt64(jitter.fraction(index)) * UInt64(bound)) >> 32)
  }

  /// Values that a field of a JSON object may suddenly have.
  private static let values = [
    "null", "true", "-1", "0", "1e308", "-1e308", "1e400", "9223372036854775808", "0.1", "\"\"", "\"x\"", "[]", "{}",
    "[null]", "[[[[]]]]", "\"\\ud800\"", "\"9223372036854775807\"", "99999999999999999999999999999",
  ]

  /// `text` with bytes changed, lost and added, cut off, or with values put in the place of others.
  mutating func mutated(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...random(2) {
      let place = random(bytes.count + 1)
      switch random(8) {
      case 0 where place < bytes.count: bytes[place] = UInt8(random(256))
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: Array("{}[],:\"\\019e-. \n\0".utf8).shuffled(by: &self), at: place)
      case 3 where random(4) == 0: bytes = Array(bytes.prefix(place))
      default:
        // From a colon to the next comma or bracket.
        let colons = bytes.indices.dropFirst(place).lazy.filter { bytes[$0] == UInt8(ascii: ":") }
        guard let colon = colons.first else { continue }
        let end = bytes[(colon + 1)...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
        bytes.replaceSubrange(colon + 1..<(end ?? bytes.count), with: Self.values[random(Self.values.count)].utf8)
      }
    }
    return bytes
  }
}

extension [UInt8] {
  fileprivate func shuffled(by mutations: inout Mutations) -> [UInt8] {
    let count = mutations.random(4)
    return (0...count).map { _ in self[mutations.random(self.count)] }
  }
}
