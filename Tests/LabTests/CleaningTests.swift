import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import Lab

/// What there is on this machine of one lab.
private struct Traces: Equatable, CustomStringConvertible {
  var processes: [String] = []
  var links: [String] = []
  var routes: [String] = []
  var mounts: [String] = []
  var files: [String] = []

  var description: String { "\(processes) \(links) \(routes) \(mounts) \(files)" }

  init() {}

  /// - Parameter directory: the lab's; its last part is the lab's number.
  init(of directory: String) async throws {
    let number = (directory as NSString).lastPathComponent
    func lines(_ script: String) async throws -> [String] {
      try await bash(script, directory, number).output.split(separator: "\n").map(String.init)
    }
    // By their command line and by their environment. Neither finds sshd, which writes over both; it cannot
    // outlive the first process of its namespace, which is found.
    processes = try await lines(
      """
      for process in /proc/[0-9]*; do
        [ "$process" != "/proc/$$" ] || continue
        if grep -qsF -e "$1/" "$process/cmdline" || grep -qszxF -e "FAILOVER_LAB=$1" "$process/environ"; then
          echo "$process $(tr '\\0' ' ' <"$process/cmdline" 2>/dev/null)"
        fi
      done
      """)
    links = try await lines("ip -o link | grep -E \"fl$2(:|-|@)\"")
    routes = try await lines("ip route show table all | grep -F \" 10.218.$2.\"")
    mounts = try await lines("grep -F \"$1/\" /proc/self/mountinfo")
    files = FileManager.default.fileExists(atPath: directory) ? [directory] : []
  }
}

/// How a lab's owner and its guardian can end.
enum Ending: String, CaseIterable, Sendable {
  case kill9, interrupt, terminate, inputEnds, kill9WithGuardian
}

@Suite(.needsHosts) struct CleaningTests {
  @Test func `stop takes everything away, also when called twice`() async throws {
    let lab = try await Lab.start(LabConfiguration(hosts: [LabHostConfiguration(name: "gpu")]))
    let before = try await Traces(of: lab.directory)
    #expect(!before.processes.isEmpty && !before.links.isEmpty && !before.mounts.isEmpty && !before.files.isEmpty)
    await lab.stop()
    #expect(try await Traces(of: lab.directory) == Traces())
    await lab.stop()
  }

  @Test func `two labs run side by side, and the end of one leaves the other alone`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      let other = try await Lab.start(LabConfiguration(hosts: [LabHostConfiguration(name: "gpu")]))
      #expect(other.directory != lab.directory)
      await other.stop()
      try await Lab.cleanUp()
      #expect(try await lab.ssh(hosts[0], "true").exitCode == 0)
    }
  }

  @Test func `a start that fails leaves nothing`() async throws {
    // Other tests have labs too: this name tells the one of this test.
    let name = "doomed-\(UUID().uuidString)"
    await #expect(throws: LabError.self) {
      _ = try await Lab.start(
        LabConfiguration(hosts: [
          LabHostConfiguration(name: name), LabHostConfiguration(name: "b", sharedDisk: "/no/such/directory"),
        ]))
    }
    #expect(!Lab.directories.contains { FileManager.default.fileExists(atPath: "\($0)/hosts/\(name)") })
    #expect(try await bash("grep -lsF /hosts/\(name) /proc/[0-9]*/environ").output == "")
  }

  @Test(arguments: Ending.allCases)
  func `however the owner ends, nothing is left`(ending: Ending) async throws {
    let program = URL(fileURLWithPath: CommandLine.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("lab-hosts").path
    // The script plays the user: it starts the program in a session of its own and ends it. `$3` says how.
    let outcome = try await bash(
      """
      coproc lab { exec setsid "$1" --count 2; }
      pid=$lab_PID
      while read -r -t 20 line <&"${lab[0]}"; do
        case $line in /*) directory=$line ;; ready) break ;; esac
      done
      [ -n "$directory" ] || exit 1
      echo "$directory"
      exec {input}>&"${lab[1]}"
      case $2 in
      kill9) kill -9 $pid ;;
      interrupt) kill -INT $pid ;;
      terminate) kill -TERM $pid ;;
      inputEnds) exec {input}>&-; eval "exec ${lab[1]}>&-" ;;
      kill9WithGuardian)
        # The one that has the directory in its arguments and the cleaning script.
        guardian=$(grep -lszxF "$directory" /proc/[0-9]*/cmdline | xargs grep -lF 'flock 8' | cut -d/ -f3)
        [ -n "$guardian" ] || exit 1
        kill -STOP $pid; kill -9 $guardian; kill -9 $pid ;;
      esac
      wait $pid 2>/dev/null
      true
      """, program, ending.rawValue)
    let directory = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try #require(directory.hasPrefix(Lab.stateDirectory), "\(outcome)")
    if ending == .kill9WithGuardian {
      // Whoever starts a lab next does this too, as other tests here may have done by now.
      try await Lab.cleanUp()
    } else {
      // The guardian does it by itself.
      for _ in 0..<500 where FileManager.default.fileExists(atPath: directory) {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    #expect(try await Traces(of: directory) == Traces())
  }

  @Test func `cleaning up a second time finds nothing to do`() async throws {
    // Other tests leave labs behind meanwhile.
    let first = Set(try await Lab.cleanUp())
    #expect(try await first.isDisjoint(with: Lab.cleanUp()))
  }

  @Test func `several who clean up one lab at once do not get in each other's way`() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/lab-cleaning-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in 990_001...990_010 {
      let lab = "\(folder)/\(number)"
      try FileManager.default.createDirectory(atPath: lab + "/hosts", withIntermediateDirectories: true)
      try Data("nobody".utf8).write(to: URL(fileURLWithPath: lab + "/owner"))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask { try await Shell.run("cleaning up", CleaningScript.text, [lab, "nobody"]) }
        }
        try await group.waitForAll()
      }
      #expect(!FileManager.default.fileExists(atPath: lab))
    }
  }
}

@Suite struct ObstacleTests {
  /// A run in which the tests with hosts are skipped looks as green as one in which they pass.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["REQUIRE_LOOPBACK_HOSTS"] != nil))
  func `test hosts can be had where they are required`() async {
    #expect(await Lab.obstacle == nil)
  }
}
