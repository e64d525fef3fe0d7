import Compression

/// Data to measure: the user's files of one kind, laid one after the other as in an archive, or generated
/// data.
public struct Input: Sendable {
  public enum Source: Sendable {
    /// Paths with the sizes they had when the folder was walked.
    case files([FileEntry])
    case generated(SyntheticData, seed: UInt64)
  }

  public struct FileEntry: Hashable, Sendable {
    public var path: String
    public var byteCount: Int64
  }

  /// What reports call it, such as `source, 1842 files` or `synthetic fp32`.
  public var name: String
  public var kind: DataKind
  public var byteCount: Int64
  public var source: Source

  public var isSynthetic: Bool {
    if case .generated = source { true } else { false }
  }

  /// Generated data of `byteCount` bytes.
  public static func synthetic(_ data: SyntheticData, byteCount: Int64, seed: UInt64 = 1) -> Input {
    Input(
      name: "synthetic \(data.rawValue)", kind: data.kind, byteCount: byteCount,
      source: .generated(data, seed: seed))
  }
}

/// A file that could not be measured, wholly or in part, and why.
public struct InputProblem: Hashable, Sendable, Codable {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// A line for every problem, or for many of the same reason one that names the first and counts the rest.
  public static func summary(_ problems: [InputProblem]) -> [String] {
    var reasons: [String] = []
    var paths: [String: [String]] = [:]
    for problem in problems {
      if paths[problem.reason] == nil { reasons.append(problem.reason) }
      paths[problem.reason, default: []].append(problem.path)
    }
    return reasons.flatMap { reason -> [String] in
      let all = paths[reason] ?? []
      guard all.count > 3 else { return all.map { "\($0): \(reason)" } }
      return ["\(all[0]) and \(all.count - 1) more: \(reason)"]
    }
  }
}
