extension ExactMath {
  /// The quantile of the standard normal distribution: the z that a normal number stays below with
  /// probability `p`; -∞ at 0, ∞ at 1, not a number outside.
  ///
  /// Relative error at most 1e-15. Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the
  /// Normal Distribution", Applied Statistics 37 (1988), routine PPND16; the published decimals stand beside
  /// each coefficient.
  package static func normalQuantile(_ p: Double) -> Double {
    let q = p - 0.5
    if q.magnitude <= 0x1.b333333333333p-2 {  // 0.425
      let r = 0x1.71eb851eb851fp-3 - q * q  // 0.180625
      return q * centralRatio(r)
    }
    let tail = q < 0 ? p : 1 - p
    guard tail > 0 else { return tail == 0 ? (q < 0 ? -.infinity : .infinity) : .nan }
    let r = (-log(tail)).squareRoot()
    let z = r <= 5 ? tailRatio(r - 0x1.999999999999ap0) : farTailRatio(r - 5)  // 1.6
    return q < 0 ? -z : z
  }

  private static func centralRatio(_ r: Double) -> Double {
    let numerator = polynomial(
      r,
      0x1.b18d91e9eef75p1,  // 3.3871328727963666080
      0x1.0a4888b1a436ep7,  // 133.14166789178437745
      0x1.ece5d2213c0ccp10,  // 1971.5909503065514427
      0x1.ad1d8cd4ee71dp13,  // 13731.693765509461125
      0x1.66c3e869b752ap15,  // 45921.953931549871457
      0x1.06c1c55b78f2p16,  // 67265.770927008700853
      0x1.052d26b2e45e4p15,  // 33430.575583588128105
      0x1.39a296f7d925ep11)  // 2509.0809287301226727
    let denominator = polynomial(
      r,
      1,
      0x1.5281b386e1ab5p5,  // 42.313330701600911252
      0x1.5797efdc8b3f7p9,  // 687.18700749205790830
      0x1.512322e75c89fp12,  // 5394.1960214247511077
      0x1.4b772d5d65266p14,  // 21213.794301586595867
      0x1.3317caa64f4bep15,  // 39307.895800092710610
      0x1.c0e457cb1ae76p14,  // 28729.085735721942674
      0x1.46a7eca984b69p12)  // 5226.4952788528545610
    return numerator / denominator
  }

  private static func tailRatio(_ r: Double) -> Double {
    let numerator = polynomial(
      r,
      0x1.6c665fde9526ap0,  // 1.42343711074968357734
      0x1.2857748cab19bp2,  // 4.63033784615654529590
      0x1.713f71462256ap2,  // 5.76949722146069140550
      0x1.d2ecb1a3d02c4p1,  // 3.64784832476320460504
      0x1.453cc085375b2p0,  // 1.27045825245236838258
      0x1.ef2abb9b85c37p-3,  // 0.241780725177450611770
      0x1.744eb6c45ec67p-6,  // 0.0227238449892691845833
      0x1.9615ac0b7ace9p-11)  // 0.000774545014278341407640
    let denominator = polynomial(
      r,
      1,
      0x1.06cefbb46a449p1,  // 2.05319162663775882187
      0x1.ad278e6526633p0,  // 1.67638483018380384940
      0x1.61292f23385c9p-1,  // 0.689767334985100004550
      0x1.2f5123394f04p-3,  // 0.148103976427480074590
      0x1.f207a7eab17bfp-7,  // 0.0151986665636164571966
      0x1.1f18cbfdf2728p-11,  // 0.000547593808499534494600
      0x1.20d3f686439e4p-30)  // 1.05075007164441684324e-9
    return numerator / denominator
  }

  private static func farTailRatio(_ r: Double) -> Double {
    let numerator = polynomial(
      r,
      0x1.aa1b1c13ee526p2,  // 6.65790464350110377720
      0x1.5daea6e875003p2,  // 5.46378491116411436990
      0x1.c8ea6461fa445p0,  // 1.78482653991729133580
      0x1.2fad9315255cfp-2,  // 0.296560571828504891230
      0x1.b2b41193b4ee7p-6,  // 0.0265321895265761230930
      0x1.45c1908425345p-10,  // 0.00124266094738807843860
      0x1.c6ec6cc59e02ap-16,  // 0.0000271155556874348757815
      0x1.afb74d693bf93p-23)  // 2.01033439929228813265e-7
    let denominator = polynomial(
      r,
      1,
      0x1.331d34fc7d77fp-1,  // 0.599832206555887937690
      0x1.186eb183443fbp-3,  // 0.136929880922735805310
      0x1.e76f93215462ap-7,  // 0.0148753612908506148525
      0x1.9c8bc979dc5d7p-11,  // 0.000786869131145613259100
      0x1.35c2c496374bfp-16,  // 0.0000184631831751005468180
      0x1.31446f740b9ep-23,  // 1.42151175831644588870e-7
      0x1.269bff1f8c19p-49)  // 2.04426310338993978564e-15
    return numerator / denominator
  }

  /// The probability that a standard normal number is at most `z`.
  ///
  /// Relative error at most 1e-15 for z from -37 on; 0 below -38. Source: W. J. Cody, "Rational
  /// Chebyshev Approximation for the Error Function", Mathematics of Computation 23 (1969), in the form of
  /// his ANORM (Algorithm 715, ACM Transactions on Mathematical Software 19, 1993).
  package static func normalCumulative(_ z: Double) -> Double {
    let y = z.magnitude
    if y <= 0x1.5956b87379746p-1 {  // 0.67448975, the upper quartile
      return 0.5 + z * centralCumulative(z * z)
    }
    guard y < 38 else { return z.isNaN ? z : (z < 0 ? 0 : 1) }
    // exp(-y²/2) in two factors: the square of y cut to sixteenths is exact, so no bits are lost in it.
    let cut = Double(Int64(y * 16)) * 0.0625
    let density = exp(-0.5 * cut * cut) * exp(-0.5 * (y - cut) * (y + cut))
    let tail = density * (y <= 0x1.6a09e667f3bcdp2 ? tailCumulative(y) : farTailCumulative(y))  // √32
    return z < 0 ? tail : 1 - tail
  }

  private static func centralCumulative(_ square: Double) -> Double {
    let numerator = polynomial(
      square,
      0x1.1babeccdad2ecp14,  // 18154.981253343561249
      0x1.0aec20879fd71p10,  // 1067.6894854603709582
      0x1.420e744d785b7p7,  // 161.02823106855587881
      0x1.1e1cbd1b4f7f3p1,  // 2.2352520354606839287
      0x1.0d08ec54894e1p-4)  // 0.065682337918207449113
    let denominator = polynomial(
      square,
      0x1.63879423b87adp15,  // 45507.789335026729956
      0x1.40a77529cadc8p13,  // 10260.932208618978205
      0x1.e80c9d57e55b8p9,  // 976.09855173777669322
      0x1.799ee342fb2dep5,  // 47.20258190468824187
      1)
    return numerator / denominator
  }

  private static func tailCumulative(_ y: Double) -> Double {
    let numerator = polynomial(
      y,
      0x1.3395b7fd2fc8ep13,  // 9842.7148383839780218
      0x1.6a953624f0f6p13,  // 11602.651437647350124
      0x1.ac030c15dc8d7p12,  // 6848.1904505362823326
      0x1.37d133e6111ecp11,  // 2494.5375852903726711
      0x1.2aa2986aba462p9,  // 597.27027639480026226
      0x1.7606d0dd78164p6,  // 93.506656132177855979
      0x1.1c42c35b8bc02p3,  // 8.8831497943883759412
      0x1.98841fadbdc66p-2,  // 0.39894151208813466764
      0x1.71e703c5f5815p-27)  // 1.0765576773720192317e-8
    let denominator = polynomial(
      y,
      0x1.3395b7fd35f61p14,  // 19685.429676859990727
      0x1.300001aeb6fe4p15,  // 38912.003286093271411
      0x1.10a9e7cb10e86p15,  // 34900.952721145977266
      0x1.22de495c3a6a3p14,  // 18615.571640885098091
      0x1.9558eeca29d27p12,  // 6485.558298266760755
      0x1.7bd82a96b49bfp10,  // 1519.377599407554805
      0x1.d6c69b0ffcde7p7,  // 235.38790178262499861
      0x1.64445aaec9f9bp4,  // 22.266688044328115691
      1)
    return numerator / denominator
  }

  private static func farTailCumulative(_ y: Double) -> Double {
    let square = 1 / (y * y)
    let numerator = polynomial(
      square,
      0x1.e86ed886dc483p-16,  // 2.9112874951168792e-5
      0x1.74ab3fc4e4f8bp-10,  // 0.001421619193227893466
      0x1.6c4d83d16707ap-6,  // 0.022235277870649807
      0x1.04eae6653ed94p-3,  // 0.1274011611602473639
      0x1.ba2902b84421cp-3,  // 0.21589853405795699
      0x1.7a090772574dap-6)  // 0.02307344176494017303
    let denominator = polynomial(
      square,
      0x1.32147a014bad1p-14,  // 7.29751555083966205e-5
      0x1.efc42917d7de7p-9,  // 0.00378239633202758244
      0x1.0e4993e122c39p-4,  // 0.0659881378689285515
      0x1.df79d6855f0adp-2,  // 0.468238212480865118
      0x1.48c54508800dbp0,  // 1.28426009614491121
      1)
    let peak = 0x1.9884533d43651p-2  // 1 / √(2π)
    return (peak - square * (numerator / denominator)) / y
  }
}
