import CommandSupport
import Failover
import Foundation
import Scenarios

/// Tells on standard error what is going on while a drill is played: each event when it happens.
struct Teller: Sendable {
  var isOn: Bool

  func say(_ text: String) {
    if isOn { Exit.say(text) }
  }

  /// One line an event; routine successes are left out.
  func event(_ event: Event) {
    guard isOn else { return }
    switch event.kind {
    case .checkPassed, .syncCompleted, .snapshotDeleted: return
    default: Exit.say(event.line)
    }
  }
}
