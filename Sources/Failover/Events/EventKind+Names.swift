extension EventKind {
  /// The name of every kind there is, in the order in which they are declared: what a file may ask for.
  public static let names = [
    "faultBegan", "faultEnded", "interrupted", "warned", "leftBehind", "capacityLost", "capacityReturned",
    "standbyLost", "rentedAway", "machineLost", "volumeLost", "diskUsage", "priceChanged", "primaryAdopted",
    "standbyCreated", "protectionStarted", "phaseChanged", "syncCompleted", "checkPassed", "syncFailed",
    "syncRecovered", "standbyMissing", "standbyCreationFailed", "checkFailed", "suspicionCleared", "noticeReceived",
    "faultDetected", "warmPoolChanged", "machinesFound", "noMachine", "volumeCreated", "volumeDeleted",
    "volumeReused", "warmStandbyReady", "warmStandbyFailed", "warmFailoverStarted", "warmFailoverCompleted",
    "warmFailoverFailed", "instanceStarted", "instanceStopped", "snapshotSaved", "snapshotFailed", "snapshotDeleted",
    "snapshotDeleteFailed", "standbyActivated", "standbyDeactivated", "standbyBusy", "failoverStarted",
    "endpointHeld", "endpointSwitched", "verificationPassed", "verificationFailed", "failoverCompleted", "failoverFailed",
    "approvalRequested", "approvalGiven", "recoveryStarted", "offersFound", "noOffer", "offerRefused",
    "instanceCreated", "instanceRunning", "sshReady", "restoreStarted", "restoreCompleted", "restoreFailed",
    "snapshotRestoreStarted", "snapshotRestored", "snapshotRestoreFailed", "restoreSkipped", "inferencePassed",
    "inferenceFailed", "recoveryFailed", "failbackStarted", "finalSyncCompleted", "contentVerified", "contentDiffers",
    "failbackCompleted", "recoveryCompleted", "hibernated", "woken", "instanceDestroyed", "destroyFailed", "notified",
    "notificationFailed", "scriptPhaseStarted", "scriptPhaseEnded", "note",
  ]
}
