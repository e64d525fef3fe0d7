/// Numbers that look random, the same in every run (G. Marsaglia, "Xorshift RNGs", 2003).
struct TestGenerator {
  private var state: UInt64

  init(state: UInt64) { self.state = state &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func below(_ bound: Int64) -> Int64 { Int64(next() >> 1) % bound }
}
