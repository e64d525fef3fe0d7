/// The finished replications of a tuning's cells in a file, so that it can be taken up again wherever it was cut off.
///
/// What a replication shows depends neither on the objective nor on the limits: a tuning of the same cells with others
/// takes its replications from the same record.
public final class TuningRecord: Sendable {
  /// How many replications were there.
  public let count: Int
  /// By cell, from 0, and replication.
  private let observations: [[Int: Observation]]
  private let file: RecordFile<Entry>

  /// Replications of a cell that were played in one go.
  private struct Entry: Codable {
    /// From 1.
    var cell: Int
    /// The number of the first one, from 0.
    var first: Int
    var observations: [Observation]
  }

  /// Opens the record of a tuning of `sweep` at `path`, or begins one.
  ///
  /// - Parameter version: of the program.
  /// - Throws: `RecordError` when the file is another tuning's record or something else altogether, is being written to
  ///   by another program, or cannot be opened; what hashing the scenario's files throws.
  public init(path: String, of sweep: Sweep, version: String) throws {
    let figures = Figure.all.count
    file = try RecordFile(path: path, .tuning(sweep, version: version)) { entry in
      (1...sweep.cells.count).contains(entry.cell) && (0...1_000_000_000).contains(entry.first)
        && entry.observations.allSatisfy { $0.values.count == figures }
    }
    var observations: [[Int: Observation]] = Array(repeating: [:], count: sweep.cells.count)
    for entry in file.entries {
      for (place, observation) in entry.observations.enumerated() {
        observations[entry.cell - 1][entry.first + place] = observation
      }
    }
    self.observations = observations
    count = observations.reduce(0) { $0 + $1.count }
  }

  /// What a replication has shown; `nil` when it is still to be played.
  ///
  /// - Parameter cell: from 0.
  func observation(cell: Int, replication: Int) -> Observation? { observations[cell][replication] }

  /// Keeps replications of a cell.
  ///
  /// - Throws: `RecordError` when they cannot be written.
  func append(_ observations: [Observation], cell: Int, first: Int) throws {
    try file.append(Entry(cell: cell + 1, first: first, observations: observations))
  }
}
