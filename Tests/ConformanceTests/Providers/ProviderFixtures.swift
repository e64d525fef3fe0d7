import Failover
import FailoverSim
import Foundation
import Synchronization

@testable import RealBackends

/// A small world with offers, in which nothing happens by itself.
enum ProviderWorld {
  static func model(offers: [Offer]) -> WorldModel {
    let times = HostTimes(scan: .constant(0.1), inspect: .constant(0.1), digest: .constant(0.1), probes: [:])
    let address = HostAddress(host: "gpu.example", port: 22)
    return WorldModel(
      gpu: GPUModel(
        id: InstanceID("1"), address: address, price: .free, boot: .constant(1), sshStart: .constant(1),
        hostTimes: times),
      standby: StandbyModel(
        id: InstanceID("cpu"), address: HostAddress(host: "cpu.example", port: 22), creation: .constant(1),
        describe: .constant(0.1), hostTimes: times, startsFilled: false),
      marketplace: MarketplaceModel(
        offers: offers, newInstances: [], search: .constant(0.1), create: .constant(0.1), describe: .constant(0.1),
        destroy: .constant(0.1)),
      network: NetworkModel(
        link: .megabitsPerSecond(1000), rsync: .megabytesPerSecond(90), keepAlive: .seconds(11)),
      endpoint: EndpointModel(change: .constant(0.1), hold: .constant(0.1), verify: .constant(0.1)),
      workspace: WorkspaceModel(path: "/workspace", files: [], dirtyRate: .zero, deltaReduction: .zero),
      interruptions: .never, notification: .constant(0.1))
  }
}

/// A vendor's server that says the same to everybody.
struct VendorTransport: HTTPTransport {
  var answer: ProviderErrorTests.VendorAnswer

  func send(_ request: HTTPRequest, timeout: Duration, _ what: String) async throws(PortError) -> HTTPAnswer {
    switch answer {
    case .json(let status, let text):
      return HTTPAnswer(status: status, contentType: "application/json", body: Array(text.utf8))
    case .text(let status, let text):
      return HTTPAnswer(status: status, contentType: "text/plain", body: Array(text.utf8))
    case .silence: throw PortError(.timedOut, what)
    }
  }
}

/// A clock on which waiting takes no time.
final class SkippingClock: Clock {
  struct Instant: InstantProtocol {
    var offset = Duration.zero

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private let instant = Mutex(Instant())

  var now: Instant { instant.withLock { $0 } }
  var minimumResolution: Duration { .nanoseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    instant.withLock { $0 = max($0, deadline) }
  }
}

/// The key file of a service account that does not exist, with a key made for this run; `nil` without `ssh-keygen`.
enum ProviderKey {
  private static let made = Task { () -> [UInt8]? in
    let directory = NSTemporaryDirectory() + "provider-key-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "", "-f", directory + "/key",
    ]
    do { try process.run() } catch { return nil }
    process.waitUntilExit()
    guard let pem = try? String(contentsOfFile: directory + "/key", encoding: .utf8) else { return nil }
    let fields = [
      "type": "service_account", "private_key": pem, "client_email": "robot@example",
      "token_uri": "https://oauth2.example/token",
    ]
    return (try? JSONSerialization.data(withJSONObject: fields)).map { Array($0) }
  }

  static var json: [UInt8]? { get async { await made.value } }
}
