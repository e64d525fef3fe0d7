import Failover
import Foundation
import Scenarios

/// How one drill went: a line of the file that `drill history` shows.
public struct DrillRecord: Sendable, Hashable, Codable {
  /// The version of the line's format.
  public static let schemaVersion = 1

  public enum Place: String, Sendable, Hashable, Codable, CaseIterable {
    /// Hosts and servers on one machine.
    case lab
    /// Accounts of the user's.
    case accounts
  }

  public var schemaVersion = Self.schemaVersion
  /// When it ended, in seconds since 1970.
  public var endedAt: Int64
  public var scenario: String
  public var place: Place
  /// Why it failed, in one line; `nil` when it was played to its end.
  public var failure: String?
  /// Fault to detection, in milliseconds; like the next ones `nil` for what did not come to pass.
  public var detection: Int64?
  /// Fault to service by a standby, in milliseconds.
  public var degradedService: Int64?
  /// Fault to service by a GPU, in milliseconds.
  public var fullService: Int64?
  /// How many writes of users were lost.
  public var lostWrites: Int?
  /// From the first lost write to the fault, in milliseconds.
  public var lostAge: Int64?
  /// What was rented costs this at the scenario's prices, in millionths of a dollar.
  public var cost: Int64?

  /// - Parameter endedAt: in seconds since 1970.
  public init(_ result: DrillResult, of scenario: Scenario, at place: Place, endedAt: Int64) {
    self.init(failure: nil, of: scenario, at: place, endedAt: endedAt)
    let incident = Incident.all(in: result.run.events).first { $0.fault != nil }
    detection = incident?.timeToDetect?.wholeMilliseconds
    degradedService = incident?.timeToDegradedService?.wholeMilliseconds
    fullService = incident?.timeToFullService?.wholeMilliseconds
    lostWrites = result.loss?.writes
    lostAge = result.loss?.age.wholeMilliseconds
    cost = Charges(of: result.run).cost(from: .zero, to: result.run.length).total.nanodollars / 1000
  }

  /// - Parameter failure: why the drill was not played to its end.
  public init(failure: String?, of scenario: Scenario, at place: Place, endedAt: Int64) {
    self.endedAt = endedAt
    self.scenario = scenario.name
    self.place = place
    self.failure = failure.map { $0.split(whereSeparator: \.isNewline).joined(separator: "; ") }
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
