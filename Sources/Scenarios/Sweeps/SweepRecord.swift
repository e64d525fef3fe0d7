/// The finished cells of a sweep in a file, so that it can be taken up again wherever it was cut off.
public final class SweepRecord: Sendable {
  /// The results that were there, by the number of the cell.
  public let results: [Int: CellResult]
  private let file: RecordFile<Entry>

  private struct Entry: Codable {
    var cell: Int
    var result: CellResult
  }

  /// Opens the record of `sweep` at `path`, or begins one.
  ///
  /// - Parameter version: of the program.
  /// - Throws: `RecordError` when the file is another sweep's record or something else altogether, is being written to
  ///   by another program, or cannot be opened; what hashing the scenario's files throws.
  public init(path: String, of sweep: Sweep, version: String) throws {
    file = try RecordFile(path: path, .sweep(sweep, version: version)) { (1...sweep.cells.count).contains($0.cell) }
    results = Dictionary(file.entries.map { ($0.cell, $0.result) }) { $1 }
  }

  /// Keeps the result of a cell.
  ///
  /// - Throws: `RecordError` when it cannot be written.
  public func append(_ result: CellResult, of cell: Int) throws {
    try file.append(Entry(cell: cell, result: result))
  }
}
