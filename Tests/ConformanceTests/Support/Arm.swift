import Failover
import Foundation
import Lab
import Testing

/// The two sides that must behave alike: a simulated world, and real adapters against the lab's hosts and servers.
enum Arm: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case simulated
  case real

  var testDescription: String { rawValue }

  /// Goes on only where this arm can be had; elsewhere the test case is cancelled, and says why.
  ///
  /// With `REQUIRE_LOOPBACK_HOSTS=1` what is missing is a failure.
  func require(hosts: Bool = false, objectStore: Bool = false) async throws {
    guard self == .real else { return }
    var obstacle: String?
    if hosts { obstacle = await Lab.obstacle }
    if obstacle == nil, objectStore { obstacle = ObjectStore.obstacle(tools: Self.tools) }
    guard let obstacle else { return }
    guard ProcessInfo.processInfo.environment["REQUIRE_LOOPBACK_HOSTS"] == nil else { throw Missing(what: obstacle) }
    try Test.cancel("the real arm is skipped: \(obstacle)")
  }

  /// Where `scripts/install-lab-tools` has put rclone, whatever directory the tests run in.
  static var tools: String {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    return ProcessInfo.processInfo.environment["LAB_TOOLS"] ?? root + "/.build/lab-tools"
  }

  struct Missing: Error, CustomStringConvertible {
    var what: String
    var description: String { "required, and not to be had: \(what)" }
  }
}

/// How a call through a port ended, in a form in which two arms can be compared.
enum Ending: Sendable, Hashable, CustomStringConvertible {
  case done
  case failed(PortError.Reason)
  /// With an error that no port may throw.
  case other(String)

  var description: String {
    switch self {
    case .done: "done"
    case .failed(let reason): reason.rawValue
    case .other(let error): "not an error of a port: \(error)"
    }
  }
}

/// Makes a call and says how it ended.
func ending(of call: () async throws -> Void) async -> Ending {
  do {
    try await call()
    return .done
  } catch let error as PortError {
    return .failed(error.reason)
  } catch {
    return .other("\(error)")
  }
}

/// Makes a call that has to end in one way.
func expect(
  _ expected: Ending, _ what: String = "", at sourceLocation: SourceLocation = #_sourceLocation,
  _ call: () async throws -> Void
) async {
  var said = ""
  let ended = await ending {
    do { try await call() } catch {
      said = "\(error)"
      throw error
    }
  }
  #expect(ended == expected, "\(what) \(said)", sourceLocation: sourceLocation)
}

/// Makes a call, and does something else meanwhile.
func ending(
  of call: @escaping @Sendable () async throws -> Void, while meanwhile: () async throws -> Void
) async throws -> Ending {
  try await withThrowingTaskGroup(of: Ending.self) { group in
    group.addTask { await ending(of: call) }
    try await meanwhile()
    return try await group.next() ?? .done
  }
}

/// Makes a call and cancels it after `meanwhile`.
func endingWhenCancelled(
  _ call: @escaping @Sendable () async throws -> Void, after meanwhile: () async throws -> Void
) async throws -> Ending {
  try await withThrowingTaskGroup(of: Ending.self) { group in
    group.addTask { await ending(of: call) }
    try await meanwhile()
    group.cancelAll()
    return try await group.next() ?? .done
  }
}

/// What can be done to time in a world, whichever it is.
struct Passing: Sendable {
  /// Lets time pass.
  var pause: @Sendable (Duration) async throws -> Void
  /// Since the world began.
  var elapsed: @Sendable () -> Duration

  static func real() -> Passing {
    let clock = ContinuousClock()
    let start = clock.now
    return Passing(pause: { try await clock.sleep(for: $0) }, elapsed: { start.duration(to: clock.now) })
  }
}

/// Longer than anything here takes that is not meant to be kept waiting.
let long = Duration.seconds(60)
