import Failover

extension EventKind {
  /// What happened, in a few words for the timeline.
  var sentence: String {
    switch self {
    case .interrupted(_, let cause, let unsynced): "\(cause): the GPU is gone, \(unsynced) not copied yet"
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
    case .checkFailed(let failures, let threshold, let method, let failure):
      "health check failed (\(failures)/\(threshold)): \(method.rawValue) \(failure.rawValue)"
    case .suspicionCleared(let failures): "it answers again after \(failures) failed checks"
    case .faultDetected(_, let failures, let threshold, _):
      "threshold reached (\(failures)/\(threshold)): the GPU counts as down"
    case .failoverStarted(let from, let to): "failover: \(from) → \(to)"
    case .endpointHeld: "users are turned away for the last copy"
    case .endpointSwitched(let to, let role): "users now reach the \(role == .gpu ? "GPU" : "standby") at \(to)"
    case .verificationPassed(let step): "verified: \(step.rawValue)"
    case .verificationFailed(let step, let why): "not verified: \(step.rawValue), \(why)"
    case .failoverCompleted: "the standby serves; failover complete"
    case .failoverFailed(let why): "failover failed: \(why)"
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
    case .interrupted, .failoverFailed, .contentDiffers, .verificationFailed, .capacityLost: .bad
    case .checkFailed, .faultDetected, .syncFailed, .recoveryFailed, .restoreFailed, .noOffer, .offerRefused,
      .destroyFailed, .notificationFailed, .endpointHeld: .warning
    case .failoverCompleted, .failbackCompleted, .recoveryCompleted, .contentVerified, .protectionStarted,
      .endpointSwitched: .good
    case .phaseChanged, .notified, .note, .checkPassed, .syncCompleted: .faint
    default: nil
    }
  }
}

extension Instance {
  fileprivate var place: String { address?.description ?? "an address still unknown" }
}
