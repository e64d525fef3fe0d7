import Failover
import FailoverSim

/// What a scenario showed with each of some seeds, in whole steps.
struct SeedSamples: Sendable, Hashable {
  /// The first seed; the others follow it one by one.
  var firstSeed: UInt64
  /// How many seeds.
  var count: Int
  /// By the figure's name: the values that each seed had, for times one an incident.
  var figures: [String: [[Int64]]]
  /// By the phase's name: how long it took in all of a seed's incidents that were noticed, together.
  var phases: [String: [Int64]]
  /// Over everything that happened, with all seeds; with a single one, its run's own.
  var fingerprint: String

  /// Of one seed.
  private struct Played: Sendable {
    var figures: [[Int64]]
    var phases: [Int64]
    var fingerprint: Fingerprint
    var violation: String?

    init(_ run: Run) {
      let inputs = FigureInputs(run)
      figures = Figure.all.map { figure in figure.read(inputs).map { Steps.of($0, figure.unit) } }
      let noticed = inputs.incidents.filter { $0.timeToDetect != nil }
      phases = Incident.phaseNames.map { name in
        noticed.reduce(0) { sum, incident in
          sum + incident.phases.filter { $0.name == name }.reduce(0) { $0 + Steps.of($1.duration.inSeconds, .duration) }
        }
      }
      fingerprint = run.fingerprint
      violation = run.violations.first
    }
  }

  init(
    firstSeed: UInt64, count: Int, figures: [String: [[Int64]]], phases: [String: [Int64]], fingerprint: String
  ) {
    self.firstSeed = firstSeed
    self.count = count
    self.figures = figures
    self.phases = phases
    self.fingerprint = fingerprint
  }

  /// Plays `scenario` with the seeds from `firstSeed` on; the result is the same for any number of workers.
  ///
  /// - Throws: `ReplicationError` when a run fails, or something that must always hold did not.
  init(
    playing scenario: Scenario, firstSeed: UInt64, count: Int, until: Duration?, workers: Workers,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws {
    let played = try workers.map(count, finished: progress) { index -> Played in
      let seed = firstSeed &+ UInt64(index)
      do {
        let played = Played(try Run(scenario, seed: seed, until: until))
        if let violation = played.violation {
          throw ReplicationError(
            description: "\(scenario.name), seed \(seed): what must always hold did not: \(violation)")
        }
        return played
      } catch let error as ReplicationError {
        throw error
      } catch {
        throw ReplicationError(description: "\(scenario.name), seed \(seed): \(error)")
      }
    }
    self.firstSeed = firstSeed
    self.count = count
    figures = [:]
    for (index, figure) in Figure.all.enumerated() {
      let values = played.map { $0.figures[index] }
      if values.contains(where: { !$0.isEmpty }) { figures[figure.name] = values }
    }
    phases = [:]
    for (index, name) in Incident.phaseNames.enumerated() {
      let times = played.map { $0.phases[index] }
      if times.contains(where: { $0 != 0 }) { phases[name] = times }
    }
    var all = Fingerprint()
    for run in played { all.add(Int64(bitPattern: run.fingerprint.value)) }
    fingerprint = (played.count == 1 ? played[0].fingerprint : all).description
  }

  /// The values of a measure; `nil` when no seed had any.
  func series(_ measure: Measure) -> SeedSeries? {
    figures[measure.figure.name].map { SeedSeries($0, measure.target.statistic) }
  }

  /// The mean of a phase over all incidents that were noticed; zero in those that lack it.
  func series(phase: String) -> SeedSeries? {
    guard let noticed = figures["mttd"] else { return nil }
    return SeedSeries(sums: phases[phase] ?? Array(repeating: 0, count: count), counts: noticed.map(\.count))
  }
}
