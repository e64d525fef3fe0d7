import Compression
import Foundation

/// A run of `bench` from paths to a report: the command only parses and prints.
public struct BenchmarkSession: Sendable {
  public var paths: [String]
  public var synthetic: [SyntheticData]
  public var syntheticBytes: Int64
  public var plan: BenchmarkPlan
  public var estimate: FailoverEstimate

  public init(
    paths: [String], synthetic: [SyntheticData] = [], syntheticBytes: Int64 = 64_000_000,
    plan: BenchmarkPlan = BenchmarkPlan(), estimate: FailoverEstimate = FailoverEstimate()
  ) {
    self.paths = paths
    self.synthetic = synthetic
    self.syntheticBytes = syntheticBytes
    self.plan = plan
    self.estimate = estimate
  }

  public struct Outcome: Sendable {
    public var report: BenchmarkReport
    public var estimate: FailoverEstimate
    /// Nothing could be measured because none of the paths exists.
    public var isBadInput: Bool
  }

  /// Walks, measures and reports; `progress` gets a word on what is measured.
  public func run(progress: @escaping @Sendable (String) -> Void = { _ in }) throws -> Outcome {
    let catalog = InputCatalog(paths: paths)
    let inputs =
      catalog.inputs + synthetic.map { Input.synthetic($0, byteCount: syntheticBytes) }
    let report = try Benchmark(plan, progress: progress).run(inputs, problems: catalog.problems)
    let areMissing = paths.allSatisfy { !FileManager.default.fileExists(atPath: $0) }
    return Outcome(report: report, estimate: estimate, isBadInput: areMissing)
  }
}

/// Why a benchmark ended without a result: a program that failed, a file that cannot be written, or output
/// that is not what went in.
public struct BenchmarkError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

/// How a report is written.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
  case text, json, csv, markdown
}

extension BenchmarkSession.Outcome {
  /// The report, or the answers to the claims.
  public func rendered(as format: ReportFormat, claims: Bool) throws -> String {
    if claims { return try Claims.rendered(report, as: format) }
    let renderer = BenchmarkRenderer(report, estimate: estimate)
    return switch format {
    case .text: renderer.text()
    case .markdown: renderer.markdown()
    case .csv: renderer.csv()
    case .json: try report.json()
    }
  }
}

/// Bounds of what the command line may ask for.
public enum BenchmarkLimits {
  /// A number of threads this machine has CPUs for; more would measure the scheduler.
  public static func threads(_ text: String) throws(QuantityError) -> Int {
    let most = ProcessInfo.processInfo.activeProcessorCount
    guard let count = Int(text), (1...most).contains(count) else {
      throw QuantityError(
        description: "'\(text)' is not a number of threads from 1 to \(most), the CPUs here")
    }
    return count
  }

  /// A kind of generated data.
  public static func synthetic(_ text: String) throws(QuantityError) -> SyntheticData {
    guard let data = SyntheticData(rawValue: text) else {
      let known = SyntheticData.allCases.map(\.rawValue).joined(separator: ", ")
      throw QuantityError(description: "'\(text)' is no kind of generated data; expected \(known)")
    }
    return data
  }
}
