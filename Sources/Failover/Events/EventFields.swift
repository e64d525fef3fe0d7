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
  public var name: String { described.name }

  /// The particulars, always in the same order.
  public var fields: [EventField] { described.fields }

  /// Name and particulars in one table, so that a new kind is described in one place.
  private var described: (name: String, fields: [EventField]) {
    switch self {
    case .interrupted(let id, let cause, let unsynced):
      (
        "interrupted",
        [.init("instance", id), .init("cause", cause), .init("unsynced", .bytes(unsynced))]
      )
    case .warned(let id, let lead, let isFalse):
      ("warned", [.init("instance", id), .init("lead", lead), .init("isFalse", .flag(isFalse))])
    case .leftBehind(let id, let unsynced):
      ("leftBehind", [.init("instance", id), .init("unsynced", .bytes(unsynced))])
    case .faultBegan(let name, let place):
      ("faultBegan", [.init("fault", name), .init("at", place)])
    case .faultEnded(let name, let place):
      ("faultEnded", [.init("fault", name), .init("at", place)])
    case .standbyLost(let id, let cause, let unsynced):
      (
        "standbyLost",
        [.init("instance", id), .init("cause", cause), .init("unsynced", .bytes(unsynced))]
      )
    case .rentedAway(let id): ("rentedAway", [.init("instance", id)])
    case .machineLost(let machine): ("machineLost", [.init("machine", machine.rawValue)])
    case .volumeLost(let volume): ("volumeLost", [.init("volume", volume.rawValue)])
    case .diskUsage(let id, let used, let capacity):
      (
        "diskUsage",
        [.init("instance", id), .init("used", .bytes(used)), .init("capacity", .bytes(capacity))]
      )
    case .priceChanged(let price, let limit):
      ("priceChanged", [.init("price", .price(price)), .init("limit", .price(limit))])
    case .capacityLost: ("capacityLost", [])
    case .capacityReturned: ("capacityReturned", [])
    case .primaryAdopted(let instance): ("primaryAdopted", instance.fields)
    case .standbyCreated(let instance, let type):
      ("standbyCreated", instance.fields + [.init("machineType", type)])
    case .protectionStarted(let primary, let standby):
      (
        "protectionStarted",
        [.init("primary", primary)] + (standby.map { [.init("standby", $0)] } ?? [])
      )
    case .phaseChanged(let from, let to):
      ("phaseChanged", [.init("from", from.rawValue), .init("to", to.rawValue)])
    case .syncCompleted(let report): ("syncCompleted", report.fields)
    case .checkPassed(let duration): ("checkPassed", [.init("after", duration)])
    case .syncFailed(let attempt, let error):
      ("syncFailed", [.init("attempt", attempt)] + error.fields)
    case .syncRecovered(let failures): ("syncRecovered", [.init("failures", failures)])
    case .standbyMissing(let id, let error):
      ("standbyMissing", [.init("instance", id)] + error.fields)
    case .standbyCreationFailed(let attempt, let error, let delay):
      (
        "standbyCreationFailed",
        [.init("attempt", attempt)] + error.fields + [.init("retryIn", delay)]
      )
    case .checkFailed(let failures, let threshold, let method, let failure):
      (
        "checkFailed",
        [
          .init("failures", failures), .init("threshold", threshold), .init("method", method.rawValue),
          .init("reason", failure.rawValue),
        ]
      )
    case .suspicionCleared(let failures): ("suspicionCleared", [.init("failures", failures)])
    case .noticeReceived(let notice):
      ("noticeReceived", [.init("instance", notice.instance), .init("lead", notice.lead)])
    case .faultDetected(let id, let detection, let lastSync):
      ("faultDetected", [.init("instance", id)] + detection.fields + (lastSync?.fields ?? []))
    case .warmPoolChanged(let from, let to):
      ("warmPoolChanged", [.init("from", from.rawValue), .init("to", to.rawValue)])
    case .machinesFound(let count, let chosen):
      ("machinesFound", [.init("machines", count), .init("machine", chosen.rawValue)])
    case .noMachine: ("noMachine", [])
    case .volumeCreated(let volume): ("volumeCreated", volume.fields)
    case .volumeDeleted(let id): ("volumeDeleted", [.init("volume", id.rawValue)])
    case .volumeReused(let id): ("volumeReused", [.init("volume", id.rawValue)])
    case .warmStandbyReady(let instance): ("warmStandbyReady", instance.fields)
    case .warmStandbyFailed(let error): ("warmStandbyFailed", error.fields)
    case .warmFailoverStarted(let from, let to):
      ("warmFailoverStarted", [.init("from", from), .init("to", to)])
    case .warmFailoverCompleted(let to, let count):
      ("warmFailoverCompleted", [.init("to", to), .init("failovers", count)])
    case .warmFailoverFailed(let why): ("warmFailoverFailed", [.init("reason", why)])
    case .instanceStarted(let id): ("instanceStarted", [.init("instance", id)])
    case .instanceStopped(let id): ("instanceStopped", [.init("instance", id)])
    case .snapshotSaved(let report): ("snapshotSaved", report.fields)
    case .snapshotFailed(let attempt, let error):
      ("snapshotFailed", [.init("attempt", attempt)] + error.fields)
    case .snapshotDeleted(let id): ("snapshotDeleted", [.init("snapshot", id.rawValue)])
    case .snapshotDeleteFailed(let id, let error):
      ("snapshotDeleteFailed", [.init("snapshot", id.rawValue)] + error.fields)
    case .standbyActivated(let instance): ("standbyActivated", instance.fields)
    case .standbyDeactivated(let id): ("standbyDeactivated", [.init("instance", id)])
    case .standbyBusy(let id): ("standbyBusy", [.init("instance", id)])
    case .failoverStarted(let from, let to):
      ("failoverStarted", [.init("from", from), .init("to", to)])
    case .endpointHeld: ("endpointHeld", [])
    case .endpointSwitched(let to, let role):
      ("endpointSwitched", [.init("to", to), .init("role", role.rawValue)])
    case .verificationPassed(let step): ("verificationPassed", [.init("step", step.rawValue)])
    case .verificationFailed(let step, let why):
      ("verificationFailed", [.init("step", step.rawValue), .init("reason", why)])
    case .failoverCompleted(let to): ("failoverCompleted", [.init("to", to)])
    case .failoverFailed(let why): ("failoverFailed", [.init("reason", why)])
    case .approvalRequested(let what): ("approvalRequested", [.init("request", what)])
    case .approvalGiven(let what): ("approvalGiven", [.init("request", what)])
    case .recoveryStarted(let attempt): ("recoveryStarted", [.init("attempt", attempt)])
    case .offersFound(let count, let chosen, let fromCache):
      (
        "offersFound",
        [.init("acceptable", count)] + chosen.fields + [.init("fromCache", .flag(fromCache))]
      )
    case .noOffer: ("noOffer", [])
    case .offerRefused(let offer, let error): ("offerRefused", offer.fields + error.fields)
    case .instanceCreated(let id, let offer):
      ("instanceCreated", [.init("instance", id)] + offer.fields)
    case .instanceRunning(let instance): ("instanceRunning", instance.fields)
    case .sshReady(let id, let polls, let probing):
      ("sshReady", [.init("instance", id), .init("polls", polls), .init("probing", probing)])
    case .restoreStarted(let from, let to):
      ("restoreStarted", [.init("from", from), .init("to", to)])
    case .restoreCompleted(let report): ("restoreCompleted", report.fields)
    case .restoreFailed(let attempt, let error):
      ("restoreFailed", [.init("attempt", attempt)] + error.fields)
    case .snapshotRestoreStarted(let id, let to):
      ("snapshotRestoreStarted", [.init("snapshot", id.rawValue), .init("to", to)])
    case .snapshotRestored(let report): ("snapshotRestored", report.fields)
    case .snapshotRestoreFailed(let id, let attempt, let error):
      (
        "snapshotRestoreFailed",
        [.init("snapshot", id.rawValue), .init("attempt", attempt)] + error.fields
      )
    case .restoreSkipped: ("restoreSkipped", [])
    case .inferencePassed(let report): ("inferencePassed", report.fields)
    case .inferenceFailed(let model, let error):
      ("inferenceFailed", [.init("model", model)] + error.fields)
    case .recoveryFailed(let attempt, let step, let error, let delay):
      (
        "recoveryFailed",
        [.init("attempt", attempt), .init("step", step)] + error.fields + [.init("retryIn", delay)]
      )
    case .failbackStarted(let to): ("failbackStarted", [.init("to", to)])
    case .finalSyncCompleted(let report): ("finalSyncCompleted", report.fields)
    case .contentVerified(let digest): ("contentVerified", [.init("digest", digest.rawValue)])
    case .contentDiffers(let source, let destination):
      (
        "contentDiffers",
        [.init("source", source.rawValue), .init("destination", destination.rawValue)]
      )
    case .failbackCompleted(let id): ("failbackCompleted", [.init("instance", id)])
    case .recoveryCompleted(let attempts): ("recoveryCompleted", [.init("attempts", attempts)])
    case .hibernated(let id): ("hibernated", [.init("instance", id)])
    case .woken(let id): ("woken", [.init("instance", id)])
    case .instanceDestroyed(let id): ("instanceDestroyed", [.init("instance", id)])
    case .destroyFailed(let id, let error):
      ("destroyFailed", [.init("instance", id)] + error.fields)
    case .notified(let notification): ("notified", notification.fields)
    case .notificationFailed(let notification, let error):
      ("notificationFailed", notification.fields + error.fields)
    case .scriptPhaseStarted(let name): ("scriptPhaseStarted", [.init("phase", name)])
    case .scriptPhaseEnded(let name): ("scriptPhaseEnded", [.init("phase", name)])
    case .note(let text): ("note", [.init("text", text)])
    }
  }
}
