import Failover

/// The warm pool's settings in environment variables, as services keep them: a value for a field of a scenario each.
///
/// They take the place of lines of the file, and an option of the command line takes theirs. Only a scenario that uses a
/// warm pool hears of them; `WARM_POOL_ENABLED` can give one to any scenario that the orchestrator plays on its own.
public struct WarmPoolVariables: Sendable, Hashable {
  /// A variable that is set.
  public struct Setting: Sendable, Hashable, CustomStringConvertible {
    /// Such as `WARM_POOL_MIN_GPUS`.
    public var name: String
    /// As it was found.
    public var text: String
    /// The field it stands for, such as `warmPool.minimumGPUs`.
    public var field: String
    let override: Override

    public var description: String { "\(name)=\(text) from the environment, for \(field)" }
  }

  /// The variables there are and the fields they set, in the order in which they are laid over a file.
  public static let fields: [(name: String, field: String)] = Form.allCases.map { ($0.rawValue, $0.field) }

  /// Those that are set to something, in the order of `fields`.
  public private(set) var settings: [Setting] = []
  /// Variables that look like the others and are none of them.
  public private(set) var warnings: [Problem] = []

  private enum Form: String, CaseIterable {
    case enabled = "WARM_POOL_ENABLED"
    case minimumGPUs = "WARM_POOL_MIN_GPUS"
    case volumeSize = "WARM_POOL_VOLUME_SIZE_GB"
    case autoProvision = "WARM_POOL_AUTO_PROVISION"
    case fallback = "WARM_POOL_FALLBACK_TO_CPU"
    case checkInterval = "WARM_POOL_HEALTH_CHECK_INTERVAL"
    case preferredGPUs = "WARM_POOL_PREFERRED_GPUS"

    var field: String {
      switch self {
      case .enabled: "warmPool.enabled"
      case .minimumGPUs: "warmPool.minimumGPUs"
      case .volumeSize: "warmPool.volumeSize"
      case .autoProvision: "warmPool.autoProvision"
      case .fallback: "warmPool.fallsBackToStandby"
      // A bare number of seconds.
      case .checkInterval: "healthCheck.periodSeconds"
      case .preferredGPUs: "warmPool.preferredGPUs"
      }
    }
  }

  /// - Parameter environment: every variable by its name; those of other programs are left alone.
  /// - Throws: `InvalidFile` with every value that cannot be one; whether it is a possible value is seen when it is read as
  ///   part of a scenario.
  public init(_ environment: [String: String]) throws(InvalidFile) {
    var problems = ProblemList()
    for (index, form) in Form.allCases.enumerated() {
      guard let text = environment[form.rawValue]?.trimmingSpaces, !text.isEmpty else { continue }
      // Before every option of the command line.
      let location = SourceLocation.option("\(form.rawValue)=\(text)", number: index - Form.allCases.count)
      do throws(InvalidFile) {
        let value = try Self.value(of: form, text, at: location)
        settings.append(
          Setting(
            name: form.rawValue, text: text, field: form.field,
            override: Override(path: NodePath(keys: form.field), value: value, location: location)))
      } catch {
        error.problems.forEach { problems.append($0) }
      }
    }
    if problems.hasErrors { throw InvalidFile(problems) }
    let names = Form.allCases.map(\.rawValue)
    warnings = environment.keys.filter { $0.hasPrefix("WARM_POOL_") && !names.contains($0) }.sorted().map { name in
      Problem(
        "no setting has this name", at: .option(name, number: 0), suggestion: nearest(to: name, among: names),
        severity: .warning)
    }
  }

  /// Nothing is set.
  public static var none: WarmPoolVariables { WarmPoolVariables(settings: []) }

  private init(settings: [Setting]) { self.settings = settings }

  /// Only whether there is to be a warm pool.
  var switches: [Setting] { settings.filter { $0.name == Form.enabled.rawValue } }

  private static func value(
    of form: Form, _ text: String, at location: SourceLocation
  ) throws(InvalidFile) -> Node {
    func wrong(_ expected: String) -> InvalidFile {
      InvalidFile(Problem("expected \(expected), found \(quoted(text))", at: location))
    }
    switch form {
    case .enabled, .autoProvision, .fallback:
      guard let flag = flags[text.lowercased()] else { throw wrong("true or false") }
      return .plain(flag, at: location)
    case .minimumGPUs: return .plain(text, at: location)
    case .checkInterval:
      guard Int(text) != nil else { throw wrong("a whole number of seconds such as 10") }
      return .plain(text, at: location)
    case .volumeSize:
      guard Int(text) != nil else { throw wrong("a whole number of gigabytes such as 100") }
      return .plain(text + "GB", at: location)
    case .preferredGPUs:
      let names = text.split(separator: ",").map { String($0).trimmingSpaces }.filter { !$0.isEmpty }
      return Node(.sequence(names.map { Node(.scalar($0, isQuoted: true), at: location) }), at: location)
    }
  }

  /// The words that settings libraries take for yes and no.
  private static let flags = [
    "true": "true", "1": "true", "yes": "true", "on": "true",
    "false": "false", "0": "false", "no": "false", "off": "false",
  ]
}

extension NodePath {
  /// Keys with points between them.
  fileprivate init(keys: String) {
    self.init(steps: keys.split(separator: ".").map { .key(String($0)) })
  }
}

extension Document {
  /// Lays settings of the environment over the file.
  fileprivate func laying(_ settings: [WarmPoolVariables.Setting]) -> Document {
    laying(settings.map(\.override))
  }

  /// The file with the options over it and, where the scenario uses a warm pool, the environment's settings between them.
  ///
  /// - Returns: also which settings were used.
  func setting(
    _ overrides: [String], over variables: WarmPoolVariables
  ) -> (document: Document, used: [WarmPoolVariables.Setting]) {
    guard !variables.settings.isEmpty else { return (setting(overrides), []) }
    let switched = laying(variables.switches).setting(overrides)
    let all = (laying(variables.settings).setting(overrides), variables.settings)
    // A file that cannot be read is told about with everything that bears on it.
    guard let scenario = try? switched.read(ScenarioFile.init).value.scenario else { return all }
    if case .drill = scenario.life { return (setting(overrides), []) }
    return scenario.strategy.warmPool == nil ? (switched, variables.switches) : all
  }
}
