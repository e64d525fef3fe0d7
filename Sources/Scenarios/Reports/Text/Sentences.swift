import Failover

extension EventKind {
  /// What happened, in a few words for the timeline.
  var sentence: String {
    switch self {
    case .interrupted(_, let cause, let unsynced): "\(cause): the GPU is gone, \(unsynced) not copied yet"
    case .warned(let id, let lead, let isFalse):
      "GPU \(id) is said to be taken away in \(Figures.human(lead))" + (isFalse ? ", which is not true" : "")
    case .leftBehind(let id, let unsynced): "users have left a GPU that works: \(unsynced) stay behind on \(id)"
    case .faultBegan(let name, let place): "\(name) at \(place) begins"
    case .faultEnded(let name, let place): "\(name) at \(place) is over"
    case .standbyLost(_, let cause, let unsynced): "\(cause): the standby is gone, \(unsynced) nowhere else"
    case .rentedAway(let id): "the GPU of stopped instance \(id) has been rented to somebody else"
    case .machineLost(let machine): "machine \(machine) is gone, with all that was on it"
    case .volumeLost(let volume): "volume \(volume) is gone"
    case .diskUsage(_, let used, let capacity): "\(used) of the disk's \(capacity) used"
    case .priceChanged(let price, let limit): "the cheapest GPU costs \(price), the limit is \(limit)"
    case .capacityLost: "no GPU to be had any more"
    case .capacityReturned: "a GPU can be had again"
    case .primaryAdopted(let instance): "GPU adopted at \(instance.place), \(instance.price)"
    case .standbyCreated(let instance, let type): "\(type) running at \(instance.place), \(instance.price)"
    case .protectionStarted: "the workspace is protected"
    case .phaseChanged(let from, let to): "\(from.rawValue) → \(to.rawValue)"
    case .syncCompleted(let report):
      "sync done in \(Figures.seconds(report.duration, decimals: 3)) s, \(report.bytesSent) sent"
    case .checkPassed: "health check passed"
    case .syncFailed(let attempt, let error): "sync failed (\(attempt) in a row): \(error)"
    case .syncRecovered(let failures): "sync works again after \(failures) failures"
    case .standbyMissing(_, let error): "the standby is missing (\(error)): what it held is gone"
    case .standbyCreationFailed(let attempt, let error, let delay):
      "no standby (attempt \(attempt)): \(error); next attempt in \(Figures.human(delay))"
    case .checkFailed(let failures, let threshold, let method, let failure):
      "health check failed (\(failures)/\(threshold)): \(method.rawValue) \(failure.rawValue)"
    case .suspicionCleared(let failures): "it answers again after \(failures) failed checks"
    case .noticeReceived(let notice):
      "interruption notice: \(Figures.human(notice.lead)) until the GPU is taken away"
    case .faultDetected(_, .checks(let failures, let threshold), _):
      "threshold reached (\(failures)/\(threshold)): the GPU counts as down"
    case .faultDetected(_, .silence(let silence), _):
      "no heartbeat for \(Figures.human(silence)): the GPU counts as down"
    case .faultDetected(_, .notice, _): "the GPU is being taken away: it counts as down"
    case .warmPoolChanged(let from, let to): "warm pool: \(from.rawValue) → \(to.rawValue)"
    case .machinesFound(let count, let chosen):
      "\(count) machine\(count == 1 ? " has" : "s have") enough GPUs; machine \(chosen)"
    case .noMachine: "no machine has enough GPUs"
    case .volumeCreated(let volume): "volume \(volume.id) of \(volume.size) on machine \(volume.machine)"
    case .volumeDeleted(let id): "volume \(id) given back"
    case .volumeReused(let id): "volume \(id) holds the workspace: nothing to copy"
    case .warmStandbyReady(let instance): "GPU \(instance.id) stands by, stopped"
    case .warmStandbyFailed(let error): "no second GPU: \(error)"
    case .warmFailoverStarted(let from, let to): "failover on the machine: GPU \(from) → \(to)"
    case .warmFailoverCompleted(let to, _): "GPU \(to) serves; failover complete"
    case .warmFailoverFailed(let why): "the second GPU did not take over: \(why)"
    case .instanceStarted(let id): "instance \(id) told to start"
    case .instanceStopped(let id): "instance \(id) stopped"
    case .snapshotSaved(let report):
      "snapshot \(report.id): \(report.content), \(report.stored) stored, in \(Figures.human(report.duration))"
    case .snapshotFailed(let attempt, let error): "snapshot failed (\(attempt) in a row): \(error)"
    case .snapshotDeleted(let id): "snapshot \(id) deleted"
    case .snapshotDeleteFailed(let id, let error): "snapshot \(id) could not be deleted: \(error)"
    case .standbyActivated(let instance): "standby activated at \(instance.place), \(instance.price)"
    case .standbyDeactivated: "standby deactivated"
    case .standbyBusy: "the standby serves others: no room"
    case .failoverStarted(let from, let to): "failover: \(from) → \(to)"
    case .endpointHeld: "users are turned away for the last copy"
    case .endpointSwitched(let to, let role): "users now reach the \(role == .gpu ? "GPU" : "standby") at \(to)"
    case .verificationPassed(let step): "verified: \(step.rawValue)"
    case .verificationFailed(let step, let why): "not verified: \(step.rawValue), \(why)"
    case .failoverCompleted: "the standby serves; failover complete"
    case .failoverFailed(let why): "failover failed: \(why)"
    case .approvalRequested(let what): "asked a person: \(what)?"
    case .approvalGiven(let what): "a person agreed: \(what)"
    case .recoveryStarted(let attempt):
      attempt == 1 ? "recovery starts: looking for a GPU" : "recovery, attempt \(attempt)"
    case .offersFound(let count, let offer, let fromCache):
      "\(count) offer\(count == 1 ? "" : "s")\(fromCache ? " remembered" : ""); "
        + "\(offer.gpuName) in \(offer.region) at \(offer.price) (offer \(offer.id))"
    case .noOffer: "no acceptable offer"
    case .offerRefused(let offer, let error): "offer \(offer.id) refused: \(error)"
    case .instanceCreated(let id, _): "instance \(id) ordered"
    case .instanceRunning(let instance): "instance runs at \(instance.place)"
    case .sshReady(_, let polls, _): "ssh answers (attempt \(polls))"
    case .restoreStarted(let from, _): "restore from \(from) starts"
    case .restoreCompleted(let report):
      "restored: \(report.files) files, \(report.bytesSent) in \(Figures.human(report.duration))"
    case .restoreFailed(let attempt, let error): "restore failed (attempt \(attempt)): \(error)"
    case .snapshotRestoreStarted(let id, _): "restore of snapshot \(id) starts"
    case .snapshotRestored(let report):
      "restored \(report.content) from snapshot \(report.id) in \(Figures.human(report.duration)): "
        + "\(report.downloaded) downloaded in \(Figures.human(report.download))"
    case .snapshotRestoreFailed(let id, let attempt, let error):
      "restore of snapshot \(id) failed (attempt \(attempt)): \(error)"
    case .restoreSkipped: "no copy to restore from: the GPU starts empty"
    case .inferencePassed(let report):
      "\(report.model) answers: loaded in \(Figures.human(report.load)), "
        + "first answer after \(Figures.human(report.answer))"
    case .inferenceFailed(let model, let error): "\(model) does not answer: \(error)"
    case .recoveryFailed(_, let step, let error, let delay):
      "\(step) failed: \(error); next attempt in \(Figures.human(delay))"
    case .failbackStarted: "failback starts"
    case .finalSyncCompleted(let report):
      "final sync: \(report.bytesSent) in \(Figures.human(report.duration))"
    case .contentVerified: "both copies are equal (hash)"
    case .contentDiffers: "the copies differ"
    case .failbackCompleted: "the GPU serves; failback complete"
    case .recoveryCompleted(let attempts):
      "recovery complete" + (attempts == 1 ? "" : " after \(attempts) attempts")
    case .hibernated(let id): "instance \(id) hibernates"
    case .woken(let id): "instance \(id) is wanted again"
    case .instanceDestroyed(let id): "instance \(id) given back"
    case .destroyFailed(let id, let error): "instance \(id) could not be given back: \(error)"
    case .notified(let notification): "told people: \(notification.subject.rawValue)"
    case .notificationFailed(let notification, let error):
      "could not tell people (\(notification.subject.rawValue)): \(error)"
    case .scriptPhaseStarted(let name): name
    case .scriptPhaseEnded(let name): "\(name) ends"
    case .note(let text): text
    }
  }

  /// How an event is coloured; `nil` for the ordinary.
  var tone: Style.Tone? {
    switch self {
    case .interrupted, .failoverFailed, .contentDiffers, .verificationFailed, .capacityLost,
      .standbyLost, .standbyMissing, .standbyBusy, .rentedAway, .machineLost, .volumeLost, .warmFailoverFailed, .inferenceFailed: .bad
    case .checkFailed, .faultDetected, .syncFailed, .recoveryFailed, .restoreFailed, .noOffer, .offerRefused,
      .faultBegan, .noMachine, .warmStandbyFailed, .snapshotFailed, .snapshotDeleteFailed, .snapshotRestoreFailed,
      .restoreSkipped, .warned, .leftBehind, .noticeReceived, .destroyFailed, .notificationFailed, .endpointHeld,
      .standbyCreationFailed: .warning
    case .failoverCompleted, .failbackCompleted, .recoveryCompleted, .contentVerified, .protectionStarted,
      .warmFailoverCompleted, .snapshotRestored, .inferencePassed, .warmStandbyReady,
      .endpointSwitched: .good
    case .phaseChanged, .notified, .note, .checkPassed, .syncCompleted: .faint
    default: nil
    }
  }
}

extension Instance {
  fileprivate var place: String { address?.description ?? "an address still unknown" }
}
