import Failover
import FailoverSim

extension Kind<Fault> {
  /// `sshKeyExpired: {at: 2h, for: 30min}`: the fault's name, then where, when and how long.
  static var fault: Kind { oneOf("a fault", FaultForm.all[0].form, FaultForm.all.dropFirst().map(\.form)) }
}

/// How one kind of fault is written.
private struct FaultForm: Sendable {
  let name: String
  let help: String
  /// Whether it lasts for a time, which then may be given.
  var lasts = true
  /// Reads what belongs to this kind alone.
  let kind: @Sendable (MappingReader) -> FaultKind

  var form: Form<Fault> {
    .fields(name, help: help) { reader in
      let kind = kind(reader)
      let schedule = reader.faultSchedule
      let duration = lasts ? reader.optional("for", .delay, help: "how long it lasts; default: to the end") : nil
      if lasts { reader.checkGaps(schedule, duration) }
      return Fault(kind, schedule, lasting: duration)
    }
  }

  static let all: [FaultForm] = machines + providers + services + network

  private static let machines = [
    FaultForm(name: "gpuLost", help: "the GPU that serves is taken away", lasts: false) { _ in .gpuLost },
    FaultForm(name: "gpuFrozen", help: "it hangs; TCP connects, and the provider says that it runs") { _ in .gpuFrozen },
    FaultForm(name: "gpuProcessDead", help: "the workload has ended, the machine is well") { _ in .gpuProcessDead },
    FaultForm(name: "sshDown", help: "the ssh server of a machine does not run") { reader in
      .sshDown(
        reader.value("host", .choice(MachineRole.self), default: .gpu, help: "gpu, the one that serves, or standby"))
    },
    FaultForm(name: "sshKeyExpired", help: "every machine refuses the orchestrator's key") { _ in .sshKeyExpired },
    FaultForm(name: "syncFails", help: "rsync ends with an error") { .syncFails($0.faultShare) },
    FaultForm(name: "standbyStopped", help: "its provider stops the standby; the disk is kept", lasts: false) { _ in
      .standbyStopped
    },
    FaultForm(name: "standbyPreempted", help: "its provider takes the standby away", lasts: false) { _ in
      .standbyPreempted
    },
    FaultForm(name: "standbyDiskFull", help: "other data fills the standby's disk") { reader in
      .standbyDiskFull(reader.optional("rate", .dataRate.positive, help: "so fast; default: at once"))
    },
    FaultForm(name: "diskShrinks", help: "the standby's disk holds less") { reader in
      .diskShrinks(to: reader.required("to", .byteCount, help: "what it holds now"))
    },
  ]

  private static let providers = [
    FaultForm(name: "marketplaceErrors", help: "calls of the marketplace fail") { .marketplaceErrors($0.faultShare) },
    FaultForm(name: "marketplaceTimeouts", help: "calls of the marketplace are never answered") {
      .marketplaceTimeouts($0.faultShare)
    },
    FaultForm(name: "rateLimit", help: "the marketplace refuses calls beyond a number") { reader in
      .rateLimit(
        calls: reader.required("calls", .count, help: "so many are answered"),
        per: reader.required("per", .duration.positive, help: "in any interval of this length"))
    },
    FaultForm(name: "priceSpike", help: "every offer costs more") { reader in
      .priceSpike(reader.required("factor", .ratio.positive, help: "so many times as much"))
    },
    FaultForm(name: "noCapacity", help: "there is no offer") { _ in .noCapacity },
    FaultForm(name: "offersVanish", help: "an offer is gone when it is to be rented") { .offersVanish($0.faultShare) },
    FaultForm(name: "computeErrors", help: "calls of the standby's provider fail") { .computeErrors($0.faultShare) },
    FaultForm(name: "stockOut", help: "the standby's provider has no machine left") { _ in .stockOut },
  ]

  private static let services = [
    FaultForm(name: "objectStoreDown", help: "nobody reaches the snapshots") { _ in .objectStoreDown },
    FaultForm(name: "endpointStuck", help: "the endpoint cannot be moved") { _ in .endpointStuck },
    FaultForm(name: "notifierDown", help: "people cannot be told anything") { _ in .notifierDown },
  ]

  private static let network = [
    FaultForm(name: "partition", help: "nothing arrives") { .partition($0.faultWay) },
    FaultForm(name: "slowLink", help: "the way carries less") { reader in
      let way = reader.faultWay
      let factor = reader.optional("factor", .fraction, help: "this share of what it carries")
      let rate = reader.optional("rate", .dataRate, help: "so much and no more")
      reader.check(
        (factor == nil) != (rate == nil), factor == nil ? "rate" : "factor", message: "give one of factor and rate")
      return .slowLink(way, factor.map { .factor($0) } ?? .rate(rate ?? .zero))
    },
    FaultForm(name: "latency", help: "packets take longer") { reader in
      .latency(
        reader.faultWay, reader.required("added", .duration.positive, help: "so much longer, in each direction"))
    },
    FaultForm(name: "packetLoss", help: "packets do not arrive") { reader in
      .packetLoss(reader.faultWay, reader.required("share", .fraction.positive, help: "this share of them"))
    },
  ]
}

extension MappingReader {
  /// The probability with which a call fails.
  fileprivate var faultShare: Ratio {
    value("share", .fraction.positive, default: .one, help: "this share of the calls; 100%: all")
  }

  fileprivate var faultWay: Way {
    let places = required(
      "between", .list(of: .choice(FaultPlace.self), atLeast: 2), help: "two places, such as [gpu, orchestrator]")
    let isOneWay = value(
      "oneWay", .bool, default: false, help: "only what the first sends to the second is hit")
    let isPair = places.count == 2 && places.first != places.last
    check(isPair, "between", message: "name two different places, such as [gpu, orchestrator]")
    return isPair ? Way(places[0], places[1], isOneWay: isOneWay) : Way(.gpu, .orchestrator)
  }

  fileprivate var faultSchedule: FaultSchedule {
    let times = optional("at", .durations, help: "it begins at this time, or at each of these")
    let gaps = optional("every", .delay, help: "it begins so long after the start, and again so long after each end")
    check(
      times != nil || gaps != nil, "at",
      message: "says nothing of when; give at, such as at: 2h, or every, such as every: {exponential: {mean: 1d}}")
    check(times == nil || gaps == nil, "every", "at", message: "give only one of at and every")
    return gaps.map { .every($0) } ?? .at(times ?? [])
  }

  /// One fault must be over before it begins again.
  fileprivate func checkGaps(_ schedule: FaultSchedule, _ duration: Distribution?) {
    switch (schedule, duration) {
    case (.at(let times), nil):
      check(times.count <= 1, "at", message: "it lasts to the end, so that it can begin only once; give for, too")
    case (.at(let times), .constant(let seconds)?):
      let length = Distribution.duration(seconds: seconds)
      let sorted = times.sorted()
      let clash = zip(sorted, sorted.dropFirst()).first { $1 < $0 + length }
      check(
        clash == nil, "at", "for",
        message: "it begins again at \(Units.format(clash?.1 ?? .zero)), before what began at "
          + "\(Units.format(clash?.0 ?? .zero)) is over")
    case (.every, nil): check(false, "every", message: "it lasts to the end, so that it can begin only once; give for, too")
    default: break
    }
  }

  // MARK: The section

  /// What goes wrong in a scenario, and how it is protected.
  func faults(for strategy: Strategy) -> FaultModel {
    let faults = value("faults", .list(of: .fault), default: [], help: "what goes wrong beside interruptions")
    for (index, fault) in faults.enumerated() {
      for place in FaultPlace.allCases where fault.kind.needs(place) && !strategy.has(place) {
        check(false, "faults", message: "faults[\(index)]: \(fault.kind.name): \(strategy.why(place))")
      }
      if let (other, time) = faults[..<index].firstClash(with: fault) {
        check(
          false, "faults",
          message: "faults[\(other)] and faults[\(index)] both set \(fault.kind.name) at \(Units.format(time)); "
            + "let one end before the other begins")
      }
      if let methods = fault.kind.noticedBy {
        let names = methods.map(\.rawValue)
        warn(
          unless: methods.contains(where: strategy.healthCheck.methods.contains), "faults",
          message: "faults[\(index)]: no health check notices \(fault.kind.name); add \(alternatives(names)) to "
            + "healthCheck.methods")
      }
    }
    return FaultModel(faults, standbyDisk: strategy.standby?.machine.disk, wanted: strategy.recovery.query)
  }
}

extension Strategy {
  fileprivate func has(_ place: FaultPlace) -> Bool {
    switch place {
    case .standby, .compute: standby != nil
    case .objectStore: snapshots != nil
    case .gpu, .orchestrator, .users, .marketplace: true
    }
  }

  fileprivate func why(_ place: FaultPlace) -> String {
    place == .objectStore
      ? "there is no object store: the strategy has no snapshots" : "there is no standby: the strategy has no cpuStandby"
  }
}

extension ArraySlice<Fault> {
  /// The first fault that sets the same thing at the same time, as far as their times are fixed, and when that is.
  fileprivate func firstClash(with fault: Fault) -> (index: Int, time: Duration)? {
    for index in indices where !Set(self[index].kind.settings).isDisjoint(with: fault.kind.settings) {
      for a in self[index].fixedSpans {
        for b in fault.fixedSpans where a.lowerBound < b.upperBound && b.lowerBound < a.upperBound {
          return (index, Swift.max(a.lowerBound, b.lowerBound))
        }
      }
    }
    return nil
  }
}

extension Fault {
  /// When it lasts, where chance has no part in it.
  fileprivate var fixedSpans: [Range<Duration>] {
    guard case .at(let times) = schedule, !kind.isInstant else { return [] }
    switch duration {
    case nil: return times.map { $0..<max($0, Distribution.longestDuration) }
    case .constant(let seconds)?: return times.map { $0..<($0 + Distribution.duration(seconds: seconds)) }
    default: return []
    }
  }
}
