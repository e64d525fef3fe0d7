import Failover
import RealBackends
import Scenarios

/// The parts of a set-up that work only with an account, or only when the settings say how.
public enum BackendPart: String, Sendable, Hashable, CaseIterable {
  case marketplace, compute, objectStore, notifier
  /// How the workload's process is known.
  case process
  /// Where the workload's heartbeats are seen.
  case heartbeat
}

/// What accounts are reached with. Printed, it shows no secret.
public struct BackendCredentials: Sendable, Hashable {
  public struct Google: Sendable, Hashable {
    public var project: String
    public var zone: String
    /// An absolute path.
    public var credentialsFile: String
  }

  public struct ObjectStore: Sendable, Hashable {
    public var endpoint: String
    public var bucket: String
    public var keyID: Secret
    public var applicationKey: Secret
  }

  /// Each `nil` when it was not asked for.
  public var vastAPIKey: Secret?
  public var google: Google?
  public var objectStore: ObjectStore?
  /// In the order of the settings; empty when they were not asked for.
  public var webhooks: [Secret] = []
}

/// Settings that are not there, all of them at once.
public struct MissingSettings: Error, Sendable, Hashable, CustomStringConvertible {
  public struct Setting: Sendable, Hashable {
    /// The environment variable, where there is one.
    public var environmentName: String?
    /// The field of the settings file, such as `objectStore.bucket`.
    public var field: String
    /// Why what is said there is of no use; `nil` when nothing is said.
    public var problem: String?
  }

  public var settings: [Setting]

  public var description: String {
    let lines = settings.map { setting in
      let name = setting.environmentName.map { "\($0) (or \(setting.field) in the settings file)" } ?? setting.field
      return "  " + name + (setting.problem.map { ": \($0)" } ?? "")
    }
    return "\(settings.count) \(settings.count == 1 ? "setting is" : "settings are") missing:\n"
      + lines.joined(separator: "\n")
  }
}

extension BackendSettings {
  /// Finds what `parts` need, in the environment and in the files that the settings name.
  ///
  /// - Throws: `MissingSettings` with everything that is not there.
  public func credentials(
    for parts: [BackendPart], environment: [String: String]
  ) throws(MissingSettings) -> BackendCredentials {
    var search = CredentialSearch(environment: environment, paths: paths)
    var credentials = BackendCredentials()
    if parts.contains(.marketplace) {
      credentials.vastAPIKey = search.secret("VAST_API_KEY", marketplace.apiKey, "marketplace.apiKey")
    }
    if parts.contains(.compute) {
      let project = search.plain("GCP_PROJECT_ID", compute.project, "compute.project")
      let zone = search.plain("GCP_ZONE", compute.zone, "compute.zone")
      let file = search.file("GOOGLE_APPLICATION_CREDENTIALS", compute.credentialsFile, "compute.credentialsFile")
      if let project, let zone, let file {
        credentials.google = .init(project: project, zone: zone, credentialsFile: file)
      }
    }
    if parts.contains(.objectStore) {
      let endpoint = search.plain("B2_ENDPOINT", objectStore.endpoint, "objectStore.endpoint")
      let bucket = search.plain("B2_BUCKET", objectStore.bucket, "objectStore.bucket")
      let keyID = search.secret("B2_KEY_ID", objectStore.keyID, "objectStore.keyID")
      let key = search.secret("B2_APPLICATION_KEY", objectStore.applicationKey, "objectStore.applicationKey")
      if let endpoint, let bucket, let keyID, let key {
        credentials.objectStore = .init(endpoint: endpoint, bucket: bucket, keyID: keyID, applicationKey: key)
      }
    }
    if parts.contains(.notifier) {
      credentials.webhooks = notifier.webhooks.enumerated().compactMap { index, webhook in
        search.secret(nil, webhook.url, "notifier.webhooks[\(index)].url")
      }
    }
    if parts.contains(.process), health.process == nil, health.heartbeat == nil { search.miss("health.process") }
    if parts.contains(.heartbeat), health.heartbeat == nil { search.miss("health.heartbeat") }
    if !search.missing.isEmpty { throw MissingSettings(settings: search.missing) }
    return credentials
  }
}

private struct CredentialSearch {
  let environment: [String: String]
  let paths: SettingsPaths
  private(set) var missing: [MissingSettings.Setting] = []

  /// In bytes; more than any key, webhook or token.
  private static let largestSecret = 16_384

  init(environment: [String: String], paths: SettingsPaths) {
    self.environment = environment
    self.paths = paths
  }

  /// Something that is no secret: the file counts, then the environment.
  mutating func plain(_ name: String, _ value: String?, _ field: String) -> String? {
    found(value ?? variable(name), name, field)
  }

  /// A file that holds a secret: the environment counts, then the settings.
  mutating func file(_ name: String, _ value: String?, _ field: String) -> String? {
    // Of the environment's path the current directory is the base, as for every other program.
    let path = variable(name) ?? value.map(paths.absolute)
    guard let path = found(path, name, field) else { return nil }
    return content(of: path, name, field) == nil ? nil : path
  }

  mutating func secret(_ name: String?, _ source: SecretSource?, _ field: String) -> Secret? {
    if let name, let value = variable(name) { return Secret(value) }
    switch source {
    case nil: return found(nil, name, field).map(Secret.init)
    case .environment(let other)?:
      if let value = variable(other) { return Secret(value) }
      missing.append(.init(environmentName: name, field: field, problem: "\(other) is not set"))
      return nil
    case .file(let path)?: return content(of: paths.absolute(path), name, field).map(Secret.init)
    }
  }

  /// Something that has no name in the environment is not there.
  mutating func miss(_ field: String) { missing.append(.init(environmentName: nil, field: field, problem: nil)) }

  /// One that is empty counts as not set.
  private func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private mutating func found(_ value: String?, _ name: String?, _ field: String) -> String? {
    if value == nil { missing.append(.init(environmentName: name, field: field, problem: nil)) }
    return value
  }

  private mutating func content(of path: String, _ name: String?, _ field: String) -> String? {
    do throws(InvalidFile) {
      let text = try FileText(contentsOf: path, limit: Self.largestSecret).text
      return text.split(separator: "\n").joined(separator: "\n").trimmingBlanks
    } catch {
      missing.append(.init(environmentName: name, field: field, problem: error.description))
      return nil
    }
  }
}

extension String {
  /// Without the blanks and line ends that editors leave around a secret.
  fileprivate var trimmingBlanks: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
