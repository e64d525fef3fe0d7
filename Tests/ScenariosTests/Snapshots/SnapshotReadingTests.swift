import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct SnapshotReadingTests {
  private func read(_ lines: String...) throws -> (file: ScenarioFile, warnings: [Problem]) {
    let text = (["schemaVersion: 1", "name: a", "summary: b", "duration: 1h"] + lines).joined(separator: "\n")
    let (file, warnings) = try Document(bytes: Array(text.utf8), name: "test").read(ScenarioFile.init)
    return (file, warnings)
  }

  @Test func `snapshots are taken where the strategy names them, alone or with others`() throws {
    #expect(try read("strategy: snapshots").file.scenario.strategy.snapshots != nil)
    #expect(try read("strategy: snapshots").file.scenario.strategy.standby == nil)
    let both = try read("strategy: [cpuStandby, snapshots]").file.scenario.strategy
    #expect(both.snapshots != nil && both.standby != nil)
    #expect(try read().file.scenario.strategy.snapshots == nil)
  }

  @Test func `a section that the strategy does not name is told of`() throws {
    let (file, warnings) = try read("snapshots: {interval: 1min}")
    #expect(warnings.map(\.message) == ["snapshots: the strategy does not name snapshots, so none are taken"])
    #expect(file.scenario.strategy.snapshots == nil)
  }

  @Test(arguments: [
    ("keep: 0", "test:6:19: error: snapshots.keep: must be at least 1: without any there would be nothing to restore"),
    (
      "fullEvery: 0",
      "test:6:24: error: snapshots.fullEvery: must be at least 1: "
        + "what has changed can only be kept on top of a whole snapshot"
    ),
    ("interval: 0s", "test:6:23: error: snapshots.interval: must be greater than 0s, found 0s"),
    ("damaged: 120%", "test:6:22: error: snapshots.damaged: must be between 0 and 1, found 1.2"),
    ("chunk: 0B", "test:6:20: error: snapshots.chunk: must be greater than 0B, found 0B"),
  ])
  func `what makes no sense is refused, with the reason`(line: String, message: String) throws {
    let error = #expect(throws: InvalidFile.self) { try read("strategy: snapshots", "snapshots: {\(line)}") }
    #expect(error?.description == message)
  }

  @Test func `a method that nobody knows or has measured is refused with what there is`() throws {
    let unknown = #expect(throws: InvalidFile.self) { try read("snapshots: {method: lzma}") }
    #expect(unknown?.description.contains("snapshots.method: 'lzma' is no method; write none, adaptive") == true)
    let unmeasured = #expect(throws: InvalidFile.self) { try read("snapshots: {method: 'zstd:19'}") }
    #expect(unmeasured?.description.contains("method: zstd:19 has not been measured on") == true)
  }

  @Test func `inference is checked where a scenario has its section`() throws {
    #expect(try read().file.scenario.strategy.inferenceModel == nil)
    #expect(try read("inference: {load: 5s}").file.scenario.strategy.inferenceModel == "qwen2.5:0.5b")
    let named = try read("inference: {model: llama3, load: 5s}").file.scenario
    #expect(named.strategy.inferenceModel == "llama3")
    #expect(named.world.inference.load == .constant(5))
  }

  @Test func `the method is a switch whose effect is a number`() throws {
    func month(_ overrides: [String]) throws -> Run {
      try Catalogue.run("snapshots/month", overrides, until: .seconds(86_400))
    }
    let lz4 = try month([]).counts.snapshots
    let zstd = try month(["snapshots.method=shuffle+zstd:1"]).counts.snapshots
    let none = try month(["snapshots.method=none"]).counts.snapshots
    #expect(zstd.stored < lz4.stored && lz4.stored < none.stored)
    let whole = try month(["snapshots.fullEvery=1"]).counts.snapshots
    #expect(whole.stored.bytes > 5 * lz4.stored.bytes, "what snapshots with only the changes save")
  }

  @Test func `a calibration takes the place of the project's own measurements`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "calibration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let scenario = folder.appending(path: "scenario.yaml")
    try """
      schemaVersion: 1
      name: a
      summary: b
      duration: 1h
      strategy: snapshots
      workspace: {files: [{name: a.csv, size: 1GB}]}
      snapshots: {method: 'zstd:1', calibration: here.json}
      """.write(to: scenario, atomically: false, encoding: .utf8)
    let text = try String(contentsOfFile: CompressionTableTests.calibration, encoding: .utf8)
    // zstd:1 on CSV: 1,228,882 of 11,838,404 bytes; here exactly a half of it, at 100 MB/s each way.
    let changed = text.replacing("\"compressedBytes\" : 1228882", with: "\"compressedBytes\" : 5919202")
      .replacing("875600000", with: "100000000").replacing("1266400000", with: "200000000")
    try changed.write(to: folder.appending(path: "here.json"), atomically: false, encoding: .utf8)
    let profile = try LoadedScenario(path: scenario.path).scenario.world.snapshots.compression
    #expect(profile.stored == .megabytes(500))
    #expect(profile.compress == .seconds(10) && profile.decompress == .seconds(5))

    for (file, message) in [("absent.json", "absent.json"), ("scenario.yaml", "unknown key")] {
      let error = #expect(throws: InvalidFile.self) {
        try LoadedScenario(path: scenario.path, overrides: ["snapshots.calibration=\(file)"])
      }
      #expect(error?.description.contains(message) == true)
    }
    let error = #expect(throws: ScenarioError.self) {
      try LoadedScenario(path: scenario.path, overrides: ["snapshots.method=zstd:7"])
    }
    #expect(error?.description.contains("here.json: zstd:7 has not been measured on csv") == true)
    // An absolute path is taken as it is.
    let absolute = try LoadedScenario(
      path: scenario.path, overrides: ["snapshots.calibration=\(CompressionTableTests.calibration)"])
    #expect(absolute.scenario.world.snapshots.compression.stored < .megabytes(110))
  }
}

/// The example of the documents' failover system, and the record that it keeps.
@Suite struct SnapshotExampleTests {
  @Test func `every phase of the example takes what the document says, 70 s in all`() throws {
    let run = try Catalogue.run("snapshots/example-70s")
    let phases = run.phaseTimes.filter { $0.duration > .zero }
    let documented = [
      ("Snapshot creation", 12), ("GPU search", 5), ("GPU provision", 8), ("GPU ready wait", 25), ("Restore", 16),
      ("Inference test", 4),
    ]
    #expect(phases.map(\.name) == documented.map(\.0))
    for (phase, (_, seconds)) in zip(phases, documented) {
      #expect(abs((phase.duration - .seconds(seconds)).inSeconds) < 0.005, "\(phase)")
    }
    let total = phases.reduce(Duration.zero) { $0 + $1.duration }
    #expect(Figures.seconds(total) == "70.00")
  }

  @Test func `its figures are computed: another size, rate or model gives others`() throws {
    for change in [
      "workspace.files[0].size=1900MB", "snapshots.upload=100MB/s", "snapshots.write=340MB/s",
      "snapshots.method=zstd:1", "inference.load=3s", "network.link=100Mbit/s",
    ] {
      let run = try Catalogue.run("snapshots/example-70s", [change])
      let total = run.phaseTimes.reduce(Duration.zero) { $0 + $1.duration }
      #expect(Figures.seconds(total) != "70.00", "\(change)")
    }
  }

  @Test func `the incident's phases follow each other, inference between restore and failback`() throws {
    let run = try Catalogue.run("snapshots/example-70s")
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.phases.map(\.name).suffix(3) == ["restore", "inference", "failback"])
    for (phase, next) in zip(incident.phases, incident.phases.dropFirst()) { #expect(phase.end == next.start) }
    let sum = incident.phases.reduce(Duration.zero) { $0 + $1.duration }
    #expect(sum == incident.timeToFullService)
  }

  @Test func `the record has every field of the documents' table`() throws {
    let run = try Catalogue.run("snapshots/example-70s")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(JSONReport.render(run).utf8)) as? [String: Any])
    let record = try #require((report["failoverTests"] as? [[String: Any]])?.first)
    #expect(
      Set(record.keys) == [
        "failover_id", "gpu_instance_id", "snapshot_id", "snapshot_size_bytes", "snapshot_creation_time_ms",
        "snapshot_compression", "snapshot_storage", "restore_time_ms", "restore_download_time_ms",
        "restore_decompress_time_ms", "inference_model", "inference_ready_time_ms", "inference_success",
        "total_time_ms", "success",
      ])
    #expect(record["gpu_instance_id"] as? String == "12345")
    #expect(record["snapshot_id"] as? String == "snapshot-1")
    // 1,795 MB at 91,070,080 to 90,868,376.
    #expect(record["snapshot_size_bytes"] as? Int == 1_798_984_430)
    #expect(record["snapshot_creation_time_ms"] as? Int == 12_001)
    #expect(record["snapshot_compression"] as? String == "lz4:1")
    #expect(record["snapshot_storage"] as? String == "backblaze_b2")
    #expect(record["restore_time_ms"] as? Int == 16_002)
    #expect(record["restore_download_time_ms"] as? Int == 6_738)
    #expect(record["restore_decompress_time_ms"] as? Int == 966)
    #expect(record["inference_model"] as? String == "qwen2.5:0.5b")
    #expect(record["inference_ready_time_ms"] as? Int == 4_000)
    #expect(record["inference_success"] as? Bool == true)
    #expect(record["total_time_ms"] as? Int == 58_002)
    #expect(record["success"] as? Bool == true)
  }

  @Test func `the log tells of a restore what the record needs, also when snapshots are only counted`() throws {
    let run = try Catalogue.run("snapshots/month", ["interruptions={at: [1h]}"], until: .seconds(2 * 3600))
    #expect(!run.events.contains { $0.kind.name == "snapshotSaved" })
    let restored = try #require(run.events.first { $0.kind.name == "snapshotRestored" })
    let names = restored.kind.fields.map(\.name)
    for name in ["snapshot", "stored", "creation", "compression", "storage", "download", "decompress"] {
      #expect(names.contains(name))
    }
  }

  @Test func `the text tells what snapshots and the model came to, and only where there are any`() throws {
    func text(_ name: String, _ overrides: [String] = []) throws -> String {
      TextReport(try Catalogue.run(name, overrides, until: .seconds(2 * 3600))).render()
    }
    let told = try text("snapshots/month", ["interruptions={at: [1h]}"])
    #expect(told.contains("Snapshot and inference"))
    #expect(told.contains("model: qwen2.5:0.5b"))
    #expect(try !text("cpu-standby").contains("Snapshot and inference"))
  }
}
