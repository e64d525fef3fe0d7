import Failover
import FailoverSim
import Testing

@Suite struct PathModelTests {
  private let tenthOfASecond = Duration.milliseconds(50)

  @Test func `without loss a stream moves a window per round trip`() {
    let path = PathModel(latency: tenthOfASecond)
    #expect(path.limit(of: TCPStream()) == DataRate(bytesPerSecond: 41_943_040))
    #expect(path.limit(of: .ssh) == DataRate(bytesPerSecond: 20_971_520))
    // 1000 bytes in 3 ns, rounded down.
    let short = PathModel(roundTrip: .nanoseconds(3), loss: 0)
    let expected = DataRate(bytesPerSecond: 333_333_333_333)
    #expect(short.limit(of: TCPStream(window: ByteCount(1000))) == expected)
  }

  /// Where p = 1.5 / 4ⁿ, √(3/2)/√p is 2ⁿ and the formula comes out even.
  @Test(arguments: 1...20)
  func `under loss a stream follows the formula of Mathis and others`(power: Int64) throws {
    let path = PathModel(latency: tenthOfASecond, loss: try #require(Ratio(3, over: 2 << (2 * power))))
    let unbounded = TCPStream(window: ByteCount(.max))
    #expect(path.limit(of: unbounded) == DataRate(bytesPerSecond: 14_600 << power))
    let larger = TCPStream(maximumSegmentSize: ByteCount(8960), window: ByteCount(.max))
    #expect(path.limit(of: larger) == DataRate(bytesPerSecond: 89_600 << power))
  }

  @Test func `four times the loss or twice the distance halves the rate`() {
    let near = PathModel(roundTrip: .milliseconds(20), loss: 0.001)
    let lossy = PathModel(roundTrip: .milliseconds(20), loss: 0.004)
    let far = PathModel(roundTrip: .milliseconds(40), loss: 0.001)
    let rate = near.limit(of: TCPStream()).bytesPerSecond
    // 1460 / 0.02 · √1500 = 2827277.84…
    #expect(rate == 2_827_277)
    #expect(lossy.limit(of: TCPStream()).bytesPerSecond == rate / 2)
    #expect(far.limit(of: TCPStream()).bytesPerSecond == rate / 2)
  }

  @Test func `the window bounds a stream where loss does not`() {
    let path = PathModel(roundTrip: .milliseconds(100), loss: 1e-12)
    #expect(path.limit(of: TCPStream()) == DataRate(bytesPerSecond: 41_943_040))
  }

  @Test(arguments: [1, 1.5, Double.nan, .infinity])
  func `nothing gets through where everything is lost`(loss: Double) {
    #expect(PathModel(roundTrip: .seconds(1), loss: loss).limit(of: TCPStream()) == .zero)
  }

  @Test(arguments: [Duration.zero, .seconds(-1)])
  func `no distance is no limit`(roundTrip: Duration) {
    #expect(PathModel(roundTrip: roundTrip, loss: 0.5).limit(of: TCPStream()) == .unlimited)
  }

  @Test func `streams without a window or without data stand still`() {
    let path = PathModel(latency: tenthOfASecond, loss: .percent(1))
    #expect(path.limit(of: TCPStream(window: ByteCount(-1))) == .zero)
    #expect(path.limit(of: TCPStream(maximumSegmentSize: .zero)) == .zero)
  }
}
