/// Two quantities that were varied against each other, for maps: the one with more values goes down the side.
struct ParameterGrid {
  typealias Parameters = [(path: String, value: String)]

  let side: (name: String, values: [String])
  let top: (name: String, values: [String])
  /// Whether the side is the second of a cell's parameters.
  private let isTurned: Bool

  /// More columns find no room, and more rows are no picture any more.
  private static let (mostColumns, mostRows) = (12, 60)

  /// `nil` unless two quantities with several values each were varied, and few enough for a map.
  init?(_ cells: [Parameters]) {
    guard let first = cells.first, cells.allSatisfy({ $0.count == 2 }) else { return nil }
    func values(_ place: Int) -> [String] {
      var seen: Set<String> = []
      return cells.map { $0[place].value }.filter { seen.insert($0).inserted }
    }
    let (one, other) = (values(0), values(1))
    isTurned = one.count < other.count
    side = isTurned ? (first[1].path, other) : (first[0].path, one)
    top = isTurned ? (first[0].path, one) : (first[1].path, other)
    guard top.values.count > 1, top.values.count <= Self.mostColumns, side.values.count <= Self.mostRows else {
      return nil
    }
  }

  /// What each combination has, by row and column; `nil` where there is no cell.
  func table<Cell, Value>(
    of cells: [Cell], at parameters: (Cell) -> Parameters, _ value: (Cell) throws -> Value?
  ) rethrows -> [[Value?]] {
    var found: [[String]: Value] = [:]
    for cell in cells { found[key(parameters(cell))] = try value(cell) }
    return side.values.map { row in top.values.map { found[[row, $0]] } }
  }

  /// The row and the column of a cell; `nil` for one that is not among these.
  func place(of parameters: Parameters) -> (row: Int, column: Int)? {
    let key = key(parameters)
    guard key.count == 2, let row = side.values.firstIndex(of: key[0]), let column = top.values.firstIndex(of: key[1])
    else {
      return nil
    }
    return (row, column)
  }

  private func key(_ parameters: Parameters) -> [String] {
    let values = parameters.map(\.value)
    return isTurned ? values.reversed() : values
  }

  /// `interval 5s, failureThreshold 2`: the last part of each path says enough beside a drawing.
  static func name(of parameters: Parameters) -> String {
    parameters.map { "\(short($0.path)) \($0.value)" }.joined(separator: ", ")
  }

  /// The last part of a path.
  static func short(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? path }
}
