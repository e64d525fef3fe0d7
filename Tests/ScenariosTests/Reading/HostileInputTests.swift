import Testing

@testable import Scenarios

struct HostileInputTests {
  /// Reads bytes as a file; the error's first line, or `ok`.
  private func outcome(_ bytes: [UInt8]) -> String {
    do {
      _ = try Document(bytes: bytes, name: "x.yaml").read(DemoScenario.init)
      return "ok"
    } catch {
      return error.problems[0].description
    }
  }

  private func outcome(_ text: String) -> String { outcome(Array(text.utf8)) }

  @Test(arguments: [
    String(repeating: "[", count: 1_000_000), String(repeating: "{", count: 1_000_000),
    String(repeating: "[a: ", count: 900) + String(repeating: "]", count: 900),
    String(repeating: "- ", count: 100_000), String(repeating: "- ", count: 900) + "a",
    String(repeating: "a: {", count: 65) + String(repeating: "}", count: 65),
    (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
  ]) func `deep nesting is told, whatever brings it about`(text: String) {
    let message = outcome(text)
    #expect(message.contains("nested") || message.contains("': ' is not allowed"), "\(message)")
  }

  @Test(arguments: [
    String(repeating: "? ", count: 100_000), String(repeating: "? ", count: 900) + "a",
    String(repeating: "- [? a]\n", count: 10_000), String(repeating: "- {[a]: 1}\n", count: 10_000),
  ]) func `keys within keys are refused before they cost time`(text: String) {
    #expect(outcome(text).contains("keys that are lists, mappings or aliases are refused"))
  }

  @Test func `aliases of aliases of aliases are told before they fill the memory`() {
    let bomb =
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      + (1..<12).map { n in
        "a\(n): &a\(n) [" + Array(repeating: "*a\(n - 1)", count: 10).joined(separator: ", ") + "]\n"
      }
      .joined()
    #expect(
      outcome(bomb).contains(
        "there are more than 100000 values; each alias (*name) repeats all it stands for"))
    // As a key, the bomb would go off within the library, which hashes keys.
    #expect(outcome(bomb + "? *a11\n: 1\n").contains("keys that are lists, mappings or aliases are refused"))
    #expect(outcome(bomb + "*a11 : 1\n").contains("keys that are lists, mappings or aliases are refused"))
    #expect(outcome(bomb + "[*a11] : 1\n").contains("keys that are lists, mappings or aliases are refused"))
  }

  @Test func `long keys, long values and many keys are just wrong`() {
    #expect(
      outcome(String(repeating: "k", count: 200_000) + ": 1").hasPrefix(
        "x.yaml:1:200001: error: a ': ' is not"))
    #expect(
      outcome("name: x\n? " + String(repeating: "k", count: 200_000) + "\n: 1").contains("kkkk…'. Known here")
    )
    #expect(outcome("name: " + String(repeating: "k", count: 200_000)) == "ok")
    #expect(outcome("name: x\n" + (0..<5_000).map { "k\($0): 1\n" }.joined()).contains("unknown key"))
    #expect(outcome((0..<5_000).map { _ in "name: 1\n" }.joined()).contains("given twice"))
    #expect(outcome("name: x\noffers:\n" + String(repeating: "- 1\n", count: 20_000)).contains("offers[0]"))
    #expect(
      outcome(String(repeating: "x", count: 3_000) + String(repeating: ":\n ", count: 9)).contains("error"))
  }

  @Test func `whatever happens to a file, it is read or refused`() {
    let seeds = [
      demoText, "\u{FEFF}name: x\r\ndetection:\r\n  interval: 10s   # not the default\r\n  timeout: 2s\r\n",
      "name: x\nstartDelay:\n  mixture:\n    parts:\n      - uniform: {low: 1s, high: 2s}\n      - 30s\n",
      "name: x\nfaults:\n  - at: 10d\n    crash: {host: gpu-1}\n  - {at: 1h30min, slowLink: {rate: 64KiB/s}}\n",
      "name: &n x\noffers: &o\n  - &p {price: $1/h}\n  - *p\nsteps: [checkHealth, {wait: 1s}]\n",
      "name: |\n  several\n  lines\nstartDelay: >-\n  5s\ndetection: {interval: \"1\\u0073\", 'timeout': 1s}\n",
      "---\nname: x\nclock:\n  overshoot: 1ms\n...\n", "? name\n: x\n? offers\n: - price: $1/h\n",
    ].map { Array($0.utf8) }
    var random = TestRandom(state: 6)
    var counts = (read: 0, refused: 0)
    for _ in 0..<10_000 {
      let seed = seeds.randomElement(using: &random) ?? []
      let text = mutated(seed, with: seeds, using: &random)
      if outcome(text) == "ok" { counts.read += 1 } else { counts.refused += 1 }
    }
    #expect(counts.read > 300 && counts.refused > 3_000, "\(counts)")
  }
}
