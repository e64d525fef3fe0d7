import Failover

/// How one TCP connection fills a path.
public struct TCPStream: Sendable, Hashable {
  /// Data bytes in a full packet. 1460 are what the 1500 of Ethernet leave after 20 of IPv4 and 20 of TCP (RFC 9293).
  public var maximumSegmentSize: ByteCount
  /// How much may be on its way without an answer. 4 MiB is the most to which Linux lets a send buffer grow by itself
  /// (`tcp_wmem` in the kernel's ip-sysctl: "between 64K and 4MB, depending on RAM size").
  public var window: ByteCount

  /// Values below zero count as zero.
  public init(maximumSegmentSize: ByteCount = ByteCount(1460), window: ByteCount = .mebibytes(4)) {
    self.maximumSegmentSize = maximumSegmentSize
    self.window = window
  }

  /// A connection inside OpenSSH, rsync's usual one. Its channel has a window of its own of 64 packets of 32 KiB
  /// (`CHAN_SES_WINDOW_DEFAULT`), 2 MiB, which is smaller than TCP's.
  public static let ssh = TCPStream(window: .mebibytes(2))
}

/// What distance and loss make of a path, without a thought to its capacity.
public struct PathModel: Sendable, Hashable {
  /// From sending a packet until its answer is back, without waiting in queues; zero or more.
  public var roundTrip: Duration
  /// The share of packets that do not arrive, from 0 to 1.
  public var loss: Double

  public init(roundTrip: Duration, loss: Double) {
    self.roundTrip = roundTrip
    self.loss = loss
  }

  /// A path as long in both directions.
  ///
  /// - Parameter latency: one way; zero or more.
  public init(latency: Duration, loss: Ratio = .zero) {
    self.init(roundTrip: latency * 2, loss: loss.value)
  }

  /// What one TCP stream moves at most, in whole bytes per second rounded down.
  ///
  /// Two things bound it. A window per round trip. And, under loss p, (MSS / RTT)·√(3/2)/√p: M. Mathis, J. Semke,
  /// J. Mahdavi and T. Ott, "The macroscopic behavior of the TCP congestion avoidance algorithm", Computer
  /// Communication Review 27 (1997), for losses far enough apart that time-outs play no part: below about one in a
  /// hundred. Beyond that a real stream is slower still. It describes Reno; CUBIC does somewhat better over long
  /// paths, BBR much.
  ///
  /// - Returns: `.unlimited` when the round trip takes no time; `.zero` when everything is lost. A loss that is not a
  ///   number counts as 1.
  public func limit(of stream: TCPStream) -> DataRate {
    guard loss < 1 else { return .zero }
    let nanoseconds = roundTrip.wholeNanoseconds
    guard nanoseconds > 0 else { return .unlimited }
    let window = Int128(max(0, stream.window.bytes)) * 1_000_000_000 / Int128(nanoseconds)
    let windowLimit = DataRate(bytesPerSecond: Int64(clamping: window))
    guard loss > 0 else { return windowLimit }
    let segments = Double(max(0, stream.maximumSegmentSize.bytes)) * 1e9 / Double(nanoseconds)
    let rate = segments * (1.5 / loss).squareRoot()
    guard rate < 0x1p63 else { return windowLimit }
    return min(windowLimit, DataRate(bytesPerSecond: Int64(rate)))
  }
}

extension DataRate {
  /// More than anything asks for: the rate of what nothing bounds.
  public static let unlimited = DataRate(bytesPerSecond: .max)
}
