import Failover
import Lab
import RealBackends

/// Where it is measured: a lab's hosts, which go with everything that was written to them, however this program ends.
struct Ground: Sendable {
  var lab: Lab
  var hosts: [LabHost]
  /// A directory of this machine's, in memory.
  var scratch: String

  /// - Parameters:
  ///   - content: of the workspace; each disk has room for it twice.
  ///   - link: of each host, in either direction.
  static func start(_ content: ByteCount, link: DataRate?, hosts count: Int) async throws -> Ground {
    // What file systems need for themselves, and for blocks that are not full.
    let room = content.bytes * 2 + content.bytes / 4 + 64 << 20
    let rate = link?.bytesPerSecond
    let lab = try await Lab.start()
    do {
      let hosts = try await lab.addHosts(
        (1...count).map {
          LabHostConfiguration(
            name: "host\($0)", diskSize: room, link: LinkShape(downloadRate: rate, uploadRate: rate))
        })
      return Ground(lab: lab, hosts: hosts, scratch: try await lab.makeVolume("scratch", size: room))
    } catch {
      await lab.stop()
      throw error
    }
  }

  func stop() async { await lab.stop() }

  /// The hosts have the files named here at the same places.
  var ssh: SSHSettings {
    SSHSettings(
      user: "root", identityFile: lab.identityFile, knownHosts: .strict(file: lab.knownHostsFile),
      configFile: "/dev/null")
  }

  func address(of host: LabHost) -> HostAddress { HostAddress(host: host.address, port: host.port) }
}
