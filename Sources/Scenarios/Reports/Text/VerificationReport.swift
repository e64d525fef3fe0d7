import Failover

/// What verifying several scenarios has shown, as a table.
public struct VerificationReport {
  private var table = TextTable([
    ("scenario", .left), ("runs", .right), ("interruptions", .right), ("broken", .right), ("", .left),
  ])
  private var failures: [String] = []
  private let style: Style

  public init(style: Style) { self.style = style }

  /// Whether everything that must hold did hold.
  public var holds: Bool { failures.isEmpty }

  public mutating func add(_ path: String, _ verification: Verification) {
    let broken = verification.failures
    table.add(
      [
        path, "\(verification.runs)", "\(verification.interruptions)", "\(broken.count)",
        broken.isEmpty ? "everything held" : "BROKEN",
      ], tone: broken.isEmpty ? .good : .bad, in: 4)
    // The first few are enough to find a mistake; each can be repeated by its line.
    for failure in broken.prefix(3) {
      failures.append("  simulate-failover run \(path) --seed \(failure.seed)")
      failures += failure.violations.prefix(3).map { "    \($0)" }
    }
  }

  public mutating func skip(_ path: String, _ why: String) {
    table.add([path, "–", "–", "–", why], tone: .faint, in: 4)
  }

  public func render() -> String {
    let heading = failures.isEmpty ? [] : ["", style("What must always hold did not:", .bad)]
    return (table.lines(style, indent: 0) + heading + failures).joined(separator: "\n") + "\n"
  }
}
