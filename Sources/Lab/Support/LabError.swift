/// Why the lab could not do something.
public enum LabError: Error, Sendable, CustomStringConvertible, Equatable {
  /// This machine cannot have test hosts; says what is missing and what still runs.
  case obstacle(String)
  /// A program of the system's failed; what was to be done, and what it said.
  case failed(String, String)
  /// This host did not come up; what its log says.
  case didNotStart(String, log: String)
  /// The kernel cannot shape links in the way that was asked for.
  case notOffered(String)
  /// A setting that cannot be.
  case invalid(String)

  public var description: String {
    switch self {
    case .obstacle(let what): what
    case .failed(let what, let said): "\(what): \(said.isEmpty ? "failed without a word" : said)"
    case .didNotStart(let host, let log): "\(host) did not start: \(log.isEmpty ? "nothing in its log" : log)"
    case .notOffered(let what): what
    case .invalid(let what): what
    }
  }
}
