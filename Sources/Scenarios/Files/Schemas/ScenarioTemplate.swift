/// A commented scenario to begin with: every section with its most important fields, each with its default, its help and
/// its unit, taken from the code that reads scenarios.
public enum ScenarioTemplate {
  /// The name of the schema's file beside a scenario called `scenario.yaml`.
  public static let schemaName = "scenario.schema.json"

  /// The first line of a scenario: where an editor's YAML language server finds the schema.
  ///
  /// - Parameter schema: a path relative to the scenario, or an address.
  public static func editorLine(schema: String) -> String { "# yaml-language-server: $schema=\(schema)" }

  /// The file's text.
  ///
  /// - Parameter schema: what the first line names; `nil` leaves the line out.
  public static func text(schema: String?) -> String {
    let outline = FileOutline(of: ScenarioFile.init)
    var lines = schema.map { [editorLine(schema: $0)] } ?? []
    lines += introduction
    for part in parts { lines += [""] + part.lines(outline) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A scenario's text with the editor's line in front, in place of the one it may have.
  public static func text(of file: FileText, schema: String?) -> String {
    var lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeAll { $0.hasPrefix("# yaml-language-server:") }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return ((schema.map { [editorLine(schema: $0)] } ?? []) + lines).joined(separator: "\n") + "\n"
  }

  /// The file with every field that is commented out made one that counts.
  static func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let indent = line.prefix { $0 == " " }
      let rest = line.dropFirst(indent.count)
      guard rest.first == "#", rest.dropFirst().first?.isLetter == true else { return String(line) }
      return String(indent + rest.dropFirst())
    }.joined(separator: "\n")
  }

  /// The fields that are to be in the template but cannot be written, because nobody reads them or they have no default
  /// that fits on a line.
  static var unwritten: [String] {
    let outline = FileOutline(of: ScenarioFile.init)
    return parts.flatMap { $0.unwritten(outline) }
  }

  private static let introduction = [
    "# A scenario for simulate-failover: what is protected, how, and in what world. Play it with",
    "#   simulate-failover run THIS-FILE",
    "# and lay a value over it with --set, such as --set healthCheck.interval=5s.",
    "#",
    "# Everything but name, summary and duration has a default, and so says nothing that would not hold without it, except",
    "# for the interruptions. Lines in which a word follows '#' at once are further fields: take the '#' away to use one.",
    "# Durations are such as 500ms, 30s or 1h30min; sizes 1.2GB or 512MiB; rates 6MB/s or 100Mbit/s; prices $0.40/h. How",
    "# long something takes is a duration or a distribution, such as {uniform: {low: 2s, high: 5s}}.",
  ]

  private static let parts: [TemplatePart] = [
    TemplatePart(
      nil, "schemaVersion", "name=my-scenario", "summary=A spot GPU protected by a CPU standby for a month.",
      "duration=30d", "strategy", "#notification"),
    // A mean that is not measured anywhere: somebody who knows the market puts the right one here.
    TemplatePart("interruptions", "lifetimes={exponential: {mean: 1d}}", "#repeat"),
    TemplatePart("workload", "kind"),
    TemplatePart("workspace", "path", "dirtyRate", "deltaReduction"),
    TemplatePart("gpu", "price", "boot", "sshStart", "#scan", "#inspect", "#digest"),
    TemplatePart("standby", "machineType", "spot", "disk", "creation", "#mode", "#describe", "#startsFilled"),
    TemplatePart("sync", "interval", "route", "#timeout", "#failuresUntilNotice"),
    TemplatePart(
      "healthCheck", "interval", "timeout", "failureThreshold", "methods", "#successThreshold", "#intervalJitter",
      "#initialDelay", "#require"),
    TemplatePart("#heartbeat", "#interval"),
    TemplatePart("#notice", "#pollInterval", "#useLeadTime"),
    TemplatePart("failover", "attempts"),
    TemplatePart(
      "recovery", "mode", "minimumMemory", "maximumPrice", "regions", "sshTimeout", "#provisionTimeout",
      "#restoreTimeout", "#restoreAttempts", "#failuresUntilNotice", "#offerCacheAge"),
    TemplatePart(
      "timeouts", "api", "#standbyCreation", "#endpoint", "#verification", "#digest", "#notification", "#inference"),
    TemplatePart("#hibernation", "#active=10h", "#period"),
    TemplatePart(
      "#snapshots", "#interval", "#fullEvery", "#keep", "#method", "#threads", "#storage", "#upload", "#download"),
    TemplatePart("#inference", "#model", "#serverStart", "#answer"),
    TemplatePart(
      "warmPool", "enabled=false", "#minimumGPUs", "#volumeSize", "#autoProvision", "#fallsBackToStandby",
      "#checkInterval"),
    TemplatePart("marketplace", "search", "create", "#describe", "#destroy"),
    TemplatePart("network", "link", "rsync", "#keepAlive"),
    TemplatePart("endpoint", "change", "#hold", "#verify"),
    TemplatePart("machines", "#start", "#stop", "#standbyRentedAway", "#interruptionTakesMachine"),
    TemplatePart(nil, "#faults=[{sshKeyExpired: {at: 2h, for: 30min}}]"),
    TemplatePart("#fleet", "#workspaces", "#servesAtOnce"),
    TemplatePart(
      "pricing", "volume", "objectStorage", "gpuEgress", "#standbyDisk", "#stoppedGPU", "#download", "#standbyEgress"),
    TemplatePart("clock", "#overshoot"),
    TemplatePart(nil, "#expect=[{metric: mttd.p50, atMost: 1min}]"),
  ]
}

/// A section of the template, or fields at the top.
private struct TemplatePart {
  let section: String?
  let fields: [String]

  /// - Parameters:
  ///   - section: a key of the top mapping, or `nil` for the top mapping itself.
  ///   - fields: keys, with `=value` where the value is not the default; `#` before what is commented out.
  init(_ section: String?, _ fields: String...) {
    self.section = section
    self.fields = fields
  }

  /// Where the comments begin, if what is before leaves the room.
  private static let commentColumn = 36

  func lines(_ outline: FileOutline) -> [String] {
    guard let section else { return fields.compactMap { line($0, in: ".", outline, indent: "") } }
    let (mark, key) = Self.mark(section)
    let head = outline[key].map { Self.commented(mark + key + ":", $0.help) } ?? mark + key + ":"
    return [head] + fields.compactMap { line($0, in: key, outline, indent: "  ") }
  }

  func unwritten(_ outline: FileOutline) -> [String] {
    let key = section.map { Self.mark($0).rest }
    let fields = fields.filter { line($0, in: key ?? ".", outline, indent: "") == nil }.map { "\(key ?? "").\($0)" }
    return fields + (key.map { outline[$0] == nil ? [$0] : [] } ?? [])
  }

  private func line(_ text: String, in mapping: String, _ outline: FileOutline, indent: String) -> String? {
    let (mark, rest) = Self.mark(text)
    let parts = rest.split(separator: "=", maxSplits: 1).map(String.init)
    guard let field = outline.fields[mapping]?.first(where: { $0.key == parts[0] })?.field else { return nil }
    let value: String
    switch (parts.dropFirst().first, field.need) {
    case (let given?, _): value = given
    case (nil, .defaults(let standard?)): value = standard
    default: return nil
    }
    let unit = field.shape.unit.flatMap { field.help.contains($0) ? nil : " (\($0))" } ?? ""
    return Self.commented("\(indent)\(mark)\(parts[0]): \(value)", field.help + unit)
  }

  private static func mark(_ text: String) -> (mark: String, rest: String) {
    text.hasPrefix("#") ? ("#", String(text.dropFirst())) : ("", text)
  }

  private static func commented(_ text: String, _ comment: String) -> String {
    text + String(repeating: " ", count: max(2, commentColumn - text.count)) + "# " + comment
  }
}

extension FieldShape {
  /// What a value is measured in, or what it may be, in few words; `nil` where the value itself says it.
  fileprivate var unit: String? {
    switch self {
    case .quantity(let noun, _, _): noun
    case .choice(let words): words.joined(separator: "|")
    case .count: "whole number"
    case .list(let element, _): element.unit.map { "list: \($0)" } ?? "list"
    case .bool, .text, .mapping: nil
    case .forms(_, let keys, let plain):
      keys.contains("uniform") ? "duration or distribution" : plain.first?.unit
    }
  }
}
