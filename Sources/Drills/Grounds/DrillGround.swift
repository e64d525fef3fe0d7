import Failover

/// Where drills are played: a lab on this machine, or accounts of the user's.
public protocol DrillGround: Sendable {
  var site: any DrillSite { get }
  /// Whether what is rented here has to be paid for.
  var costsMoney: Bool { get }
  /// The most that a drill may cost; `nil` when nobody has said.
  var maximumCost: Money? { get }
  /// The GPU that serves already; `nil` to rent one.
  var existingGPU: InstanceID? { get }
  /// Where it is written down what is paid for.
  var journalPath: String { get }

  /// The adapters, which label everything they create as that run's.
  ///
  /// - Throws: whatever is wrong with the settings, in one line.
  func backends(for run: RunID) throws -> Backends
}
