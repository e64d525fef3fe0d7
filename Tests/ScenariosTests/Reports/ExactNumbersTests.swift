import Failover
import Foundation
import Testing

@testable import Scenarios

struct ExactNumbersTests {
  @Test(arguments: [
    (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (12_500_000_000, "12.5"), (18_630_000_000, "18.63"),
    (100_000_000_000, "100"), (-1_500_000_000, "-1.5"), (Int64.max, "9223372036.854775807"),
    (Int64.min, "-9223372036.854775808"),
  ])
  func `seconds have as many decimals as they need`(nanoseconds: Int64, text: String) {
    #expect(Duration.nanoseconds(nanoseconds).secondsText == text)
  }

  @Test func `the text is the number that Foundation's Decimal makes of it`() {
    var number: UInt64 = 1
    for round in 0..<2_000 {
      // The constants of Knuth's MMIX generator; shifted, so that every magnitude has its turn.
      number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Int64(bitPattern: number) >> Int64(round % 64)
      for decimals in [3, 9] {
        let expected = Decimal(sign: .plus, exponent: -decimals, significand: Decimal(value))
        #expect(exactText(value, decimals: decimals) == expected.description)
      }
    }
  }

  @Test func `a share is rounded to nine decimals`() {
    #expect(Duration.seconds(1).shareText(of: .seconds(3)) == "0.333333333")
    #expect(Duration.seconds(2).shareText(of: .seconds(3)) == "0.666666667")
    #expect(Duration.seconds(3).shareText(of: .seconds(3)) == "1")
    #expect(Duration.zero.shareText(of: .seconds(3)) == "0")
    #expect(Duration.zero.shareText(of: .zero) == nil)
  }
}
