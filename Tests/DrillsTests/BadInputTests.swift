import Drills
import Foundation
import Lab
import Testing

/// What the real program says of what cannot be: one clear message, and nothing is left.
@Suite struct BadInputTests {
  private static let scenario = "scenarios/lab/cpu-standby.yaml"

  /// Not what the program says before it has come to the accounts.
  private func complaint(_ outcome: DrillProgram.Outcome) -> String {
    outcome.told.filter { !$0.hasPrefix("This drill takes up to") && !$0.hasPrefix("setting up the lab") }
      .joined(separator: "\n")
  }

  // MARK: Before anything is reached

  @Test(arguments: [
    (["no-such-scenario.yaml", "--lab"], "no-such-scenario.yaml: error: no such file"),
    ([scenario], "--lab for this machine, or --config FILE"),
    ([scenario, "--lab", "--config", "drill.yaml"], "--lab for this machine, or --config FILE"),
    ([scenario, "--config", "no-such-file.yaml", "--yes"], "no-such-file.yaml: error: no such file"),
    ([scenario, "--lab", "--gpu", "1"], "--gpu goes with --config"),
    ([scenario, "--lab", "--interrupt-after", "soon"], "--interrupt-after"),
    ([scenario, "--lab", "--format", "xml"], "'xml' is none of text, json"),
    ([scenario, "--lab", "--drills", "0"], "--drills: 1 to 1000"),
    ([scenario, "--lab", "--set", "gpu.boots=1s"], "boots"),
    (["clean", "--config", "no-such-file.yaml"], "no-such-file.yaml: error: no such file"),
  ])
  func `wrong arguments are refused with 64`(_ arguments: [String], _ message: String) async throws {
    let (outcome, program) = try await DrillProgram.run(arguments)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try await program.leftovers() == [])
  }

  @Test func `all missing credentials are named at once`() async throws {
    let folder = try TemporaryFolder()
    let settings = try folder.write("schemaVersion: 1\n", to: "drill.yaml")
    let (outcome, _) = try await DrillProgram.run([Self.scenario, "--config", settings, "--yes"])
    #expect(outcome.status == 1)
    #expect(outcome.told.first == "error: 8 settings are missing:" && outcome.told.count == 9, "\(outcome.errors)")
    for name in ["VAST_API_KEY", "GCP_ZONE", "GOOGLE_APPLICATION_CREDENTIALS", "B2_BUCKET", "B2_APPLICATION_KEY"] {
      #expect(outcome.errors.contains(name))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("journal") } == [])
  }

  @Test func `without rclone there is no lab with snapshots`() async throws {
    let (outcome, program) = try await DrillProgram.run(
      [Self.scenario, "--lab"], environment: ["LAB_TOOLS": "/nowhere"])
    #expect(outcome.status == 1 && outcome.told.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("no lab on this machine"))
    #expect(try await program.leftovers() == [])
  }

  @Test(.enabled("needs root, to be somebody else", { getuid() == 0 }))
  func `without root there is no lab, and the message says what there is`() async throws {
    let (outcome, program) = try await DrillProgram.run(
      ["--reuid=65534", "--regid=65534", "--clear-groups", DrillProgram.path, Self.scenario, "--lab"],
      program: "/usr/bin/setpriv")
    #expect(outcome.status == 1 && outcome.told.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("no test hosts: they need root"), "\(outcome.errors)")
    #expect(try await program.leftovers() == [])
  }

  // MARK: With accounts

  /// What is wrong with an account, and what the message must say.
  private static let wrongAccounts: [(change: [String: String], words: [String])] = [
    (["B2_BUCKET": "no-such-bucket"], ["bucket"]),
    (["B2_APPLICATION_KEY": "nobodys-key"], ["the secret key does not fit"]),
    (["B2_ENDPOINT": "http://127.0.0.1:1"], ["127.0.0.1:1"]),
    (["GCP_ZONE": "nowhere-1a"], ["nowhere-1a"]),
    (["GCP_PROJECT_ID": "another-project"], ["another-project"]),
    (["GOOGLE_APPLICATION_CREDENTIALS": "/no/such/key.json"], ["/no/such/key.json", "no such file"]),
    (["GOOGLE_APPLICATION_CREDENTIALS": "/etc"], ["/etc", "directory"]),
    (["GOOGLE_APPLICATION_CREDENTIALS": "/etc/passwd"], ["/etc/passwd"]),
    (["VAST_API_KEY": "nobodys-key"], ["vast"]),
  ]

  @Test(.needsLab) func `whatever is wrong with an account is said in one line before anything is rented`() async throws {
    try await Stage.with(Self.scenario) { stage in
      for (change, words) in Self.wrongAccounts {
        let environment = stage.environment.merging(change) { $1 }
        let (outcome, program) = try await DrillProgram.run(stage.arguments, environment: environment)
        let said = complaint(outcome)
        #expect(outcome.status == 1, "\(change): \(outcome.errors)")
        #expect(said.hasPrefix("error: "), "\(change): \(said)")
        #expect(said.split(separator: "\n").count <= 2 && said.utf8.count < 500, "\(change): \(said)")
        #expect(words.contains { said.lowercased().contains($0.lowercased()) }, "\(change): \(said)")
        for name in ["VAST_API_KEY", "B2_APPLICATION_KEY"] { #expect(!said.contains(environment[name] ?? "?!"), "\(said)") }
        #expect(outcome.output.isEmpty)
        #expect(try await stage.leftovers() == [], "\(change)")
        #expect(try await program.leftovers() == [], "\(change)")
        #expect(await stage.cost == 0)
      }
    }
  }

  @Test(.needsLab) func `a server that answers with a page is told from one that speaks the protocol`() async throws {
    try await Stage.with(Self.scenario) { stage in
      var faults = MarketplaceFaults()
      faults.server.htmlAnswers = 1000
      await stage.servers.marketplace.setFaults(faults)
      let (outcome, program) = try await DrillProgram.run(stage.arguments, environment: stage.environment)
      let said = complaint(outcome)
      #expect(outcome.status == 1 && said.hasPrefix("error: "), "\(said)")
      #expect(said.contains("HTML") || said.contains("502"), "\(said)")
      #expect(!said.contains("<html"), "\(said)")
      await stage.servers.marketplace.setFaults(MarketplaceFaults())
      #expect(try await stage.leftovers() == [])
      #expect(try await program.leftovers() == [])
    }
  }

  @Test(.needsLab) func `a page in place of a compute provider or a store is told from their answers`() async throws {
    try await Stage.with(Self.scenario) { stage in
      var pages = ServerFaults()
      pages.htmlAnswers = 1000
      var compute = ComputeFaults()
      compute.server = pages
      await stage.servers.compute.setFaults(compute)
      try await expectPage(stage, [:])
      await stage.servers.compute.setFaults(ComputeFaults())
      // A web server that is no store: the marketplace's, which answers everybody with a page.
      var marketplace = MarketplaceFaults()
      marketplace.server = pages
      let other = try await Marketplace.start(MarketplaceConfiguration(), lab: stage.servers.lab)
      await other.setFaults(marketplace)
      try await expectPage(stage, ["B2_ENDPOINT": other.url])
      await other.stop()
    }
  }

  private func expectPage(_ stage: Stage, _ change: [String: String]) async throws {
    let environment = stage.environment.merging(change) { $1 }
    let (outcome, program) = try await DrillProgram.run(stage.arguments, environment: environment)
    let said = complaint(outcome)
    #expect(outcome.status == 1 && said.hasPrefix("error: "), "\(said)")
    #expect(said.contains("HTML") || said.contains("502"), "\(said)")
    #expect(!said.contains("<html") && said.split(separator: "\n").count == 1, "\(said)")
    #expect(try await stage.leftovers() == [])
    #expect(try await program.leftovers() == [])
    #expect(await stage.cost == 0)
  }

  @Test(.needsLab) func `without rsync on this machine nothing is rented`() async throws {
    let folder = try TemporaryFolder()
    // Everything that this machine has but rsync.
    try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: false)
    for name in try FileManager.default.contentsOfDirectory(atPath: "/usr/bin") where name != "rsync" {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("bin/\(name)"), withDestinationPath: "/usr/bin/\(name)")
    }
    try await Stage.with(Self.scenario) { stage in
      let environment = stage.environment.merging(["PATH": folder.file("bin")]) { $1 }
      let (outcome, _) = try await DrillProgram.run(stage.arguments, environment: environment)
      #expect(outcome.status == 1)
      #expect(complaint(outcome).hasSuffix("rsync is not installed on this machine; on Debian: apt-get install rsync"), "\(outcome.errors)")
      #expect(await stage.cost == 0)
    }
  }

  @Test(.needsLab) func `a full local disk is said, and nothing is rented that could not be written down`() async throws {
    try await Stage.with(Self.scenario) { stage in
      let place = (stage.journal as NSString).deletingLastPathComponent
      try await Stage.withFullDisk(at: place + "/full") {
        let settings = try String(contentsOfFile: stage.settingsFile, encoding: .utf8)
          .replacing("journal: ", with: "journal: full/")
        try settings.write(toFile: stage.settingsFile, atomically: false, encoding: .utf8)
        let (outcome, program) = try await DrillProgram.run(stage.arguments, environment: stage.environment)
        let said = complaint(outcome)
        #expect(outcome.status == 1 && said.contains("No space left on device"), "\(outcome.errors)")
        #expect(said.split(separator: "\n").count == 1, "\(said)")
        #expect(try await stage.leftovers().filter { !$0.hasPrefix("journal") } == [])
        #expect(try await program.leftovers() == [])
        #expect(await stage.cost == 0)
      }
    }
  }

  @Test(.needsLab) func `money is spent only when somebody has said so, and not more than the limit`() async throws {
    try await Stage.with(Self.scenario) { stage in
      let asked = stage.arguments.filter { $0 != "--yes" }
      let unasked = try await DrillProgram.run(asked, environment: stage.environment).0
      #expect(unasked.status == 64, "\(unasked.errors)")
      #expect(unasked.errors.contains("--yes says that it may"), "\(unasked.errors)")
      let dear = try await DrillProgram.run(stage.arguments + ["--max-cost", "$0.0001"], environment: stage.environment).0
      #expect(dear.status == 1, "\(dear.errors)")
      #expect(complaint(dear).contains("above the limit of $0.0001; nothing has been rented"), "\(dear.errors)")
      let wrong = try await DrillProgram.run(stage.arguments + ["--max-cost", "much"], environment: stage.environment).0
      #expect(wrong.status == 64 && wrong.errors.contains("--max-cost"), "\(wrong.errors)")
      #expect(try await stage.leftovers() == [])
      #expect(await stage.cost == 0)
    }
  }

  @Test func `the schema of the settings file is printed`() async throws {
    let (outcome, _) = try await DrillProgram.run(["schema"])
    let schema = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect((schema?["properties"] as? [String: Any])?["marketplace"] != nil)
  }
}
