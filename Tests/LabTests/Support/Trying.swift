import Foundation
import Lab
import Subprocess
import SystemPackage
import Testing

/// What a program said and how it ended.
struct Outcome: Sendable {
  /// 128 and the signal's number when a signal ended it.
  var exitCode: Int32
  var output: String
  var errors: String
}

/// Runs a script of bash to its end.
func bash(_ script: String, _ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
  let updates = Dictionary(
    uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) })
  let ended = try await Subprocess.run(
    .path("/bin/bash"), arguments: Arguments(["-c", script, "bash"] + arguments),
    environment: .inherit.updating(updates),
    output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
  let exitCode: Int32 =
    switch ended.terminationStatus {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  return Outcome(exitCode: exitCode, output: ended.standardOutput, errors: ended.standardError)
}

/// How a TCP connection to a host's sshd goes.
enum Connection: String, Sendable { case accepted, refused, unreachable, silent }

func connect(_ host: LabHost, limit: String = "0.5") async throws -> Connection {
  let outcome = try await bash("timeout \(limit) bash -c 'exec 3<>/dev/tcp/\(host.address)/22'")
  switch outcome.exitCode {
  case 0: return .accepted
  case 124: return .silent
  default: return outcome.errors.contains("refused") ? .refused : .unreachable
  }
}

extension Lab {
  /// Runs a command on a host the way a user would.
  func ssh(_ host: LabHost, _ command: String) async throws -> Outcome {
    try await bash(
      """
      ssh -F /dev/null -i "$1" -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes \
        -o UserKnownHostsFile="$2" -o ConnectTimeout=3 -o ServerAliveInterval=1 -o ServerAliveCountMax=2 \
        root@"$3" "$4" </dev/null
      """, identityFile, knownHostsFile, host.address, command)
  }
}

/// Starts a lab, runs `body`, and takes everything away again, whatever happens.
func withLab<Value>(
  _ hosts: [LabHostConfiguration], _ body: (Lab, [LabHost]) async throws -> Value
) async throws -> Value {
  let lab = try await Lab.start(LabConfiguration(hosts: hosts))
  do {
    var all: [LabHost] = []
    for host in hosts { all.append(try #require(await lab.host(host.name))) }
    let value = try await body(lab, all)
    await lab.stop()
    return value
  } catch {
    await lab.stop()
    throw error
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that need test hosts.
  static var needsHosts: Self {
    .enabled("needs root, Linux, namespaces, iproute2 and sshd") { await Lab.obstacle == nil }
  }

  /// For tests with a program that not every machine has.
  static func needs(_ program: String) -> Self {
    .enabled("needs \(program); scripts/install-lab-tools installs it") {
      FileManager.default.isExecutableFile(atPath: program)
    }
  }
}
