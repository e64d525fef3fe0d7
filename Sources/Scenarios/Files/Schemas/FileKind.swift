/// A kind of file that this program reads or writes, and its JSON Schema (draft 2020-12).
public enum FileKind: String, Sendable, Hashable, CaseIterable {
  // Read.
  case scenario, rubric, calibration, baseline
  // Written.
  case run, trace, compare, sweep, tune, check
  /// What `sweep --dry-run` lists.
  case sweepCells = "sweep-cells"
  /// One line of the file that `sweep --resume` keeps.
  case sweepRecord = "sweep-record"

  /// One line for people.
  public var summary: String {
    switch self {
    case .scenario: "a scenario (YAML)"
    case .rubric: "a rubric: how runs are marked (YAML)"
    case .calibration: "what compression gives on a machine; written by bench --calibrate (JSON)"
    case .baseline: "what check compares with; written by baseline update (JSON)"
    case .run: "the result of run --format json"
    case .trace: "the result of run --format trace (Chrome trace events)"
    case .compare: "the result of compare --format json"
    case .sweep: "the result of sweep --format json"
    case .tune: "the result of tune --format json"
    case .check: "the result of check --format json"
    case .sweepCells: "the result of sweep --dry-run --format json"
    case .sweepRecord: "one line of the file that sweep --resume keeps"
    }
  }

  /// The schema as a JSON document.
  ///
  /// Those of files that are read are made by asking the code that reads them which fields there are, so that neither can
  /// have a field that the other lacks.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func schema() throws -> String {
    let title = "simulate-failover: \(summary)"
    let document =
      switch self {
      case .scenario: OutlineSchema(FileOutline(of: ScenarioFile.init)).document(title)
      case .rubric: OutlineSchema(FileOutline(of: Rubric.init)).document(title)
      case .calibration: OutlineSchema(FileOutline(of: CalibrationFile.init)).document(title)
      case .baseline: BaselineSchema.document(title)
      case .run: RunSchema.document(title)
      case .trace: TraceSchema.document(title)
      case .compare: ComparisonSchema.document(title)
      case .sweep: SweepSchema.document(title)
      case .tune: TuningSchema.document(title)
      case .check: CheckSchema.document(title)
      case .sweepCells: SweepSchema.listing(title)
      case .sweepRecord: SweepSchema.record(title)
      }
    return try document.document()
  }
}
