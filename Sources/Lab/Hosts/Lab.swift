import Foundation
import SystemPackage

/// Test hosts on this machine, each with its own sshd, disk and network address, behind a bridge of their own.
///
/// Needs root and Linux. Any number of labs can run at once, in one process or several. A lab is gone after
/// `stop()`, and also when its owner ends without a word: a guardian outside the owner's session holds the other
/// end of a pipe and cleans up when the owner lets go of it. If the guardian was killed too, `cleanUp()` does it
/// later.
public actor Lab {
  /// Where running labs are recorded, a directory each.
  public static let stateDirectory = "/run/failover-lab"
  /// What the names of links begin with; the lab's number follows.
  static let prefix = "fl"
  /// The first two bytes of every address; the lab's number is the third.
  static let network = "10.218"

  /// Where everything of this lab's is.
  public nonisolated let directory: String
  /// The private key that every host of the lab lets in, as root. It lies at the same path on every host.
  public nonisolated var identityFile: String { directory + "/identity" }
  /// The hosts' public keys. It lies at the same path on every host.
  public nonisolated var knownHostsFile: String { directory + "/known_hosts" }
  /// This machine's address in the lab's network; what listens there, hosts can reach.
  public nonisolated var gateway: String { "\(Self.network).\(number).1" }
  nonisolated var bridge: String { "\(Self.prefix)\(number)" }
  nonisolated let number: Int

  private let claim: LabClaim
  /// As long as it is open, the guardian waits.
  private var life: FileDescriptor?
  private var hosts: [String: LabHost] = [:]
  /// The last byte of the address that the next host gets; 1 is the machine.
  private var nextAddress = 2

  private init(claim: LabClaim) {
    self.claim = claim
    number = claim.number
    directory = claim.directory
  }

  /// Cleans up what dead owners have left, then starts a lab and its hosts, which are booted when this returns.
  ///
  /// - Throws: `.obstacle` when this machine cannot have hosts; `.invalid`, `.failed`, `.didNotStart`. Nothing is
  ///   left behind then.
  public static func start(_ configuration: LabConfiguration = LabConfiguration()) async throws(LabError) -> Lab {
    for host in configuration.hosts { try host.validate() }
    if let obstacle = await obstacle { throw .obstacle(obstacle) }
    try await cleanUp()
    let lab = Lab(claim: try LabClaim.take())
    do throws(LabError) {
      try await lab.setUp()
      try await lab.addHosts(configuration.hosts)
      return lab
    } catch {
      await lab.stop()
      throw error
    }
  }

  private func setUp() async throws(LabError) {
    try await Shell.run("making the lab's pipe", "mkfifo \"$1/life\"", [directory])
    do {
      // For reading too, or opening would wait for the guardian; never inherited, or a child of this process
      // would keep the lab alive.
      life = try FileDescriptor.open(FilePath(directory + "/life"), .readWrite, options: .closeOnExec)
      try HostScripts.boot.write(toFile: directory + "/boot", atomically: false, encoding: .utf8)
    } catch {
      throw .failed("writing the lab's files", "\(error)")
    }
    try await Shell.run(
      "starting the lab's guardian", "setsid --fork sh -c \"$3\" sh \"$1\" \"$2\" >/dev/null 2>&1 </dev/null",
      [directory, claim.owner, CleaningScript.guardian])
    try await Shell.run(
      "making the lab's network",
      """
      set -e
      mkdir "$1/hosts" "$1/disks"
      : >"$1/known_hosts"
      ssh-keygen -q -t ed25519 -N '' -C lab -f "$1/identity"
      ip link add "$2" type bridge
      ip address add "$3/24" dev "$2"
      ip link set "$2" up
      """, [directory, bridge, gateway])
  }

  /// Adds hosts and boots them, all at once.
  ///
  /// - Throws: `.invalid`, `.failed`, `.didNotStart`; the hosts that came up stay.
  @discardableResult
  public func addHosts(_ configurations: [LabHostConfiguration]) async throws(LabError) -> [LabHost] {
    var added: [LabHost] = []
    for configuration in configurations { added.append(try prepare(configuration)) }
    let results = await withTaskGroup(of: Result<Void, LabError>.self) { group in
      for host in added {
        group.addTask {
          do throws(LabError) {
            try await host.makeFiles()
            return .success(try await host.powerOn())
          } catch { return .failure(error) }
        }
      }
      var results: [Result<Void, LabError>] = []
      for await result in group { results.append(result) }
      return results
    }
    for result in results { try result.get() }
    return added
  }

  /// Adds a host that is off: `powerOn()` boots it.
  ///
  /// - Throws: `.invalid` for a wrong setting or a name that is taken; `.failed`.
  public func addHost(_ configuration: LabHostConfiguration) async throws(LabError) -> LabHost {
    let host = try prepare(configuration)
    try await host.makeFiles()
    return host
  }

  private func prepare(_ configuration: LabHostConfiguration) throws(LabError) -> LabHost {
    try configuration.validate()
    guard hosts[configuration.name] == nil else {
      throw .invalid("the lab has a host named '\(configuration.name)' already")
    }
    guard nextAddress < 255 else { throw .invalid("a lab has room for 253 hosts in its life") }
    let host = LabHost(
      configuration, directory: directory, network: "\(Self.network).\(number)", bridge: bridge,
      suffix: nextAddress)
    nextAddress += 1
    hosts[configuration.name] = host
    return host
  }

  /// The host of this name.
  public func host(_ name: String) -> LabHost? { hosts[name] }

  /// Cuts a host's power and throws its disk away.
  public func remove(_ host: LabHost) async throws(LabError) {
    hosts[host.name] = nil
    try await host.discard()
  }

  /// Takes everything away. Hosts end as in a power failure. Harmless when called twice.
  public func stop() async {
    guard let life else {
      // It never came as far as its guardian.
      _ = try? await Shell.run("cleaning up", CleaningScript.text, [directory, claim.owner])
      return
    }
    self.life = nil
    try? life.close()
    let (directory, owner) = (directory, claim.owner)
    // Also when the caller has been cancelled.
    await Task {
      for _ in 0..<1000 {
        if (try? String(contentsOfFile: directory + "/owner", encoding: .utf8)) != owner,
          !FileManager.default.fileExists(atPath: directory) { return }
        try? await Task.sleep(for: .milliseconds(10))
      }
      // Its guardian is gone or stuck.
      _ = try? await Shell.run("cleaning up", CleaningScript.text, [directory, owner])
    }.value
  }
}
