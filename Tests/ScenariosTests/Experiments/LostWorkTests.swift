import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// What a loss costs, worked out by hand from written logs.
@Suite struct LostWorkTests {
  /// 300 s of training and 20 s of writing: checkpoints are whole at 320, 640 and 960 s. The GPU serves from the start.
  static let schedule = CheckpointSchedule(interval: .seconds(300), duration: .seconds(20))

  /// A GPU that is lost, and another one that was filled from a copy begun at `copy` and serves 100 s after the fault.
  private func log(fault: Int, copy: Int?, again: (fault: Int, copy: Int)? = nil) -> [Event] {
    let start: [(seconds: Int, kind: EventKind)] = [
      (0, .primaryAdopted(Written.instance("1", price: HourlyPrice(perHour: .cents(36))))),
      (0, .endpointSwitched(to: Written.address, role: .gpu)),
    ]
    let second = again.map { loss("2", "3", fault: $0.fault, copy: $0.copy) } ?? []
    return Written.log(start + loss("1", "2", fault: fault, copy: copy) + second)
  }

  private func loss(
    _ old: String, _ new: String, fault: Int, copy: Int?
  ) -> [(seconds: Int, kind: EventKind)] {
    let point = copy.map { SyncPoint(started: .seconds($0), completed: .seconds($0 + 5)) }
    return [
      (fault, .interrupted(InstanceID(old), cause: "spot interruption", unsynced: .zero)),
      (fault + 10, .faultDetected(InstanceID(old), .checks(failures: 3, threshold: 3), lastSync: point)),
      (fault + 20, .recoveryStarted(attempt: 1)),
      (fault + 50, .instanceRunning(Written.instance(new, price: HourlyPrice(perHour: .cents(36))))),
      (
        fault + 90,
        copy == nil ? .restoreSkipped : .restoreCompleted(SyncReport(files: 1, bytesSent: .zero, duration: .seconds(1)))
      ),
      (fault + 100, .endpointSwitched(to: Written.address, role: .gpu)),
      (fault + 100, .failbackCompleted(InstanceID(new))),
    ]
  }

  private func lost(_ events: [Event], until end: Int = 5000, _ workload: Workload? = nil) -> LostWork {
    Metrics(of: events, until: .seconds(end), workload: workload ?? .training(Self.schedule)).lostWork
  }

  @Test func `training goes back to the newest checkpoint in the copy`() {
    // At 1000 s there are 900 s of training in the last checkpoint and 40 s after it.
    #expect(lost(log(fault: 1000, copy: 970)).incidents == [.seconds(40)])
    // The copy was begun at the very instant at which the checkpoint was whole, or a second before.
    #expect(lost(log(fault: 1000, copy: 960)).incidents == [.seconds(40)])
    #expect(lost(log(fault: 1000, copy: 959)).incidents == [.seconds(340)], "it was on the disk, but not in the copy")
    #expect(lost(log(fault: 1000, copy: 100)).incidents == [.seconds(940)], "a copy without any checkpoint")
    #expect(lost(log(fault: 1000, copy: nil)).incidents == [.seconds(940)], "no copy")
    // While a checkpoint is being written the last one counts, and nothing more is trained.
    #expect(lost(log(fault: 940, copy: 940)).incidents == [.seconds(300)])
    #expect(lost(log(fault: 959, copy: 959)).incidents == [.seconds(300)])
  }

  @Test func `a checkpoint on a volume that survives counts, copied or not`() {
    let kept = Written.log([
      (0, .primaryAdopted(Written.instance("1"))), (0, .endpointSwitched(to: Written.address, role: .gpu)),
      (1000, .interrupted(InstanceID("1"), cause: "spot interruption", unsynced: .zero)),
      (1010, .faultDetected(InstanceID("1"), .checks(failures: 3, threshold: 3), lastSync: nil)),
      (1011, .warmFailoverStarted(from: InstanceID("1"), to: InstanceID("2"))),
      (1050, .instanceRunning(Written.instance("2"))),
      (1100, .endpointSwitched(to: Written.address, role: .gpu)),
      (1100, .warmFailoverCompleted(to: InstanceID("2"), failovers: 1)),
    ])
    #expect(lost(kept).incidents == [.seconds(40)])
  }

  @Test func `work that is done again and lost again counts again`() {
    // From 1100 s on 900 s of training are there; 200 s later there is no new checkpoint yet.
    let work = lost(log(fault: 1000, copy: 970, again: (fault: 1300, copy: 1290)), until: 1300)
    #expect(work.incidents == [.seconds(40), .seconds(200)])
    #expect(work.total == .seconds(240))
    #expect(work.training?.served == .seconds(1200))
    #expect(work.training?.progress == .seconds(900) && work.training?.paused == .seconds(60))
    #expect(work.training?.checkpoints == 3)
    // The second GPU begins a new interval: its checkpoint is whole at 1420 s. What was not copied is gone.
    let later = lost(log(fault: 1000, copy: 700, again: (fault: 1500, copy: 1450)), until: 1500)
    #expect(later.incidents == [.seconds(340), .seconds(80)])
    #expect(lost(log(fault: 1000, copy: 700, again: (fault: 1500, copy: 1400)), until: 1500).incidents[1] == .seconds(380))
  }

  @Test func `an incident of which nothing is known yet has lost nothing yet`() {
    let events = Array(log(fault: 1000, copy: nil).prefix(5))
    #expect(lost(events, until: 1050).incidents == [nil])
    #expect(Metrics(of: events, until: .seconds(1050), workload: .training(Self.schedule)).bill.lostWork == .zero)
  }

  @Test func `lost work costs what the lost GPU cost an hour`() {
    let metrics = Metrics(of: log(fault: 1000, copy: 959), until: .seconds(2000), workload: .training(Self.schedule))
    #expect(metrics.bill.lostWork == Money(nanodollars: 34_000_000), "340 s at $0.36/h")
    #expect(metrics.lostWorkTime.mean == .seconds(340))
  }

  @Test func `a model that answers loses requests and no work`() throws {
    let events = log(fault: 1000, copy: 970)
    let metrics = Metrics(of: events, until: .seconds(2000), workload: .inference)
    #expect(metrics.lostWork.incidents == [.zero] && metrics.bill.lostWork == .zero)
    #expect(metrics.connectionsCut == 1)
    let run = try Catalogue.run("cpu-standby", ["workload={kind: inference}"], seed: 2, until: .seconds(7 * 86_400))
    let text = LossSection(run: run, style: .plain).lines.joined(separator: "\n")
    #expect(text.contains("none lost but the requests in progress"))
    // Once from the lost GPU, and once more from the standby.
    #expect(text.contains("cut \(2 * Metrics(run).interruptions) times"))
  }

  @Test func `interactive work is lost from the copy on, as without a workload`() throws {
    let run = try Catalogue.run("cpu-standby", seed: 2, until: .seconds(7 * 86_400))
    let metrics = Metrics(run)
    #expect(!metrics.lostWork.incidents.isEmpty)
    #expect(metrics.lostWork.incidents == run.incidents.map(\.recoveryPoint))
    #expect(metrics.lostWorkTime == metrics.recoveryPoint)
  }

  @Test func `a process that ends takes what was in memory with it, though nobody is moved`() {
    let dead = Written.log([
      (0, .primaryAdopted(Written.instance("1", price: HourlyPrice(perHour: .cents(36))))),
      (0, .endpointSwitched(to: Written.address, role: .gpu)),
    ]) + [
      Event(time: .seconds(1000), lane: .gpu(InstanceID("1")), kind: .faultBegan("gpuProcessDead", at: "gpu")),
      Event(time: .seconds(1100), lane: .gpu(InstanceID("1")), kind: .faultEnded("gpuProcessDead", at: "gpu")),
    ]
    let metrics = Metrics(of: dead, until: .seconds(1400), workload: .training(Self.schedule))
    #expect(metrics.lostWork.restarts.map(\.work) == [.seconds(40)])
    #expect(metrics.bill.lostWork == Money(nanodollars: 4_000_000), "40 s at $0.36/h")
    #expect(metrics.lostWork.training?.progress == .seconds(1200))
  }

  @Test func `a GPU that is put to sleep is asked to write a checkpoint first`() {
    let asleep = Written.log([
      (0, .primaryAdopted(Written.instance("1"))), (0, .endpointSwitched(to: Written.address, role: .gpu)),
      (1000, .phaseChanged(from: .protected, to: .hibernating)), (1001, .hibernated(InstanceID("1"))),
      (1900, .woken(InstanceID("1"))), (2000, .endpointSwitched(to: Written.address, role: .gpu)),
    ])
    let work = lost(asleep, until: 2100)
    #expect(work.total == .zero && work.training?.progress == .seconds(940 + 100))
  }
}

/// The same from simulated runs, by a second way of reckoning and by closed forms.
@Suite struct LostWorkFiguresTests {
  @Test func `every second that a GPU served was progress, pause or lost`() throws {
    for run in try Fixture.runs() {
      for (interval, duration) in [(1, 0), (60, 7), (600, 45), (7200, 600)] {
        let schedule = CheckpointSchedule(interval: .seconds(interval), duration: .seconds(duration))
        let metrics = Metrics(of: run.events, until: run.length, workload: .training(schedule))
        let training = try #require(metrics.lostWork.training)
        #expect(training.served == training.progress + training.paused + metrics.lostWork.total)
        #expect(training.served == metrics.availability.full)
        #expect(metrics.lostWork.incidents.count == run.incidents.count)
      }
    }
  }

  /// Checkpoints written down one by one, where the other way reckons with the grid.
  @Test func `a list of all checkpoints gives the same losses`() throws {
    let runs = try Fixture.runs().filter { $0.scenario != Fixture.quiet }
    for run in runs {
      for (interval, duration) in [(45, 5), (600, 30), (3600, 0)] {
        let schedule = CheckpointSchedule(interval: .seconds(interval), duration: .seconds(duration))
        let work = Metrics(of: run.events, until: run.length, workload: .training(schedule)).lostWork
        #expect(work.incidents == Self.listed(run, schedule))
      }
    }
  }

  private static func listed(_ run: Run, _ schedule: CheckpointSchedule) -> [Duration?] {
    var checkpoints: [(whole: Duration, holds: Duration)] = []
    var (memory, sinceLast, losses) = (Duration.zero, Duration.zero, [Duration?]())
    var spans = ServiceSpan.all(in: run.events, until: run.length).filter { $0.level == .full }[...]
    for incident in run.incidents {
      while let span = spans.first, span.start < incident.fullService ?? run.length + .seconds(1) {
        spans.removeFirst()
        var now = span.start
        while now < span.end {
          if sinceLast < schedule.interval {
            let step = min(schedule.interval - sinceLast, span.end - now)
            (now, memory, sinceLast) = (now + step, memory + step, sinceLast + step)
            if schedule.duration == .zero, sinceLast == schedule.interval {
              checkpoints.append((now, memory))
              sinceLast = .zero
            }
          } else if now + schedule.duration <= span.end {
            now += schedule.duration
            checkpoints.append((now, memory))
            sinceLast = .zero
          } else {
            now = span.end
          }
        }
      }
      if incident.lastSync == nil, incident.fullService == nil, incident.restoreCompleted == nil {
        losses.append(nil)
        continue
      }
      checkpoints.removeAll { $0.whole > incident.lastSync?.started ?? .seconds(-1) }
      let left = checkpoints.last?.holds ?? .zero
      losses.append(memory - left)
      (memory, sinceLast) = (left, .zero)
    }
    return losses
  }

  /// Two months on a volume that survives: some 400 losses, and no copy that lags.
  private static func onVolume() throws -> Run {
    try PoolScenario.run([
      "interruptions={lifetimes: {exponential: {mean: 3h}}}", "duration=60d", "workspace.dirtyRate=0B/s",
      "healthCheck.interval=60s", "marketplace.offers[0].count=8",
    ])
  }

  @Test func `the mean loss is half the interval, and Young's interval wastes least`() throws {
    let run = try Self.onVolume()
    let (incidents, charges) = (run.incidents, Charges(of: run))
    #expect(incidents.allSatisfy { $0.keptVolume || $0.fullService == nil })
    func work(_ interval: Double, _ duration: Int) -> LostWork {
      let schedule = CheckpointSchedule(interval: .seconds(interval), duration: .seconds(duration))
      return LostWork(of: run.events, incidents, until: run.length, workload: .training(schedule), charges: charges)
    }
    // The rest of an exponential time after whole intervals T has the mean M - T / (exp(T/M) - 1), nearly T / 2.
    let mean = 3 * 3600.0
    for interval in [600.0, 1800, 7200] {
      let losses = work(interval, 0).incidents.compactMap { $0?.inSeconds }
      #expect(losses.count > 300)
      let average = losses.reduce(0, +) / Double(losses.count)
      let squares = losses.reduce(0) { $0 + ($1 - average) * ($1 - average) }
      let error = (squares / Double(losses.count - 1) / Double(losses.count)).squareRoot()
      let expected = mean - interval / (ExactMath.exp(interval / mean) - 1)
      #expect(abs(average - expected) < 3 * error, "interval \(interval): \(average), expected \(expected) ± \(error)")
      if interval < 3600 { #expect(abs(average - interval / 2) < 3 * error + interval * interval / mean / 12) }
    }

    let best = CheckpointSchedule.bestInterval(
      checkpoint: .seconds(30), meanTimeBetweenInterruptions: .seconds(mean)).inSeconds
    #expect(abs(best - 805) < 1)
    func waste(_ interval: Double) throws -> Double {
      let training = try #require(work(interval, 30).training)
      return 1 - training.progress.inSeconds / training.served.inSeconds
    }
    let factors = [0.125, 0.25, 0.5, 1, 2, 4, 8]
    let wastes = try factors.map { try waste($0 * best) }
    #expect(wastes.min() == wastes[3], "\(wastes)")
    // C / T + T / 2M, to first order; a tenth for chance and for what is left out.
    #expect(abs(wastes[3] / (30 / best + best / 2 / mean) - 1) < 0.1, "\(wastes)")
  }

  @Test func `syncs add to the mean loss the chance that the newest checkpoint is not copied yet`() throws {
    let run = try Catalogue.run(
      "cpu-standby/training",
      [
        "duration=40d", "interruptions={lifetimes: {exponential: {mean: 3h}}}", "sync.interval=60s",
        "healthCheck.interval=60s", "workload.checkpointSize=0B",
      ])
    let interval = 1800.0
    let work = Metrics(
      of: run.events, until: run.length, workload: .training(CheckpointSchedule(interval: .seconds(interval)))
    ).lostWork
    let losses = work.incidents.compactMap { $0?.inSeconds }
    let ages = run.incidents.compactMap { $0.recoveryPoint?.inSeconds }
    #expect(losses.count > 150)
    let mean = 3 * 3600.0
    let average = losses.reduce(0, +) / Double(losses.count)
    let squares = losses.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    let error = (squares / Double(losses.count - 1) / Double(losses.count)).squareRoot()
    // A copy of age a misses the newest checkpoint with the chance a / T, and a whole interval with it.
    let age = ages.reduce(0, +) / Double(ages.count)
    #expect(age < interval / 20)
    let expected = mean - interval / (ExactMath.exp(interval / mean) - 1) + age
    #expect(abs(average - expected) < 3 * error, "\(average), expected \(expected) ± \(error)")
  }

  @Test func `what runs on the GPU changes nothing of what happens`() throws {
    let until = Duration.seconds(3 * 86_400)
    let plain = try Catalogue.run("cpu-standby", until: until)
    for workload in ["{kind: inference}", "{kind: interactive}", "{kind: training, checkpointInterval: 5min}"] {
      #expect(try Catalogue.run("cpu-standby", ["workload=\(workload)"], until: until).fingerprint == plain.fingerprint)
    }
    let writing = try Catalogue.run(
      "cpu-standby", ["workload={kind: training, checkpointInterval: 5min, checkpointSize: 1GB}"], until: until)
    #expect(writing.counts.bytesSynced > plain.counts.bytesSynced)
  }

  @Test func `the report says what was kept and what was lost`() throws {
    let run = try Catalogue.run("cpu-standby/training", until: .seconds(3 * 86_400))
    let text = TextReport(run).render()
    #expect(text.contains("What is kept and what is lost"))
    #expect(text.contains("training goes on from the last checkpoint"))
    let quiet = LossSection(run: try Run(Fixture.quiet, seed: 1), style: .plain)
    #expect(quiet.lines.isEmpty)
  }
}
