import Compression
import Foundation

/// Data that can be made where real data cannot be handed over. Whatever is measured on it is labelled
/// *synthetic* in every output.
public enum SyntheticData: String, Hashable, Sendable, CaseIterable {
  case fp32
  case fp16
  case bf16
  case tokens
  case csv
  case random

  public var kind: DataKind {
    switch self {
    case .fp32: .weightsFP32
    case .fp16: .weightsFP16
    case .bf16: .weightsBF16
    case .tokens: .tokens
    case .csv: .csv
    case .random: .other
    }
  }
}

/// An endless run of generated data, the same for the same seed however it is cut.
struct SyntheticStream {
  private let data: SyntheticData
  private var random: SplitMix64
  private var pending: [UInt8] = []
  private var row = 0
  private var tensorScale: Float = 0

  init(_ data: SyntheticData, seed: UInt64) {
    self.data = data
    random = SplitMix64(state: seed)
  }

  /// The next `count` bytes.
  mutating func next(_ count: Int) -> [UInt8] {
    pending.reserveCapacity(count + (64 << 10))
    while pending.count < count {
      appendRow()
      row += 1
    }
    let result = Array(pending.prefix(count))
    pending.removeFirst(count)
    return result
  }

  private mutating func appendRow() {
    switch data {
    case .fp32: appendWeights { ($0.bitPattern, 4) }
    case .fp16: appendWeights { (UInt32(Float16($0).bitPattern), 2) }
    case .bf16:
      // The upper half of a float, rounded to nearest, ties to even.
      appendWeights {
        let bits = $0.bitPattern
        return ((bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16, 2)
      }
    case .tokens: appendTokens()
    case .csv: appendCSV()
    case .random: append(random.next(), bytes: 8)
    }
  }

  /// One row of a weight matrix: normal values, whose spread is 0.04 to 0.095 by matrix and varies by a fifth
  /// from row to row. Those are the figures of the 37 matrices of all-MiniLM-L6-v2 (spread 0.039-0.096 in all
  /// but two, variation of the rows' spreads 0.08-0.39, mostly 0.2; kurtosis 3-5 in most).
  @inline(__always)
  private mutating func appendWeights(_ encode: (Float) -> (UInt32, Int)) {
    if row % 1_000 == 0 { tensorScale = 0.04 + 0.055 * random.unit() }
    let scale = tensorScale * (0.65 + 0.7 * random.unit())
    for _ in 0..<384 {
      let (bits, count) = encode(scale * random.normal())
      append(UInt64(bits), bytes: count)
    }
  }

  /// Token numbers of a vocabulary of 50,000 in 16 bits; the k-th most frequent one occurs in proportion to
  /// 1/k, as words do.
  private mutating func appendTokens() {
    let number = Foundation.exp(Double(random.unit()) * Foundation.log(50_000.0))
    append(UInt64(number) - 1, bytes: 2)
  }

  /// A line of measurements: a running time stamp, one of few names, numbers with decimals.
  private mutating func appendCSV() {
    let hosts = ["gpu-a100-0", "gpu-a100-1", "gpu-l4-0", "standby-0"]
    let states = ["ok", "ok", "ok", "suspect", "down"]
    let host = hosts[Int(random.next() % 4)]
    let state = states[Int(random.next() % 5)]
    let latency = Format.fixed(Double(random.unit()) * 250, 3)
    let price = Format.fixed(0.2 + Double(random.unit()) * 0.3, 4)
    let line = "\(1_767_225_600 + row * 10),\(host),\(state),\(latency),\(price),\(random.next() % 100)\n"
    pending.append(contentsOf: line.utf8)
  }

  @inline(__always)
  private mutating func append(_ value: UInt64, bytes count: Int) {
    for i in 0..<count { pending.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): eight good random bytes for a handful of instructions.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From 0 up to but not including 1.
  mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Nearly normal, mean 0 and variance 1: the sum of six uniform numbers, divided by its spread of
  /// sqrt(6/12). Close enough for a compressor, which sees exponents and noise; tails end at 4.2.
  mutating func normal() -> Float {
    let (a, b) = (next(), next())
    let mask: UInt64 = 0x1F_FFFF
    let sum =
      (a & mask) + ((a >> 21) & mask) + (a >> 43) + (b & mask) + ((b >> 21) & mask) + (b >> 43)
    return (Float(Int64(sum) - 6 * 0x10_0000) * 0x1p-21) * 1.414_213_5
  }
}
