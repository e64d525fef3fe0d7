import FailoverSim

/// How the cells of a sweep are chosen from all combinations of the values.
public enum CellSampling: Sendable, Hashable {
  /// Every combination, the last value varying fastest.
  case grid
  /// So many, each value drawn by itself.
  case random(cells: Int)
  /// So many, spread evenly.
  case sobol(cells: Int)

  public static let maximumCells = 100_000

  /// The combinations, each once.
  ///
  /// - Parameters:
  ///   - seed: decides what `random` draws.
  ///   - accepts: which combinations are wanted; called once for each that is drawn.
  /// - Returns: those that are wanted, and how many were not.
  /// - Throws: `InvalidFile` when a grid has a range without a spacing or is too large; what `accepts` throws.
  func combinations(
    of variations: [Variation], seed: UInt64, accepts: ([Cell.Parameter]) throws(InvalidFile) -> Bool
  ) throws(InvalidFile) -> (cells: [[Cell.Parameter]], excluded: Int) {
    switch self {
    case .grid: return try grid(variations, accepts)
    case .random(let count):
      let streams = variations.map { RandomStream(seed: seed, name: "sweep \($0.place)") }
      return try drawn(count, variations, accepts) { index in
        streams.map { stream in
          var draw = stream.draw(UInt64(index))
          return draw.nextUnit()
        }
      }
    case .sobol(let count):
      let sequence = SobolSequence(dimensions: variations.count)
      return try drawn(count, variations, accepts) { sequence.point(UInt32($0)) }
    }
  }

  private func grid(
    _ variations: [Variation], _ accepts: ([Cell.Parameter]) throws(InvalidFile) -> Bool
  ) throws(InvalidFile) -> (cells: [[Cell.Parameter]], excluded: Int) {
    var size = 1
    for variation in variations {
      guard let values = variation.values else {
        throw InvalidFile(
          Problem(
            "a grid needs a spacing: a step such as lo..hi:1s, a number of values such as lo..hi:n10 or lo..hi:log10",
            at: variation.location))
      }
      let (product, overflow) = size.multipliedReportingOverflow(by: values.count)
      size = product
      guard !overflow, size <= Self.maximumCells else {
        throw InvalidFile(Problem("the grid has more than \(Self.maximumCells) cells", at: variation.location))
      }
    }
    var cells: [[Cell.Parameter]] = []
    var excluded = 0
    for number in 0..<size {
      var rest = number
      var cell: [Cell.Parameter] = []
      for variation in variations.reversed() {
        guard let values = variation.values else { continue }
        cell.insert(Cell.Parameter(path: variation.path, value: values[rest % values.count]), at: 0)
        rest /= values.count
      }
      if try accepts(cell) { cells.append(cell) } else { excluded += 1 }
    }
    return (cells, excluded)
  }

  /// Draws until there are enough, or until it is hardly ever something new or wanted.
  private func drawn(
    _ count: Int, _ variations: [Variation], _ accepts: ([Cell.Parameter]) throws(InvalidFile) -> Bool,
    point: (Int) -> [Double]
  ) throws(InvalidFile) -> (cells: [[Cell.Parameter]], excluded: Int) {
    var cells: [[Cell.Parameter]] = []
    var seen: Set<[Cell.Parameter]> = []
    var excluded = 0
    for index in 0..<min(count, Self.maximumCells) * 50 where cells.count < count {
      let cell = zip(variations, point(index)).map { variation, part in
        Cell.Parameter(path: variation.path, value: variation.value(at: part))
      }
      guard seen.insert(cell).inserted else { continue }
      if try accepts(cell) { cells.append(cell) } else { excluded += 1 }
    }
    return (cells, excluded)
  }
}
