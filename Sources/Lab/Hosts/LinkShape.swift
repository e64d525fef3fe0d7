/// What a host's link lets through. Loss and rate hold for each direction by itself.
public struct LinkShape: Sendable, Equatable {
  /// Towards the host, in bytes a second; `nil` as fast as the machine can.
  public var downloadRate: Int64?
  /// From the host, in bytes a second.
  public var uploadRate: Int64?
  /// The share of packets that are lost, 0...1.
  public var loss: Double
  /// How long a packet is under way in one direction. Needs a kernel with netem.
  public var delay: Duration

  public init(
    downloadRate: Int64? = nil, uploadRate: Int64? = nil, loss: Double = 0, delay: Duration = .zero
  ) {
    self.downloadRate = downloadRate
    self.uploadRate = uploadRate
    self.loss = loss
    self.delay = delay
  }

  /// - Throws: `.invalid`.
  func validate() throws(LabError) {
    for rate in [downloadRate, uploadRate].compactMap({ $0 }) where !(1000...100_000_000_000).contains(rate) {
      throw .invalid("a link's rate is 1 kB/s to 100 GB/s, not \(rate) bytes a second")
    }
    guard (0...1).contains(loss) else { throw .invalid("a link's loss is 0 to 1, not \(loss)") }
    guard delay >= .zero, delay <= .seconds(10) else { throw .invalid("a link's delay is 0 to 10 s, not \(delay)") }
  }

  /// The script for both ends of a link. It is told with `$1` which end it is at (`outside` the machine's,
  /// `inside` the host's), and `$2` is the device there.
  ///
  /// Packets are dropped by two instructions of the old packet filter, which needs no program beside `tc`: one
  /// draws 32 random bits, the other compares them. At the machine's end both directions pass by, and there a
  /// drop looks like the network's: at the sender's own end the kernel would know of it and send again.
  func script(isPartitioned: Bool) -> String {
    func queue(_ rate: Int64?) -> String {
      let microseconds = delay / .microseconds(1)
      if delay > .zero {
        // Long enough a queue for a second of the fastest link that is worth delaying.
        return "netem limit 100000 delay \(Int64(microseconds))us"
          + (rate.map { " rate \($0 * 8)bit" } ?? "")
      }
      // 4 ms of data, at least one packet of the largest size that the kernel hands on in one piece; a queue of
      // 100 ms, as home routers have.
      return rate.map { "tbf rate \($0 * 8)bit burst \(max(65_536, $0 / 250)) latency 100ms" } ?? ""
    }
    func setQueue(_ rate: Int64?) -> String {
      let queue = queue(rate)
      return queue.isEmpty
        ? "tc qdisc delete dev \"$2\" root 2>/dev/null || true" : "tc qdisc replace dev \"$2\" root \(queue)"
    }
    // 32 0 0 N: load 32 random bits; 53 1 0 N: at least N? then skip one; 6 0 0 2: drop; 6 0 0 0: let through.
    let threshold = UInt32(min(loss * 4_294_967_296, 4_294_967_295))
    var filters: [String] = []
    if isPartitioned || loss == 1 {
      filters.append("1,6 0 0 2")
    } else if threshold > 0 {
      filters.append("4,32 0 0 4294963256,53 1 0 \(threshold),6 0 0 2,6 0 0 0")
    }
    var lines = [
      "set -e", "if [ \"$1\" = outside ]; then", setQueue(downloadRate),
      "tc qdisc delete dev \"$2\" clsact 2>/dev/null || true",
    ]
    if !filters.isEmpty { lines.append("tc qdisc add dev \"$2\" clsact") }
    for filter in filters {
      for direction in ["egress", "ingress"] {
        // Only IP: an address that nobody answers for would be an error at once, not silence.
        lines.append(
          "tc filter add dev \"$2\" \(direction) protocol ip bpf direct-action bytecode '\(filter)'")
      }
    }
    lines += ["else", setQueue(uploadRate), "fi"]
    return lines.joined(separator: "\n") + "\n"
  }
}
