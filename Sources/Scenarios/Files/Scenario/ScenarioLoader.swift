import Failover
import FailoverSim
import Foundation

/// Why a scenario cannot be played although its file is well formed.
public struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// A scenario ready to be played, and what belongs to it.
public struct LoadedScenario: Sendable {
  public var scenario: Scenario
  /// The settings of the environment that are laid over the file.
  public var variables: [WarmPoolVariables.Setting]
  /// What is doubtful in the file, but can be used.
  public var warnings: [Problem]
  /// The recorded interruptions it plays, for reports; `nil` when it plays none.
  public var traceSource: String?
  /// The scenario that shows in production what a drill's times stand for.
  public var production: Scenario?

  /// Reads a scenario file, the options laid over it, and the trace it plays.
  ///
  /// - Parameters:
  ///   - path: a YAML file.
  ///   - overrides: `path=value` texts, later ones over earlier ones.
  ///   - trace: a file of recorded interruptions, in place of whatever interruptions the file names.
  ///   - environment: the settings of the environment, over those of the file and under the options.
  /// - Throws: `InvalidFile` with every problem of the file and the options, `TraceError`, `ScenarioError`.
  public init(
    path: String, overrides: [String] = [], trace: String? = nil, environment: WarmPoolVariables = .none
  ) throws {
    let (document, variables) = try Document(contentsOf: path).setting(overrides, over: environment)
    try self.init(document: document, path: path, trace: trace)
    self.variables = variables
    warnings += environment.warnings
  }

  /// Reads what belongs to a scenario file that is in memory, with everything laid over it.
  init(document: Document, path: String, trace: String?) throws {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    var (file, warnings) = try document.read(ScenarioFile.init)
    try file.readCalibration(in: directory)
    scenario = file.scenario
    variables = []
    self.warnings = warnings
    if let trace {
      try play(file.trace ?? ScenarioFile.TraceRequest(), from: trace)
    } else if let request = file.trace {
      guard let named = request.path else {
        throw ScenarioError("\(path): this scenario plays a recorded trace; name one with --trace FILE")
      }
      try play(request, from: directory.appendingPathComponent(named).path)
    }
    if let production = file.production {
      let path = directory.appendingPathComponent(production).path
      var file = try Document(contentsOf: path).read(ScenarioFile.init).value
      try file.readCalibration(in: URL(fileURLWithPath: path).deletingLastPathComponent())
      self.production = file.scenario
    }
  }

  /// Whether the file plays a trace that the command line must name.
  public static func needsTrace(path: String) throws(InvalidFile) -> Bool {
    let request = try Document(contentsOf: path).read(ScenarioFile.init).value.trace
    return request.map { $0.path == nil } ?? false
  }

  private mutating func play(_ request: ScenarioFile.TraceRequest, from path: String) throws {
    switch try TraceFile.read(path: path, follow: request.follow) {
    case .lifetimes(let curve):
      scenario.world.interruptions = .survival(curve)
      traceSource = curve.source
    case .timeline(let recorded):
      guard case .operation(let duration) = scenario.life else {
        throw ScenarioError("\(path): a drill plays its script, not a trace")
      }
      guard !recorded.runs.isEmpty else {
        throw ScenarioError("\(path): the followed seat was never up; there is nothing to play")
      }
      let begun = try recorded.fromFirstRun()
      let trace = request.repeats ? try begun.repeated(toCover: duration) : begun
      scenario.world.interruptions = .trace(trace)
      // Nothing is known after the end of a trace.
      scenario.life = .operation(min(duration, trace.length))
      traceSource = trace.source
    }
  }
}

extension ScenarioFile {
  /// Replaces the project's own measurements of compression by those of the calibration, if the file names one.
  ///
  /// - Throws: `InvalidFile`; `ScenarioError` when the calibration lacks what the scenario needs.
  fileprivate mutating func readCalibration(in directory: URL) throws {
    guard let name = snapshots.calibration else { return }
    let path = URL(fileURLWithPath: name, relativeTo: directory).path
    let table = try CalibrationFile(contentsOf: path).table
    do throws(CompressionUnknown) {
      scenario.world.snapshots = try snapshots.model(
        for: scenario.world.workspace, over: scenario.world.network, table)
    } catch {
      throw ScenarioError("\(path): \(error)")
    }
  }
}

extension InterruptionTrace {
  /// The same trace from the moment when the seat was first up: the scenario starts with a GPU.
  func fromFirstRun() throws(TraceValueError) -> InterruptionTrace {
    guard let offset = runs.first?.start, offset > .zero else { return self }
    let shifted = runs.map { run in
      UpRun(
        start: run.start - offset, end: run.end.map { $0 - offset },
        startWindow: run.start == offset ? .zero : run.startWindow, endWindow: run.endWindow)
    }
    // The price in force at the new start was set before it.
    let first = prices.lastIndex { $0.at <= offset } ?? 0
    let prices = prices[first...].map { PriceChange(at: max(.zero, $0.at - offset), price: $0.price) }
    return try InterruptionTrace(runs: shifted, length: length - offset, source: source, prices: prices)
  }
}
