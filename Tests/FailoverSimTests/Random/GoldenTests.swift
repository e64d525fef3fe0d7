import Failover
import Testing

@testable import FailoverSim

/// Bits computed by a second implementation, Tests/Reference/random_draws.py, which prints the tables below.
/// A debug and a release build, Linux and macOS, x86-64 and arm64 must all have them. A change here changes
/// the result of every scenario: say so in the commit.
@Suite struct GoldenTests {
  @Test(arguments: [
    (0.1, 0xc002_6bb1_bbb5_5515, 0x3ff1_aec7_b35a_00d4, 0x3fc6_c310_e376_9f3f, 0x4002_058e_35f3_deec),
    (0.7, 0xbfd6_d3c3_24e1_3f50, 0x4000_1c2a_6126_8987, 0x3fe8_7d38_2f24_1a5f, 0x3fd0_b20c_891c_de40),
    (2.5, 0x3fed_5240_f0e0_e078, 0x4028_5d6f_d931_e0bb, 0x3fff_cf92_7fcc_d2a1, 0x3fd2_383e_809a_67c0),
    (1e-300, 0xc085_9634_47f8_7fb5, 0x3ff0_0000_0000_0000, 0x1137_b086_17a1_04a7, 0x4085_9634_47f8_7fb5),
    (708.25, 0x401a_404d_e4a4_2d95, 0x7fcb_a437_b884_044b, 0x4061_294a_5a7f_583d, 0x40ae_c2fa_3af7_042f),
  ] as [(Double, UInt64, UInt64, UInt64, UInt64)])
  func `log, exp, pow and the logarithm of the gamma function have the reference's bits`(
    x: Double, log: UInt64, exp: UInt64, pow: UInt64, logGamma: UInt64
  ) {
    #expect(ExactMath.log(x).bitPattern == log)
    #expect(ExactMath.exp(x).bitPattern == exp)
    #expect(ExactMath.pow(x, 0.75).bitPattern == pow)
    #expect(ExactMath.logGamma(x).bitPattern == logGamma)
  }

  @Test(arguments: [
    (0x1p-53, 0xc020_6b48_528c_ea51, 0x3ca0_0000_0000_002f),
    (0.001, 0xc008_b8cb_b720_4470, 0x3f50_624d_d2f1_aa02),
    (0.3, 0xbfe0_c7e3_9582_c5fa, 0x3fd3_3333_3333_3334),
    (0.625, 0x3fd4_6496_5bdc_7eaf, 0x3fe4_0000_0000_0000),
    (0.96875, 0x3ffd_cdbf_ee3c_b020, 0x3fef_0000_0000_0000),
  ] as [(Double, UInt64, UInt64)])
  func `the normal distribution has the reference's bits`(
    p: Double, quantile: UInt64, cumulative: UInt64
  ) {
    let z = ExactMath.normalQuantile(p)
    #expect(z.bitPattern == quantile)
    #expect(ExactMath.normalCumulative(z).bitPattern == cumulative)
  }

  @Test func `the first words of a stream are the reference's`() {
    let stream = RandomStream(seed: 42, name: "standby/boot")
    #expect(stream.key == 0xb12f_1cb6_fa24_d3f2)
    let words = (0..<3 as Range<UInt64>).map { index in
      var draw = stream.draw(index)
      return draw.nextWord()
    }
    #expect(words == [0x8405_576e_6ab7_919d, 0x9980_f28e_f7af_025a, 0x5fae_d84a_b14e_21b8])
  }

  /// FNV-1a over the first 1000 values' bit patterns, lowest byte first.
  @Test(arguments: zip(knownDistributions, fingerprints))
  func `the first thousand values of each distribution have the reference's fingerprint`(
    known: KnownDistribution, fingerprint: UInt64
  ) {
    let stream = RandomStream(seed: 42, name: known.name)
    let bytes = known.distribution.sample(stream, count: 1000).flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
    }
    #expect(StableHash.fnv1a64(bytes) == fingerprint, "\(known.name)")
  }

  @Test func `each distribution has a fingerprint of its own`() {
    #expect(fingerprints.count == knownDistributions.count)
    #expect(Set(fingerprints).count == fingerprints.count)
  }
}

/// In the order of `knownDistributions`.
private let fingerprints: [UInt64] = [
  0x81a7_76f6_c7ff_be25, 0xb957_9eb9_3b19_c4e4, 0x76b6_1b87_3fe2_47e9, 0xc180_8c59_3ca0_db31,
  0x9801_5009_0862_7fe2, 0xb82c_6c46_4f2a_c258, 0xff2c_eef1_d924_3a2a, 0x6f9b_2c7b_0ee3_8908,
  0xb662_3524_d5ac_4630, 0x199c_a4e7_7a54_9c5d, 0x3859_ccec_43f9_93cd, 0xf17a_a9d3_5928_9acf,
  0x3a09_2508_3781_1d02, 0xc555_c04f_6075_cd0f,
]
