import Failover
import Foundation

/// One host of a `LoopbackLab`.
actor LoopbackHost {
  enum Disk: Sendable {
    /// An ordinary directory; it outlives a power failure.
    case directory
    /// Of limited size, and gone when the power goes.
    case memory(mebibytes: Int)
  }

  nonisolated let address: HostAddress
  nonisolated let directory: String
  private let disk: Disk
  private let lab: String
  private var power: Daemon?

  /// Where the workspace's files are, as seen from this machine; only with an ordinary disk.
  nonisolated var data: String { directory + "/data" }

  init(address: String, disk: Disk, directory: String, lab: String) {
    self.address = HostAddress(host: address, port: 2222)
    self.disk = disk
    self.directory = directory
    self.lab = lab
  }

  struct DidNotStart: Error, CustomStringConvertible {
    var description: String
  }

  // MARK: Power

  /// - Parameter environment: a setting for everything that runs on the host, such as `PATH=/nowhere`.
  func powerOn(environment: String? = nil) async throws {
    // A home of its own, without the start-up files of whoever runs the tests.
    let settings = ["HOME=\"\(directory)\"", environment ?? ""].joined(separator: " ")
    try (configuration + "SetEnv \(settings)\n").write(
      toFile: directory + "/sshd_config", atomically: false, encoding: .utf8)
    let log = directory + "/log"
    try "".write(toFile: log, atomically: false, encoding: .utf8)
    let mount =
      switch disk {
      case .directory: "mount --bind \"$1/data\" \"$2\""
      case .memory(let size): "mount -t tmpfs -o size=\(size)m none \"$2\""
      }
    power = try await Daemon(
      """
      mkdir -p /run/sshd
      exec unshare --mount --pid --fork --kill-child=KILL --mount-proc sh -c '
        \(mount) && exec /usr/sbin/sshd -D -e -f "$1/sshd_config"' sh "$1" "$2" 2>>"$1/log" >&2
      """, directory, lab + "/work space")
    for _ in 0..<500 {
      if try String(contentsOfFile: log, encoding: .utf8).contains("Server listening") { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw DidNotStart(description: try String(contentsOfFile: log, encoding: .utf8))
  }

  /// Everything on the host dies at once, as in a power failure, but for the kernel, which closes the
  /// connections.
  func powerOff() async {
    let died = (try? await processes().map(\.id)) ?? []
    await power?.stop()
    power = nil
    // The kernel takes a moment to end what was below the namespace's first process.
    try? await eventually { try await !RunningProcess.all().contains { died.contains($0.id) } }
  }

  /// Stops every process, as on a machine that swaps or hangs: the kernel still accepts connections.
  func freeze() async throws { try await signal("STOP") }

  func thaw() async throws { try await signal("CONT") }

  private func signal(_ name: String) async throws {
    let processes = try await self.processes().map { String($0.id) }
    try await shell("sh", "-c", "kill -\(name) \(processes.joined(separator: " "))")
  }

  // MARK: A look inside

  /// The processes of the host, as this machine sees them.
  func processes() async throws -> [RunningProcess] {
    guard let power else { return [] }
    // Below unshare everything is the host's.
    return try await RunningProcess.descendants(of: power.processIdentifier)
  }

  nonisolated func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: data + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// `nil` when there is no such file.
  nonisolated func read(_ name: String) -> String? {
    try? String(contentsOfFile: data + "/" + name, encoding: .utf8)
  }

  private var configuration: String {
    """
    Port \(address.port)
    ListenAddress \(address.host)
    HostKey "\(directory)/key"
    AuthorizedKeysFile "\(lab)/identity.pub"
    PidFile none
    UsePAM no
    StrictModes no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    PermitRootLogin prohibit-password
    MaxStartups 1000
    UseDNS no

    """
  }
}
