/// One particular of an event, in the form that machine formats and the fingerprint share.
public enum FieldValue: Sendable, Hashable {
  case text(String)
  case integer(Int64)
  case duration(Duration)
  case bytes(ByteCount)
  case price(HourlyPrice)
  case flag(Bool)
}

public struct EventField: Sendable, Hashable {
  /// In camel case; a unit is added by the format where it needs one.
  public var name: String
  public var value: FieldValue

  init(_ name: String, _ value: FieldValue) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ text: String) { self.init(name, .text(text)) }
  init(_ name: String, _ number: Int) { self.init(name, .integer(Int64(number))) }
  init(_ name: String, _ duration: Duration) { self.init(name, .duration(duration)) }
  init(_ name: String, _ id: InstanceID) { self.init(name, .text(id.rawValue)) }
  init(_ name: String, _ address: HostAddress) { self.init(name, .text(address.description)) }
}

extension EventKind {
  /// The kind's name in every machine format.
  public var name: String {
    var name = ""
    describe { given, _ in name = given }
    return name
  }

  /// The particulars, always in the same order.
  public var fields: [EventField] {
    var fields: [EventField] = []
    describe { _, given in fields = given() }
    return fields
  }

  /// Name and particulars in one table, so that a new kind is described in one place. The particulars are made only
  /// when they are asked for: names are wanted more often, and the particulars were nearly all of their 1,900
  /// instructions.
  private func describe(_ take: (_ name: String, _ fields: @autoclosure () -> [EventField]) -> Void) {
    switch self {
    case .interrupted(let id, let cause, let unsynced):
      take(
        "interrupted",
        [.init("instance", id), .init("cause", cause), .init("unsynced", .bytes(unsynced))]
      )
    case .warned(let id, let lead, let isFalse):
      take("warned", [.init("instance", id), .init("lead", lead), .init("isFalse", .flag(isFalse))])
    case .leftBehind(let id, let unsynced):
      take("leftBehind", [.init("instance", id), .init("unsynced", .bytes(unsynced))])
    case .faultBegan(let name, let place):
      take("faultBegan", [.init("fault", name), .init("at", place)])
    case .faultEnded(let name, let place):
      take("faultEnded", [.init("fault", name), .init("at", place)])
    case .standbyLost(let id, let cause, let unsynced):
      take(
        "standbyLost",
        [.init("instance", id), .init("cause", cause), .init("unsynced", .bytes(unsynced))]
      )
    case .rentedAway(let id): take("rentedAway", [.init("instance", id)])
    case .machineLost(let machine): take("machineLost", [.init("machine", machine.rawValue)])
    case .volumeLost(let volume): take("volumeLost", [.init("volume", volume.rawValue)])
    case .diskUsage(let id, let used, let capacity):
      take(
        "diskUsage",
        [.init("instance", id), .init("used", .bytes(used)), .init("capacity", .bytes(capacity))]
      )
    case .priceChanged(let price, let limit):
      take("priceChanged", [.init("price", .price(price)), .init("limit", .price(limit))])
    case .capacityLost: take("capacityLost", [])
    case .capacityReturned: take("capacityReturned", [])
    case .primaryAdopted(let instance): take("primaryAdopted", instance.fields)
    case .standbyCreated(let instance, let type):
      take("standbyCreated", instance.fields + [.init("machineType", type)])
    case .protectionStarted(let primary, let standby):
      take(
        "protectionStarted",
        [.init("primary", primary)] + (standby.map { [.init("standby", $0)] } ?? [])
      )
    case .phaseChanged(let from, let to):
      take("phaseChanged", [.init("from", from.rawValue), .init("to", to.rawValue)])
    case .syncCompleted(let report): take("syncCompleted", report.fields)
    case .checkPassed(let duration): take("checkPassed", [.init("after", duration)])
    case .syncFailed(let attempt, let error):
      take("syncFailed", [.init("attempt", attempt)] + error.fields)
    case .syncRecovered(let failures): take("syncRecovered", [.init("failures", failures)])
    case .standbyMissing(let id, let error):
      take("standbyMissing", [.init("instance", id)] + error.fields)
    case .standbyCreationFailed(let attempt, let error, let delay):
      take(
        "standbyCreationFailed",
        [.init("attempt", attempt)] + error.fields + [.init("retryIn", delay)]
      )
    case .checkFailed(let failures, let threshold, let method, let failure):
      take(
        "checkFailed",
        [
          .init("failures", failures), .init("threshold", threshold), .init("method", method.rawValue),
          .init("reason", failure.rawValue),
        ]
      )
    case .suspicionCleared(let failures): take("suspicionCleared", [.init("failures", failures)])
    case .noticeReceived(let notice):
      take("noticeReceived", [.init("instance", notice.instance), .init("lead", notice.lead)])
    case .faultDetected(let id, let detection, let lastSync):
      take("faultDetected", [.init("instance", id)] + detection.fields + (lastSync?.fields ?? []))
    case .warmPoolChanged(let from, let to):
      take("warmPoolChanged", [.init("from", from.rawValue), .init("to", to.rawValue)])
    case .machinesFound(let count, let chosen):
      take("machinesFound", [.init("machines", count), .init("machine", chosen.rawValue)])
    case .noMachine: take("noMachine", [])
    case .volumeCreated(let volume): take("volumeCreated", volume.fields)
    case .volumeDeleted(let id): take("volumeDeleted", [.init("volume", id.rawValue)])
    case .volumeReused(let id): take("volumeReused", [.init("volume", id.rawValue)])
    case .warmStandbyReady(let instance): take("warmStandbyReady", instance.fields)
    case .warmStandbyFailed(let error): take("warmStandbyFailed", error.fields)
    case .warmFailoverStarted(let from, let to):
      take("warmFailoverStarted", [.init("from", from), .init("to", to)])
    case .warmFailoverCompleted(let to, let count):
      take("warmFailoverCompleted", [.init("to", to), .init("failovers", count)])
    case .warmFailoverFailed(let why): take("warmFailoverFailed", [.init("reason", why)])
    case .instanceStarted(let id): take("instanceStarted", [.init("instance", id)])
    case .instanceStopped(let id): take("instanceStopped", [.init("instance", id)])
    case .snapshotSaved(let report): take("snapshotSaved", report.fields)
    case .snapshotFailed(let attempt, let error):
      take("snapshotFailed", [.init("attempt", attempt)] + error.fields)
    case .snapshotDeleted(let id): take("snapshotDeleted", [.init("snapshot", id.rawValue)])
    case .snapshotDeleteFailed(let id, let error):
      take("snapshotDeleteFailed", [.init("snapshot", id.rawValue)] + error.fields)
    case .standbyActivated(let instance): take("standbyActivated", instance.fields)
    case .standbyDeactivated(let id): take("standbyDeactivated", [.init("instance", id)])
    case .standbyBusy(let id): take("standbyBusy", [.init("instance", id)])
    case .failoverStarted(let from, let to):
      take("failoverStarted", [.init("from", from), .init("to", to)])
    case .endpointHeld: take("endpointHeld", [])
    case .endpointSwitched(let to, let role):
      take("endpointSwitched", [.init("to", to), .init("role", role.rawValue)])
    case .verificationPassed(let step): take("verificationPassed", [.init("step", step.rawValue)])
    case .verificationFailed(let step, let why):
      take("verificationFailed", [.init("step", step.rawValue), .init("reason", why)])
    case .failoverCompleted(let to): take("failoverCompleted", [.init("to", to)])
    case .failoverFailed(let why): take("failoverFailed", [.init("reason", why)])
    case .approvalRequested(let what): take("approvalRequested", [.init("request", what)])
    case .approvalGiven(let what): take("approvalGiven", [.init("request", what)])
    case .recoveryStarted(let attempt): take("recoveryStarted", [.init("attempt", attempt)])
    case .offersFound(let count, let chosen, let fromCache):
      take(
        "offersFound",
        [.init("acceptable", count)] + chosen.fields + [.init("fromCache", .flag(fromCache))]
      )
    case .noOffer: take("noOffer", [])
    case .offerRefused(let offer, let error): take("offerRefused", offer.fields + error.fields)
    case .instanceCreated(let id, let offer):
      take("instanceCreated", [.init("instance", id)] + offer.fields)
    case .instanceRunning(let instance): take("instanceRunning", instance.fields)
    case .sshReady(let id, let polls, let probing):
      take("sshReady", [.init("instance", id), .init("polls", polls), .init("probing", probing)])
    case .restoreStarted(let from, let to):
      take("restoreStarted", [.init("from", from), .init("to", to)])
    case .restoreCompleted(let report): take("restoreCompleted", report.fields)
    case .restoreFailed(let attempt, let error):
      take("restoreFailed", [.init("attempt", attempt)] + error.fields)
    case .snapshotRestoreStarted(let id, let to):
      take("snapshotRestoreStarted", [.init("snapshot", id.rawValue), .init("to", to)])
    case .snapshotRestored(let report): take("snapshotRestored", report.fields)
    case .snapshotRestoreFailed(let id, let attempt, let error):
      take(
        "snapshotRestoreFailed",
        [.init("snapshot", id.rawValue), .init("attempt", attempt)] + error.fields
      )
    case .restoreSkipped: take("restoreSkipped", [])
    case .inferencePassed(let report): take("inferencePassed", report.fields)
    case .inferenceFailed(let model, let error):
      take("inferenceFailed", [.init("model", model)] + error.fields)
    case .recoveryFailed(let attempt, let step, let error, let delay):
      take(
        "recoveryFailed",
        [.init("attempt", attempt), .init("step", step)] + error.fields + [.init("retryIn", delay)]
      )
    case .failbackStarted(let to): take("failbackStarted", [.init("to", to)])
    case .finalSyncCompleted(let report): take("finalSyncCompleted", report.fields)
    case .contentVerified(let digest): take("contentVerified", [.init("digest", digest.rawValue)])
    case .contentDiffers(let source, let destination):
      take(
        "contentDiffers",
        [.init("source", source.rawValue), .init("destination", destination.rawValue)]
      )
    case .failbackCompleted(let id): take("failbackCompleted", [.init("instance", id)])
    case .recoveryCompleted(let attempts): take("recoveryCompleted", [.init("attempts", attempts)])
    case .hibernated(let id): take("hibernated", [.init("instance", id)])
    case .woken(let id): take("woken", [.init("instance", id)])
    case .instanceDestroyed(let id): take("instanceDestroyed", [.init("instance", id)])
    case .destroyFailed(let id, let error):
      take("destroyFailed", [.init("instance", id)] + error.fields)
    case .notified(let notification): take("notified", notification.fields)
    case .notificationFailed(let notification, let error):
      take("notificationFailed", notification.fields + error.fields)
    case .scriptPhaseStarted(let name): take("scriptPhaseStarted", [.init("phase", name)])
    case .scriptPhaseEnded(let name): take("scriptPhaseEnded", [.init("phase", name)])
    case .note(let text): take("note", [.init("text", text)])
    }
  }
}
