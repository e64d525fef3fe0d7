import Drills
import Failover
import Foundation
import Lab
import Scenarios
import Testing

/// A lab whose servers run in the test's own process, so that they outlive every drill that is killed, and a settings
/// file by which the program uses them as it uses the vendors'.
struct Stage: Sendable {
  let scenario: String
  let changes: [String]
  let servers: LabServers
  private let folder: TemporaryFolder

  var settingsFile: String { folder.file("drill.yaml") }
  var journal: String { folder.file("drill.journal") }
  var environment: [String: String] { servers.environment }

  /// Builds it, runs `body` on it, and takes it away again, whatever happens.
  ///
  /// - Parameter scenario: a file in the repository.
  static func with<Value: Sendable>(
    _ scenario: String, set changes: [String] = [], _ body: (Stage) async throws -> Value
  ) async throws -> Value {
    let loaded = try LoadedScenario(path: DrillProgram.root.path + "/" + scenario, overrides: changes)
    let lab = try await Lab.start()
    do {
      let servers = try await LabServers.start(for: loaded.scenario, on: lab)
      do {
        let stage = try Stage(scenario: scenario, changes: changes, servers: servers, folder: TemporaryFolder())
        try stage.writeSettings()
        let value = try await body(stage)
        await servers.stop()
        await lab.stop()
        return value
      } catch {
        await servers.stop()
        throw error
      }
    } catch {
      await lab.stop()
      throw error
    }
  }

  /// Where users are sent, and what they find there, is written down by a program of the user's own, beside all that the
  /// drill says of itself.
  private func writeSettings() throws {
    let settings = servers.settings
    try folder.write(
      """
      marketplace: {endpoint: "\(settings.marketplace.endpoint)", pacing: none}
      compute: {endpoint: "\(settings.compute.endpoint)"}
      ssh:
        identityFile: \(settings.ssh.identityFile ?? "")
        knownHosts: seen_hosts
        configFile: /dev/null
        connectTimeout: 5s
      sync: {stagingDirectory: staging, forwardAgent: false}
      objectStore: {region: \(settings.objectStore.region)}
      router:
        sshConfig: {path: endpoint}
        command: {program: [./users-move], routeFile: route}
      notifier: {log: false}
      journal: drill.journal
      """, to: "drill.yaml")
    try folder.write(
      """
      #!/bin/sh
      [ "$FAILOVER_ACTION" = route ] || exit 0
      found=$(ssh -F /dev/null -i \(settings.ssh.identityFile ?? "") -o BatchMode=yes -o StrictHostKeyChecking=no \\
        -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=3 root@"$FAILOVER_HOST" \
        'cd /workspace && sha256sum model.pt data.csv config.json 2>/dev/null | cut -c1-16 | paste -sd, -') || exit 1
      echo "$FAILOVER_HOST $found" >>\(folder.file("moves"))
      """, to: "users-move")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("users-move"))
  }

  /// Runs `body` while there is a disk at `folder` that holds nothing more.
  static func withFullDisk(at folder: String, _ body: () async throws -> Void) async throws {
    let fill = #"mkdir "$1" && mount -t tmpfs -o size=64k full "$1" && { cat /dev/zero >"$1/filling" 2>/dev/null || :; }"#
    func shell(_ script: String) async throws -> DrillProgram.Outcome {
      try await DrillProgram.run(["-c", script, "shell", folder], program: "/bin/sh").0
    }
    let filled = try await shell(fill)
    try #require(filled.status == 0, "\(filled.errors)")
    do {
      try await body()
    } catch {
      _ = try await shell(#"umount "$1""#)
      throw error
    }
    _ = try await shell(#"umount "$1""#)
  }

  @discardableResult
  func writeSettings(_ text: String) throws -> String { try folder.write(text, to: "other.yaml") }

  /// What plays a drill here.
  var arguments: [String] {
    [scenario, "--config", settingsFile, "--yes", "--interrupt-after", "1s", "--limit", "2min"]
      + changes.flatMap { ["--set", $0] }
  }

  /// Where users have been sent one after the other since the last call, and the hash of what they found there.
  func takeMoves() -> [Move] {
    let path = folder.file("moves")
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    try? FileManager.default.removeItem(atPath: path)
    var moves: [Move] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      // Whoever is sent again to where he is does not move.
      if moves.last?.host == words[0] { moves.removeLast() }
      moves.append(Move(host: words[0], content: words.count > 1 ? words[1] : ""))
    }
    return moves
  }

  struct Move: Hashable, Sendable {
    var host: String
    var content: String
  }

  /// What everything that was rented has cost, in dollars.
  var cost: Double { get async { await servers.marketplace.cost + servers.compute.cost } }

  /// Everything that is still paid for, one line each: instances, volumes, machines, objects, parts of uploads; and hosts
  /// that run, journals and copies on this machine.
  func leftovers() async throws -> [String] {
    var left = await servers.marketplace.existing.map { "instance \($0.id) \($0.label ?? "")" }
    left += await servers.marketplace.existingVolumes.map { "volume \($0)" }
    left += await servers.compute.existing.map { "machine \($0.name)" }
    if let store = servers.store {
      let files = FileManager.default.subpaths(atPath: store.objects) ?? []
      left += files.filter { $0 != store.bucket }.compactMap { file in
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: store.objects + "/" + file, isDirectory: &isFolder)
        return isFolder.boolValue ? nil : "object \(file)"
      }
    }
    left += hostProcesses.map { "process \($0)" }
    for file in [journal, journal + ".drill"] where FileManager.default.fileExists(atPath: file) { left.append(file) }
    return left
  }

  /// The processes on hosts of the lab. The lab gives each a variable with its directory.
  private var hostProcesses: [String] {
    let files = FileManager.default
    let wanted = Data("FAILOVER_LAB=\(servers.lab.directory)\0".utf8)
    return ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).filter { name in
      Int32(name) != nil && files.contents(atPath: "/proc/\(name)/environ")?.range(of: wanted) != nil
    }
  }

  /// The hashes of the scenario's files on the GPU that was filled, as this machine sees its disk.
  func contentOfWorkspace(on instance: Int) async throws -> String? {
    guard let host = await servers.marketplace.host(of: instance) else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "cd \"$1\" && sha256sum model.pt data.csv config.json 2>/dev/null | cut -c1-16 | paste -sd, -", "sh", host.disk]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
