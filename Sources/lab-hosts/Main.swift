import ArgumentParser
import Foundation
import Lab

/// Test hosts to try things on by hand, and a process of its own for tests of how a lab ends.
@main struct LabHosts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab-hosts",
    abstract: "Starts test hosts on this machine and keeps them until its standard input ends, or Ctrl-C.")

  @Option(help: "How many hosts.") var count = 2
  @Flag(help: "Only takes away what labs have left whose owners have ended.") var clean = false

  func run() async throws {
    if clean {
      for directory in try await Lab.cleanUp() { print("removed \(directory)") }
      return
    }
    let hosts = (0..<max(0, count)).map { LabHostConfiguration(name: "host\($0 + 1)") }
    let lab = try await Lab.start(LabConfiguration(hosts: hosts))
    print(lab.directory)
    for configuration in hosts {
      guard let host = await lab.host(configuration.name) else { continue }
      print(
        "ssh -i \(lab.identityFile) -o UserKnownHostsFile=\(lab.knownHostsFile) root@\(host.address)"
          + "   # \(host.name), disk at \(host.workspace)")
    }
    // Whoever reads this knows that everything is up.
    print("ready")
    // Into a pipe, lines would wait for more of them.
    fflush(nil)
    while readLine() != nil {}
    await lab.stop()
  }
}
