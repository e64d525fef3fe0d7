import FailoverSim
import Testing

/// The vectors for philox4x32-10 published with Random123 (file `kat_vectors`): counter, key, result.
private let vectors: [(counter: [UInt64], key: [UInt64], result: [UInt64])] = [
  (
    [0, 0, 0, 0], [0, 0],
    [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
  ),
  (
    [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
    [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
  ),
  (
    [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
    [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
  ),
]

@Suite struct PhiloxTests {
  @Test(arguments: vectors.indices)
  func `Philox gives the published vectors`(row: Int) {
    let (counter, key, result) = vectors[row]
    let block = Philox4x32.block(
      counterLow: counter[0] | counter[1] << 32, counterHigh: counter[2] | counter[3] << 32,
      key: key[0] | key[1] << 32)
    #expect(block.low == result[0] | result[1] << 32)
    #expect(block.high == result[2] | result[3] << 32)
  }

  @Test func `one bit of the counter or the key changes about half of the 128 bits`() {
    let base = Philox4x32.block(counterLow: 1, counterHigh: 2, key: 3)
    var changed = 0
    for bit in 0..<64 {
      let flip: UInt64 = 1 << bit
      for other in [
        Philox4x32.block(counterLow: 1 ^ flip, counterHigh: 2, key: 3),
        Philox4x32.block(counterLow: 1, counterHigh: 2 ^ flip, key: 3),
        Philox4x32.block(counterLow: 1, counterHigh: 2, key: 3 ^ flip),
      ] {
        let bits = (base.low ^ other.low).nonzeroBitCount + (base.high ^ other.high).nonzeroBitCount
        #expect((30...98).contains(bits))  // six standard deviations, √32, about 64
        changed += bits
      }
    }
    #expect(abs(Double(changed) / 192 - 64) < 6 * (32.0 / 192).squareRoot())
  }
}
