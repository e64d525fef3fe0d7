/// The figure that a tuning makes as good as it can be: `mttrFull.p95`, as little of it as possible.
public struct Objective: Sendable {
  /// Whether one wants little or much of a figure.
  public enum Direction: String, Sendable, Hashable, CaseIterable { case minimize, maximize }

  public let target: FigureStatistic
  public let direction: Direction

  /// - Parameters:
  ///   - text: a figure such as `mttrFull.p95`; the mean is meant when there is no statistic.
  ///   - option: for messages; by default `--minimize` or `--maximize`.
  /// - Throws: `InvalidFile` when no figure has the name, or when one would rather have the opposite of it.
  public init(_ text: String, _ direction: Direction = .minimize, option: String? = nil) throws(InvalidFile) {
    let location = SourceLocation.option("\(option ?? "--\(direction.rawValue)") \(text)", number: 1)
    target = try FigureStatistic(text.trimmingSpaces, at: location)
    self.direction = direction
    let opposite: Direction = direction == .minimize ? .maximize : .minimize
    if target.figure.better == (direction == .minimize ? .higher : .lower) {
      throw InvalidFile(
        Problem(
          "\(target.figure.better == .lower ? "less" : "more") \(target.figure.label) is better; "
            + "use --\(opposite.rawValue)", at: location))
    }
  }

  /// A second figure beside the objective, such as `cost`, in whichever direction is better; little of it when neither
  /// is.
  ///
  /// - Throws: `InvalidFile` when no figure has the name.
  public init(against text: String) throws(InvalidFile) {
    target = try FigureStatistic(text.trimmingSpaces, at: .option("--against \(text)", number: 1))
    direction = target.figure.better == .higher ? .maximize : .minimize
  }

  /// 1 where less is better and -1 where more is: a value times this is always better when it is less.
  var sign: Double { direction == .minimize ? 1 : -1 }

  /// `mttrFull.p95`
  public var name: String { target.name }
}
