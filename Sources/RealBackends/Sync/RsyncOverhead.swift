import Failover
import Subprocess

/// How much longer a pass takes than the bare rsync commands with the same options: what the guard, the lease, the
/// reading of figures and the time-out cost.
public struct RsyncOverhead: Sendable, Hashable {
  /// Passes of the adapter, in the order in which they were made.
  public var passes: [Duration]
  /// Bare runs, each made right after or before the pass of the same number.
  public var bareRuns: [Duration]

  public var medianPass: Duration { Self.median(passes) }
  public var medianBareRun: Duration { Self.median(bareRuns) }

  /// By how much the median pass is longer than the median bare run, as a share of that; negative when it is shorter.
  public var overhead: Double { medianPass / medianBareRun - 1 }

  /// The same of the fastest of each, which other work on the machine disturbs least.
  public var fastestOverhead: Double {
    guard let pass = passes.min(), let bareRun = bareRuns.min() else { return 0 }
    return pass / bareRun - 1
  }

  /// Makes passes and bare runs in turns, so that whatever else the machine does meets both.
  ///
  /// - Parameters:
  ///   - rounds: how many of each; at least 1.
  ///   - prepare: called before every single one, to make the same changes on the source again.
  public static func measure(
    _ sync: RsyncFileSync, _ request: SyncRequest, rounds: Int, timeout: Duration,
    prepare: (_ number: Int) async throws -> Void
  ) async throws -> RsyncOverhead {
    let clock = ContinuousClock()
    var overhead = RsyncOverhead(passes: [], bareRuns: [])
    for round in 0..<max(1, rounds) {
      for turn in 0..<2 {
        try await prepare(2 * round + turn)
        // The one that comes second finds warmer caches.
        if (round + turn).isMultiple(of: 2) {
          let start = clock.now
          _ = try await sync.synchronize(request, timeout: timeout)
          overhead.passes.append(start.duration(to: clock.now))
        } else {
          let commands = try sync.bareCommands(for: request)
          let start = clock.now
          for command in commands { try await run(command) }
          overhead.bareRuns.append(start.duration(to: clock.now))
        }
      }
    }
    return overhead
  }

  private static func run(_ command: Program) async throws {
    let ended = try await Subprocess.run(
      .name(command.name), arguments: Arguments(command.arguments), output: .discarded, error: .discarded)
    guard ended.terminationStatus.isSuccess else {
      throw PortError(.refused, "bare \(command.name): \(ended.terminationStatus)")
    }
  }

  private static func median(_ durations: [Duration]) -> Duration {
    let sorted = durations.sorted()
    guard !sorted.isEmpty else { return .zero }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

extension RsyncFileSync {
  /// What somebody would type who wanted the same copy, with the same options and nothing around them.
  func bareCommands(for request: SyncRequest) throws(PortError) -> [Program] {
    let path = try Self.validated(request.path)
    if request.route == .relay, relayMethod == .staged {
      let staging = try stagingDirectory(for: path)
      return [
        pullCommand(path, from: request.source, staging, nil), pushCommand(path, staging, to: request.destination),
      ]
    }
    var settings = peer
    var destination = request.destination
    var forwards: [SSHForward] = []
    if request.route == .relay {
      let port = Int.random(in: 20_000...32_767)
      settings = settingsThroughHere(destination)
      forwards = [.fromHost(port: port, to: destination)]
      destination = HostAddress(host: "127.0.0.1", port: port)
    }
    let command = sourceCommand(path, settings, to: destination).map(Quoting.forShell).joined(separator: " ")
    let arguments = ssh.arguments(port: request.source.port, forwardingAgent: forwardsAgent, forwards: forwards)
    return [Program("ssh", arguments + ["--", request.source.host, command])]
  }
}
