import Failover
import Foundation
import RealBackends
import Testing

@testable import Drills
@testable import Scenarios

@Suite struct BackendSettingsTests {
  private static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/drill-settings.yaml").path

  private func read(_ text: String) throws -> BackendSettings {
    try Document(bytes: Array(text.utf8), name: "drill.yaml").read(BackendSettings.init).value
  }

  private func problems(_ text: String) throws -> [String] {
    let error = try #require(throws: InvalidFile.self) { try read(text) }
    return error.problems.map(\.description)
  }

  @Test func `the example says nothing that would not hold without it`() throws {
    let (settings, warnings) = try BackendSettings.read(contentsOf: Self.example, environment: ["HOME": "/home/me"])
    #expect(warnings.isEmpty)
    var standard = try BackendSettings.standard(environment: ["HOME": "/home/me"])
    standard.paths = settings.paths
    // Where secrets are found is said, and is where they are found without.
    (standard.marketplace.apiKey, standard.objectStore.keyID) = (.environment("VAST_API_KEY"), .environment("B2_KEY_ID"))
    standard.objectStore.applicationKey = .environment("B2_APPLICATION_KEY")
    #expect(settings == standard)
  }

  @Test func `the example with every line in use is valid, and has every field`() throws {
    let text = ScenarioTemplate.uncommented(try String(contentsOfFile: Self.example, encoding: .utf8))
    let settings = try read(text)
    #expect(settings.health.heartbeat == .init(file: "/run/heartbeat", maximumAge: .seconds(30)))
    #expect(settings.notifier.webhooks.map(\.format) == [.slack, .discord])
    #expect(settings.router.command?.program == ["./move-users.sh"])
    #expect(settings.sync.sourceGuard?.marker == ".on-the-volume")
    for field in KnownField.all(of: BackendSettings.init) {
      let key = try #require(field.path.split(separator: ".").last).replacing("[]", with: "")
      #expect(text.contains("\(key):"), "\(field.path)")
    }
  }

  @Test func `what is wrong is told by place, all of it, with the nearest name`() throws {
    let found = try problems(
      """
      limits: {maxCots: $5}
      ssh:
        hostKeys: strikt
        connectTimeout: 10
      sync: {relay: direct}
      inference: {way: direct, start: [ollama, serve]}
      router: {forward: {servicePort: 70000}}
      marketplace: {endpoint: console.vast.ai}
      objectStore: {endpoint: b2.example}
      """)
    let text = found.joined(separator: "\n")
    #expect(found.count == 9, "\(text)")
    for part in [
      "drill.yaml:1:10: error: unknown key 'maxCots'; did you mean 'maxCost'?", "drill.yaml:3:13", "did you mean 'strict'?",
      "drill.yaml:4:19", "drill.yaml:5:15", "drill.yaml:6:33", "between 1 and 65535", "'listen' is missing",
      "drill.yaml:8:25", "drill.yaml:9:25", "begins with https://",
    ] { #expect(text.contains(part), "\(part) in\n\(text)") }
  }

  @Test(arguments: [
    "marketplace: {apiKey: hunter2-secret}", "marketplace: {apiKey: [hunter2-secret]}",
    "marketplace: {apiKey: {environment: hunter2-secret}}", "objectStore: {keyID: {environment: 'hunter2 secret'}}",
    "notifier: {webhooks: [{format: slack, url: https://hooks.example/hunter2-secret}]}",
    "marketplace: {apiKey: \"hunter2-secret\"}", "objectStore: {applicationKey: {file: {hunter2: hunter2}}}",
  ])
  func `a secret where only its place belongs is refused and not repeated`(_ text: String) throws {
    let found = try problems(text)
    #expect(found.count == 1)
    #expect(!found[0].contains("hunter2"), "\(found)")
  }

  @Test func `any text is read or refused`() throws {
    let text = Array(ScenarioTemplate.uncommented(try String(contentsOfFile: Self.example, encoding: .utf8)).utf8)
      .filter { $0 != UInt8(ascii: "#") }
    let lines = text.split(separator: UInt8(ascii: "\n")).filter { $0.contains(UInt8(ascii: ":")) }
    var seed: UInt64 = 1
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(bound))
    }
    let signs = Array("{}[]:,'\"#&*!|>-? \n\t~0aZ".utf8)
    var refused = 0
    for _ in 0..<10_000 {
      // A few lines, since a whole file takes too long ten thousand times.
      var bytes = Array(lines[random(lines.count)]) + [UInt8(ascii: "\n")] + Array(lines[random(lines.count)])
      for _ in 0...random(3) { bytes[random(bytes.count)] = signs[random(signs.count)] }
      do { _ = try Document(bytes: bytes, name: "x").read(BackendSettings.init) } catch { refused += 1 }
    }
    #expect(refused > 1000)
  }

  @Test func `the schema accepts the example and refuses what the reader refuses`() throws {
    let schema = try DrillFileKind.settings.schema()
    let object = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
    let sections = try #require(object["properties"] as? [String: [String: Any]])
    #expect(Set(sections.keys) == [
      "schemaVersion", "marketplace", "compute", "ssh", "sync", "health", "objectStore", "router", "notifier",
      "inference", "journal", "history", "limits",
    ])
    let limits = try #require(sections["limits"]?["properties"] as? [String: [String: Any]])
    #expect(limits["maxCost"]?["default"] as? String == "$1.00")
    // A secret is a mapping there, too, and never plain text.
    let definitions = try #require(object["$defs"] as? [String: [String: Any]])
    #expect(definitions["secretSource"]?["type"] as? String == "object", "\(definitions)")
  }

  // MARK: Credentials

  private func missing(
    _ settings: BackendSettings, _ parts: [BackendPart], _ environment: [String: String]
  ) throws -> MissingSettings {
    try #require(throws: MissingSettings.self) { try settings.credentials(for: parts, environment: environment) }
  }

  private static let ledger = [
    "B2_ENDPOINT", "B2_BUCKET", "B2_KEY_ID", "B2_APPLICATION_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "GCP_PROJECT_ID",
    "GCP_ZONE", "VAST_API_KEY",
  ]

  @Test func `everything that is missing is named in one message`() throws {
    let settings = try BackendSettings.standard(environment: [:])
    let all = try missing(settings, BackendPart.allCases, [:])
    #expect(Set(all.settings.compactMap(\.environmentName)) == Set(Self.ledger))
    #expect(all.description.hasPrefix("10 settings are missing:\n"))
    for field in ["health.process", "health.heartbeat"] { #expect(all.description.contains("  \(field)\n") || all.description.hasSuffix("  \(field)"), "\(field)") }
    for name in Self.ledger { #expect(all.description.contains("  \(name) (or "), "\(name)") }
    // One that is empty is not there; what nobody needs is not asked for.
    let some = try missing(settings, [.objectStore], ["B2_BUCKET": "b", "B2_KEY_ID": "", "B2_ENDPOINT": "https://e"])
    #expect(some.settings.map(\.environmentName) == ["B2_KEY_ID", "B2_APPLICATION_KEY"])
    #expect(try settings.credentials(for: [], environment: [:]) == BackendCredentials())
  }

  @Test func `the environment wins for secrets, and the file for the rest`() throws {
    try withFolder { folder in
      try "of the file\n".write(toFile: folder + "/key", atomically: false, encoding: .utf8)
      try "{}".write(toFile: folder + "/google.json", atomically: false, encoding: .utf8)
      try """
      marketplace: {apiKey: {file: key}}
      compute: {project: p, zone: z, credentialsFile: google.json}
      objectStore: {endpoint: "https://file", bucket: file, keyID: {environment: MY_ID}, applicationKey: {file: key}}
      notifier: {webhooks: [{format: slack, url: {environment: HOOK}}, {format: json, url: {file: ~/hook}}]}
      health: {heartbeat: {file: /run/heartbeat}}
      """.write(toFile: folder + "/drill.yaml", atomically: false, encoding: .utf8)
      try "https://hook\n".write(toFile: folder + "/hook", atomically: false, encoding: .utf8)
      let home = ["HOME": folder, "MY_ID": "id", "HOOK": "https://slack"]
      let settings = try BackendSettings.read(contentsOf: folder + "/drill.yaml", environment: home).settings
      var found = try settings.credentials(for: BackendPart.allCases, environment: home)
      #expect(found.vastAPIKey == Secret("of the file"))
      #expect(found.google == .init(project: "p", zone: "z", credentialsFile: folder + "/google.json"))
      #expect(found.objectStore?.keyID == Secret("id"))
      #expect(found.objectStore?.applicationKey == Secret("of the file"))
      #expect(found.webhooks == [Secret("https://slack"), Secret("https://hook")])
      var environment = home
      for name in Self.ledger { environment[name] = "environment" }
      environment["GOOGLE_APPLICATION_CREDENTIALS"] = folder + "/key"
      found = try settings.credentials(for: BackendPart.allCases, environment: environment)
      #expect(found.vastAPIKey == Secret("environment"))
      #expect(found.objectStore?.applicationKey == Secret("environment"))
      #expect(found.google == .init(project: "p", zone: "z", credentialsFile: folder + "/key"))
      #expect(found.objectStore?.bucket == "file" && found.objectStore?.endpoint == "https://file")
      // Nothing shows what is inside.
      var shown = "\(found)"
      dump(found, to: &shown)
      for secret in ["of the file", "\"environment\"", "https://slack"] { #expect(!shown.contains(secret), "\(shown)") }
    }
  }

  @Test func `a secret that is said to be somewhere and is not there is missing, too`() throws {
    try withFolder { folder in
      try "\n".write(toFile: folder + "/empty", atomically: false, encoding: .utf8)
      try """
      marketplace: {apiKey: {file: no-such-file}}
      objectStore: {endpoint: "https://e", bucket: b, keyID: {environment: MY_ID}, applicationKey: {file: empty}}
      """.write(toFile: folder + "/drill.yaml", atomically: false, encoding: .utf8)
      let settings = try BackendSettings.read(contentsOf: folder + "/drill.yaml", environment: [:]).settings
      let error = try missing(settings, [.marketplace, .objectStore], [:])
      #expect(error.settings.map(\.environmentName) == ["VAST_API_KEY", "B2_KEY_ID", "B2_APPLICATION_KEY"])
      for text in ["no-such-file: error: no such file", "MY_ID is not set", "the file is empty"] {
        #expect(error.description.contains(text), "\(error)")
      }
    }
  }

  // MARK: Adapters

  @Test func `adapters get what the file says`() async throws {
    var settings = try read(
      """
      ssh: {user: me, identityFile: ~/key, knownHosts: hosts, hostKeys: strict}
      sync: {relay: streamed, stagingDirectory: /staging, compression: zstd, sourceGuard: {enabled: false}}
      health: {process: ^ollama, heartbeat: {file: /beat}}
      inference: {start: [ollama, serve], port: 1}
      """)
    settings.paths = SettingsPaths(folder: "/etc/failover", home: "/home/me")
    let ssh = settings.sshSettings
    #expect(ssh.user == "me" && ssh.identityFile == "/home/me/key")
    #expect(ssh.knownHosts == .strict(file: "/etc/failover/hosts"))
    let sync = settings.fileSync
    #expect(sync.relayMethod == .streamed && sync.sourceGuard == nil && sync.stagingDirectory == "/staging")
    #expect(sync.options.compression == .zstd(level: 1))
    #expect(settings.inferenceProbe.port == 1)
    guard case .tunnel(ssh, start: ["ollama", "serve"]) = settings.inferenceProbe.way else {
      Issue.record("\(settings.inferenceProbe.way)")
      return
    }
    #expect(settings.heartbeatSource { _ in nil } != nil)
  }

  @Test func `all ways of moving users are moved together`() async throws {
    try await withFolder { folder in
      var settings = try read(
        """
        router:
          sshConfig: {path: endpoint}
          forward: {listen: "127.0.0.1:1"}
          command: {program: ["true"]}
        """)
      settings.paths.folder = folder
      settings.router.forward?.listen.port = 0
      let host = HostAddress(host: "127.0.0.1", port: 1)
      try await settings.withRouter { router in
        try await router.route(to: host, timeout: .seconds(30))
        #expect(try await router.currentRoute(timeout: .seconds(30)) == host)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == ["endpoint", "failover-command.route", "failover-forward.route"])
      // A way that is named replaces the standard one.
      #expect(try read("router: {command: {program: [a]}}").router.sshConfig == nil)
      #expect(try read("router:\n").router.sshConfig?.name == "failover-endpoint")
    }
  }

  private func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func makeFolder() throws -> String {
    let folder = "/tmp/failover settings \(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    return folder
  }
}
