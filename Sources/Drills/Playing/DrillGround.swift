import Failover

/// Where drills are played: a lab on this machine, or accounts of the user's.
public protocol DrillGround: Sendable {
  var backends: Backends { get }
  var site: any DrillSite { get }
  /// Whether what is rented here has to be paid for.
  var costsMoney: Bool { get }
  /// The most that a drill may cost; `nil` when nobody has said.
  var maximumCost: Money? { get }
  /// The GPU that serves already; `nil` to rent one.
  var existingGPU: InstanceID? { get }
  /// Where it is written down what is paid for.
  var journalPath: String { get }

  /// Takes away what was set up for the drill itself. What the drill rented has been given back by then.
  func close() async
}
