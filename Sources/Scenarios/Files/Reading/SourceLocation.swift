/// Where a value was written: a place in a file, or a command-line option that stands in for one.
public enum SourceLocation: Sendable, Hashable {
  /// A file as a whole.
  case file(String)
  /// A place in a file; line and column count from 1, columns in Unicode scalars.
  case position(file: String, line: Int, column: Int)
  /// An option such as `--set clock.overshoot=0.49ms`; `number` is its place among the options of its kind.
  case option(String, number: Int)

  /// True when the value came from the command line and not from a file.
  public var isOption: Bool {
    if case .option = self { true } else { false }
  }

  /// The line in the file, where there is one.
  public var line: Int? {
    if case .position(_, let line, _) = self { line } else { nil }
  }
}

extension SourceLocation: Comparable {
  /// The order in which problems are listed: the file as a whole, then line by line, then the options.
  public static func < (a: SourceLocation, b: SourceLocation) -> Bool { a.rank < b.rank }

  private var rank: (Int, Int, Int) {
    switch self {
    case .file: (0, 0, 0)
    case .position(_, let line, let column): (1, line, column)
    case .option(_, let number): (2, number, 0)
    }
  }
}

extension SourceLocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let name): name
    case .position(let file, let line, let column): "\(file):\(line):\(column)"
    case .option(let text, _): shortened(text, to: 120)
    }
  }
}
