import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Logs written down by hand, at whole hours.
enum Bills {
  static let price = HourlyPrice(perHour: .cents(40))
  static let machine = MachineID("m1")

  static func instance(_ id: String, _ price: HourlyPrice = price) -> Instance {
    Instance(id: InstanceID(id), status: .running, address: nil, price: price)
  }

  static func offer(_ price: HourlyPrice = price) -> Offer {
    Offer(id: "1", gpuName: "RTX 4090", memory: .gigabytes(32), price: price, region: "TH")
  }

  static func lost(_ id: String) -> EventKind {
    .interrupted(InstanceID(id), cause: "spot interruption", unsynced: .zero)
  }

  static func snapshot(_ id: String, stored: ByteCount) -> EventKind {
    .snapshotSaved(
      SnapshotReport(
        id: SnapshotID(id), base: nil, content: stored, stored: stored, duration: .seconds(1), compression: "lz4",
        storage: "B2"))
  }

  static func restored(_ size: ByteCount) -> EventKind {
    .snapshotRestored(
      SnapshotRestoreReport(
        id: SnapshotID("s"), downloaded: size, content: size, download: .zero, decompress: .zero, unpack: .zero,
        duration: .zero))
  }

  static func log(_ events: [(hour: Int, kind: EventKind)]) -> [Event] {
    events.map { Event(time: .seconds($0.hour * 3600), lane: .orchestrator, kind: $0.kind) }
  }

  static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
}

struct ChargesTests {
  private let hour = Duration.seconds(3600)

  @Test func `a GPU is paid for until it is lost, and the next one from the answer to its order on`() {
    let log = Bills.log([
      (0, .primaryAdopted(Bills.instance("a"))), (10, Bills.lost("a")),
      (12, .instanceCreated(InstanceID("b"), Bills.offer(HourlyPrice(perHour: .cents(45))))),
      (13, .instanceDestroyed(InstanceID("a"))), (20, .instanceDestroyed(InstanceID("b"))),
    ])
    let cost = Charges(of: log, until: Bills.hours(30)).cost
    #expect(cost.gpu == .cents(10 * 40 + 8 * 45))
    #expect(cost.total == cost.gpu && cost.overhead == .zero)
  }

  @Test func `a stopped GPU costs its own price, nothing by default, and its volume goes on`() {
    let log = Bills.log([
      (0, .volumeCreated(Volume(id: VolumeID("v"), size: .gigabytes(100), machine: Bills.machine))),
      (0, .instanceCreated(InstanceID("a"), Bills.offer())), (0, .instanceCreated(InstanceID("b"), Bills.offer())),
      (1, .instanceStopped(InstanceID("b"))), (1, .warmStandbyReady(Bills.instance("b"))),
      (101, Bills.lost("a")), (101, .instanceStarted(InstanceID("b"))),
    ])
    let charges = Charges(of: log, until: Bills.hours(720))
    #expect(charges.cost.gpu == .cents((101 + 1 + 619) * 40))
    #expect(charges.cost[.stoppedGPU] == .zero)
    #expect(charges.cost[.volume] == .cents(1_000))
    var pricing = Pricing.documented
    pricing.stoppedGPU = HourlyPrice(perHour: .cents(2))
    pricing.volume = StoragePrice(perGigabyteMonth: .cents(5))
    let dearer = Charges(of: log, until: Bills.hours(720), pricing: pricing)
    #expect(dearer.cost[.stoppedGPU] == .cents(200))
    #expect(dearer.cost[.volume] == .cents(500))
  }

  @Test func `a hibernated GPU is paid for while it is awake`() {
    let gpu = Bills.instance("a", HourlyPrice(perHour: .cents(50)))
    var events: [(hour: Int, kind: EventKind)] = [(0, .primaryAdopted(gpu))]
    for day in 0..<30 {
      events.append((day * 24 + 10, .hibernated(InstanceID("a"))))
      events.append((day * 24 + 24, .woken(InstanceID("a"))))
      events.append((day * 24 + 24, .instanceStarted(InstanceID("a"))))
    }
    #expect(Charges(of: Bills.log(events), until: Bills.hours(720)).cost.gpu == .cents(15_000))
  }

  @Test func `a hibernated GPU that is wanted and cannot be started is not paid for`() {
    let gpu = Bills.instance("a", HourlyPrice(perHour: .cents(50)))
    let log = Bills.log([(0, .primaryAdopted(gpu)), (10, .hibernated(gpu.id)), (24, .woken(gpu.id))])
    #expect(Charges(of: log, until: Bills.hours(720)).cost.gpu == .cents(500))
  }

  @Test func `a standby's disk outlives a stop of the standby, not its loss or return`() {
    let standby = Bills.instance("cpu", HourlyPrice(perHour: .cents(1)))
    func cost(_ kind: EventKind) -> Cost {
      let log = Bills.log([(0, .standbyCreated(standby, type: "e2-medium")), (360, kind)])
      return Charges(of: log, until: Bills.hours(720), standbyDisk: .gigabytes(100)).cost
    }
    let missing = EventKind.standbyMissing(standby.id, PortError(.notFound, "machine cpu"))
    let lost = EventKind.standbyLost(standby.id, cause: "preempted", unsynced: .zero)
    for end in [lost, missing, .instanceDestroyed(standby.id), .standbyDeactivated(standby.id)] {
      let cost = cost(end)
      #expect(cost.standby == .cents(360) && cost[.standbyDisk] == .cents(200))
      #expect(cost.overhead == .cents(560))
    }
    // One that nobody can reach is paid for all the same.
    let offline = cost(.standbyMissing(standby.id, PortError(.unreachable, "cpu is offline")))
    #expect(offline.standby == .cents(720))
    let stopped = cost(.instanceStopped(standby.id))
    #expect(stopped.standby == .cents(360) && stopped[.standbyDisk] == .cents(400))
    #expect(stopped[.stoppedGPU] == .zero)
  }

  @Test func `snapshots cost the bytes that lie there and the time they do`() {
    let log = Bills.log([
      (0, Bills.snapshot("1", stored: .gigabytes(100))), (360, Bills.snapshot("2", stored: .gigabytes(200))),
      (360, .snapshotDeleted(SnapshotID("1"))),
    ])
    // 100 GB for half a month and 200 GB for the other half: 150 GB on average, at $0.005.
    #expect(Charges(of: log, until: Bills.hours(720)).cost[.objectStorage] == .cents(75))
  }

  @Test(arguments: [(29, 0), (30, 0), (31, 1), (40, 10), (130, 100)])
  func `downloads are free up to three times what is kept`(gigabytes: Int64, cents: Int64) {
    let log = Bills.log([
      (0, Bills.snapshot("1", stored: .gigabytes(10))), (100, Bills.restored(.gigabytes(gigabytes / 2))),
      (200, Bills.restored(.gigabytes(gigabytes - gigabytes / 2))),
    ])
    let charges = Charges(of: log, until: Bills.hours(720))
    #expect(charges.cost[.download] == .cents(cents))
  }

  @Test func `each month has its own free downloads, and a short run only its share of them`() {
    let kept = Bills.snapshot("1", stored: .gigabytes(10))
    func cost(_ events: [(hour: Int, kind: EventKind)], until hours: Int) -> Money {
      Charges(of: Bills.log([(0, kept)] + events), until: Bills.hours(hours)).cost[.download]
    }
    let thirty = Bills.restored(.gigabytes(30))
    #expect(cost([(10, thirty), (730, thirty)], until: 1440) == .zero)
    #expect(cost([(10, thirty), (20, thirty)], until: 1440) == .cents(30))
    // After a tenth of a month a tenth of the allowance has been earned: 3 GB.
    #expect(cost([(10, thirty)], until: 72) == .cents(27))
  }

  @Test func `a download shares the free part of its month with the others`() {
    let log = Bills.log([
      (0, Bills.snapshot("1", stored: .gigabytes(10))), (100, Bills.restored(.gigabytes(20))),
      (200, Bills.restored(.gigabytes(40))),
    ])
    let charges = Charges(of: log, until: Bills.hours(720))
    // 60 GB, of which 30 are free: half of each is billed.
    #expect(charges.cost[.download] == .cents(30))
    #expect(charges.cost(from: .zero, to: Bills.hours(150))[.download] == .cents(10))
    #expect(charges.cost(from: Bills.hours(150), to: Bills.hours(720))[.download] == .cents(20))
  }

  @Test func `what leaves a host is charged where that has a price`() {
    var pricing = Pricing.documented
    pricing.gpuEgress = TransferPrice(perGigabyte: .cents(5))
    pricing.standbyEgress = TransferPrice(perGigabyte: .cents(12))
    let report = SyncReport(files: 1, bytesSent: .gigabytes(2), duration: .seconds(1))
    let log = Bills.log([
      (1, .restoreCompleted(report)), (2, .finalSyncCompleted(report)),
      (3, Bills.snapshot("1", stored: .gigabytes(10))),
    ])
    var counts = RoutineCounts()
    counts.bytesSynced = .gigabytes(100)
    let charges = Charges(of: log, until: Bills.hours(10), counts: counts, pricing: pricing)
    // 4 GB from the standby, and a snapshot of 10 GB and syncs of 100 GB from the GPU.
    #expect(charges.cost[.egress] == .cents(48 + 50 + 500))
    // The syncs are spread over the whole: half of the time has half of them.
    #expect(charges.cost(from: Bills.hours(5), to: Bills.hours(10))[.egress] == .cents(250))
    #expect(Charges(of: log, until: Bills.hours(10), counts: counts).cost[.egress] == .zero)
  }

  @Test func `a GPU is charged at the recorded prices from the first of them on`() {
    func change(_ hour: Int, _ cents: Int64) -> InterruptionTrace.PriceChange {
      .init(at: Bills.hours(hour), price: HourlyPrice(perHour: .cents(cents)))
    }
    let log = Bills.log([
      (0, .primaryAdopted(Bills.instance("a"))), (10, Bills.lost("a")),
      (12, .instanceCreated(InstanceID("b"), Bills.offer())),
    ])
    let prices = [change(2, 50), change(5, 50), change(6, 30), change(11, 100), change(14, 20), change(40, 9_999)]
    let charges = Charges(of: log, until: Bills.hours(20), gpuPrices: prices)
    let a: Int64 = 2 * 40 + 4 * 50 + 4 * 30
    let b: Int64 = 2 * 100 + 6 * 20
    #expect(charges.cost.gpu == .cents(a + b))
    #expect(charges.gpuPrice(of: InstanceID("a"), at: Bills.hours(8)) == HourlyPrice(perHour: .cents(30)))
    #expect(charges.gpuPrice(of: InstanceID("a"), at: Bills.hours(11)) == nil)
  }

  @Test func `a month is the run scaled to 720 hours`() {
    let log = Bills.log([(0, .primaryAdopted(Bills.instance("a")))])
    let charges = Charges(of: log, until: Bills.hours(10))
    #expect(charges.cost.perMonth(after: charges.end).gpu == .cents(28_800))
    #expect(charges.cost.perMonth(after: .zero) == Cost())
  }

  @Test func `an incident costs what is paid until a GPU serves again, and the work since the last copy`() throws {
    let standby = Bills.instance("cpu", HourlyPrice(perHour: .cents(1)))
    let log = Bills.log([
      (0, .primaryAdopted(Bills.instance("a"))), (0, .standbyCreated(standby, type: "e2-medium")),
      (10, Bills.lost("a")), (11, .instanceCreated(InstanceID("b"), Bills.offer())),
    ])
    var incident = Incident(fault: Bills.hours(10), instance: InstanceID("a"))
    incident.lastSync = SyncPoint(started: Bills.hours(8), completed: Bills.hours(9))
    incident.fullService = Bills.hours(14)
    let charges = Charges(of: log, until: Bills.hours(20))
    let cost = priced(incident, in: charges)
    #expect(cost.spent.standby == .cents(4) && cost.spent.gpu == .cents(3 * 40))
    #expect(cost.lostWork == .cents(2 * 40))
    // Never copied: everything since the GPU was rented is lost. No fault: nothing is.
    incident.lastSync = nil
    #expect(priced(incident, in: charges).lostWork == .cents(10 * 40))
    incident.fault = nil
    incident.detected = Bills.hours(12)
    #expect(priced(incident, in: charges).lostWork == .zero)
    #expect(priced(incident, in: charges).spent.total == .cents(2 + 2 * 40))
  }

  private func priced(_ incident: Incident, in charges: Charges) -> IncidentCost {
    let lost = LostWork(of: [], [incident], until: charges.end, workload: .interactive, charges: charges)
    return IncidentCost(incident, lost: lost.total, in: charges)
  }
}
