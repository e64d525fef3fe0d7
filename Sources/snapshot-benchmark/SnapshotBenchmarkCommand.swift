import Failover
import Foundation
import RealBackends
import Subprocess

/// What a snapshot and its restore cost on this machine, against an ssh server and an object store on it.
///
/// Usage: snapshot-benchmark [MEBIBYTES]; 1024 when it is not said. Needs root, sshd and rclone (scripts/install-lab-tools). Other programs take their share of the clock: run it on a machine that does
/// nothing else.
@main
struct SnapshotBenchmarkCommand {
  static func main() async {
    do {
      print(try await measure())
    } catch {
      FileHandle.standardError.write(Data("snapshot-benchmark: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func measure() async throws -> String {
    let arguments = CommandLine.arguments
    let mebibytes = arguments.count > 1 ? Int(arguments[1]) ?? 1024 : 1024
    let directory = FileManager.default.temporaryDirectory.path + "/snapshot-benchmark-\(getpid())"
    let files = FileManager.default
    try files.createDirectory(atPath: directory + "/store/bucket", withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: directory) }
    try fill(directory + "/workspace", mebibytes: mebibytes)
    let port = Int.random(in: 20_000..<60_000)
    for key in ["identity", "host"] {
      try await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(directory)/\(key)")
    }
    try "[127.0.0.1]:\(port) \(String(contentsOfFile: directory + "/host.pub", encoding: .utf8))"
      .write(toFile: directory + "/known", atomically: false, encoding: .utf8)
    try """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(directory)/host
      AuthorizedKeysFile \(directory)/identity.pub
      PidFile none
      UsePAM no
      StrictModes no
      PermitRootLogin prohibit-password
      """.write(toFile: directory + "/sshd_config", atomically: false, encoding: .utf8)
    try files.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)

    let outcome = try await withServer(
      ["/usr/sbin/sshd", "-D", "-e", "-f", directory + "/sshd_config"], log: directory + "/sshd.log",
      ready: "Server listening"
    ) { _ in
      try await withServer(
        ["Tests/object-store/run", "rclone", "serve", "s3", "--auth-key", "an-id,a-secret", "--addr", "127.0.0.1:0",
          directory + "/store"], environment: ["RCLONE_CONFIG": "/dev/null"], log: directory + "/rclone.log",
        ready: "Starting s3 server"
      ) { log in
        guard let match = log.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)\//) else { throw Failure(log) }
        let settings = try ObjectStoreSettings(
          endpoint: "http://127.0.0.1:\(match.1)", bucket: "bucket", keyID: "an-id", secret: Secret("a-secret"))
        return try await ObjectStoreClient.with(settings) { client in
          let ssh = SSHSettings(
            user: "root", identityFile: directory + "/identity", knownHosts: .strict(file: directory + "/known"),
            configFile: "/dev/null")
          let store = try ObjectSnapshotStore(client, ssh: ssh, label: "benchmark")
          return try await SnapshotBenchmark(
            store: store, host: HostAddress(host: "127.0.0.1", port: port), path: directory + "/workspace",
            target: directory + "/restored", scratch: directory
          ).run()
        }
      }
    }
    return table(outcome)
  }

  /// Two fifths weights, which hardly shrink; text and tables, which do; and many small files.
  private static func fill(_ directory: String, mebibytes: Int) throws {
    let files = FileManager.default
    var generator = SystemRandomNumberGenerator()
    func noise(_ count: Int, _ mask: UInt64) -> Data {
      var words: [UInt64] = []
      words.reserveCapacity(count / 8)
      for _ in 0..<count / 8 { words.append(generator.next() & mask) }
      return words.withUnsafeBytes { Data($0) }
    }
    let vocabulary = (0..<4000).map { "word\($0 &* 7919 % 100_003)" }
    func text(_ count: Int) -> Data {
      var text = ""
      while text.utf8.count < count { text += (vocabulary.randomElement(using: &generator) ?? "") + " " }
      return Data(text.utf8.prefix(count))
    }
    for folder in ["weights", "data", "source"] {
      try files.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
    }
    let page = text(1 << 20)
    for number in 0..<mebibytes {
      let place = URL(fileURLWithPath: directory)
      switch number % 10 {
      case 0...3:
        // Of each 16-bit number the upper byte has few values, as in half-precision weights.
        try noise(1 << 20, 0x0FFF_0FFF_0FFF_0FFF).write(
          to: place.appendingPathComponent("weights/\(number / 100).\(number % 100)"))
      case 4...7:
        try (page.dropFirst(number % 4096) + page.prefix(number % 4096))
          .write(to: place.appendingPathComponent("data/\(number)"))
      case 8: try noise(1 << 20, .max).write(to: place.appendingPathComponent("data/\(number).zip"))
      default:
        for part in 0..<64 {
          try page.subdata(in: part * 16_384..<(part + 1) * 16_384)
            .write(to: place.appendingPathComponent("source/\(number)-\(part).py"))
        }
      }
    }
  }

  private static func table(_ outcome: SnapshotBenchmark.Outcome) -> String {
    func line(_ row: SnapshotBenchmark.Row) -> String {
      String(format: "  %@ %7.2f s %8.0f MB/s", row.name.padding(toLength: 14, withPad: " ", startingAt: 0),
        row.duration.inSeconds, row.megabytesPerSecond)
    }
    func block(_ whole: SnapshotBenchmark.Row, _ stages: [SnapshotBenchmark.Row]) -> String {
      let share = SnapshotBenchmark.Outcome.share(whole, of: stages)
      return (stages.map(line) + [line(whole), String(format: "  %.2f of the slowest stage alone", share)])
        .joined(separator: "\n")
    }
    return """
      \(outcome.save.content) of content, \(outcome.stored) stored; medians; each stage alone, then all together
      \(block(outcome.save, outcome.saveStages))

      \(block(outcome.restore, outcome.restoreStages))

        peak memory \(outcome.peakMemory.map { "\($0)" } ?? "unknown")
      """
  }

  private static func run(_ command: String...) async throws {
    let result = try await Subprocess.run(
      .name(command[0]), arguments: Arguments(Array(command.dropFirst())), output: .discarded, error: .discarded)
    guard result.terminationStatus.isSuccess else { throw Failure("\(command[0]): \(result.terminationStatus)") }
  }
}
