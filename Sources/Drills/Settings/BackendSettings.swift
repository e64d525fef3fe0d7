import Failover
import Foundation
import RealBackends
import Scenarios

/// What a drill on real machines needs to know that a scenario does not say: accounts, keys and paths.
///
/// It is read from a YAML file and from the environment. Of what both say the file counts, except for secrets, of which
/// the environment counts, so that one file serves many people. `docs/drill-settings.yaml` shows every field.
public struct BackendSettings: Sendable, Hashable {
  /// The version of the file format that this program reads.
  public static let schemaVersion = 1

  public var marketplace: Marketplace
  public var compute: Compute
  public var ssh: SSH
  public var sync: Sync
  public var health: Health
  public var objectStore: ObjectStore
  public var router: Router
  public var notifier: Notifiers
  public var inference: Inference
  /// The file that keeps what has been paid for; see `SettingsPaths`.
  public var journal: String
  /// The file that keeps how each drill went; see `DrillRecord`.
  public var history: String
  public var limits: Limits
  /// Set when it was read from a file; the current directory otherwise.
  public var paths: SettingsPaths

  public init(_ reader: MappingReader) {
    let version = reader.value(
      "schemaVersion", .count, default: Self.schemaVersion, help: "version of this file format")
    reader.check(
      version == Self.schemaVersion, "schemaVersion",
      message: "this program reads version \(Self.schemaVersion) of the format")
    marketplace = reader.section("marketplace", help: "where GPUs are rented", Marketplace.init)
    compute = reader.section("compute", help: "where the standby comes from", Compute.init)
    ssh = reader.section("ssh", help: "how hosts are reached", SSH.init)
    sync = reader.section("sync", help: "how workspaces are copied", Sync.init)
    health = reader.section("health", help: "what tells that a workload is well", Health.init)
    objectStore = reader.section("objectStore", help: "where snapshots are kept (B2, R2, S3)", ObjectStore.init)
    router = reader.section("router", help: "how users are moved; several ways are moved together", Router.init)
    notifier = reader.section("notifier", help: "who is told", Notifiers.init)
    inference = reader.section("inference", help: "how a model is asked", Inference.init)
    journal = reader.value(
      "journal", .text, default: "failover.journal", help: "the file that keeps what has been paid for")
    history = reader.value(
      "history", .text, default: "drill-history.jsonl", help: "the file that keeps how each drill went")
    limits = reader.section("limits", help: "what a drill may not exceed", Limits.init)
    paths = SettingsPaths(folder: FileManager.default.currentDirectoryPath, home: nil)
  }

  /// Reads a settings file.
  ///
  /// - Throws: `InvalidFile` with everything that is wrong, each with line, column and what was expected. No message
  ///   repeats what stands where a secret belongs.
  public static func read(
    contentsOf path: String, environment: [String: String]
  ) throws(InvalidFile) -> (settings: BackendSettings, warnings: [Problem]) {
    var (settings, warnings) = try Document(contentsOf: path).read(BackendSettings.init)
    settings.paths = SettingsPaths(of: path, environment: environment)
    return (settings, warnings)
  }

  /// The settings of somebody who has no file: everything comes from the environment.
  public static func standard(environment: [String: String]) throws(InvalidFile) -> BackendSettings {
    var settings = try Document(bytes: Array("schemaVersion: \(schemaVersion)".utf8), name: "settings")
      .read(BackendSettings.init).value
    settings.paths.home = environment["HOME"]
    return settings
  }
}
