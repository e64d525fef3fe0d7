import Foundation

/// The scenarios of a folder.
public enum ScenarioCatalogue {
  /// Checks a file without reading a trace it may name.
  ///
  /// - Returns: the scenario's name, and what is doubtful in the file.
  public static func check(
    _ path: String, overrides: [String] = []
  ) throws(InvalidFile) -> (name: String, warnings: [Problem]) {
    let (file, warnings) = try Document(contentsOf: path).setting(overrides).read(ScenarioFile.init)
    return (file.scenario.name, warnings)
  }

  /// A scenario file of a folder.
  public struct Entry: Sendable {
    public var path: String
    public var summary: String
    public var ledger: [LedgerEntry]
  }

  /// The scenario files of a folder and its subfolders, by path; and what is wrong with those that are not valid.
  ///
  /// - Throws: `ScenarioError` when there is no such folder.
  public static func entries(
    of folder: String
  ) throws(ScenarioError) -> (entries: [Entry], problems: [InvalidFile]) {
    guard let paths = files(in: folder) else { throw ScenarioError("\(folder): no such folder") }
    var entries: [Entry] = []
    var problems: [InvalidFile] = []
    for path in paths {
      do throws(InvalidFile) {
        let scenario = try Document(contentsOf: path).read(ScenarioFile.init).value.scenario
        entries.append(Entry(path: path, summary: scenario.summary, ledger: scenario.ledger))
      } catch {
        problems.append(error)
      }
    }
    return (entries, problems)
  }

  /// The scenario files that are meant by a list of files and folders: a folder stands for all files in it and below, by
  /// path.
  ///
  /// - Throws: `ScenarioError` when one of them does not exist.
  public static func paths(_ given: [String]) throws(ScenarioError) -> [String] {
    var paths: [String] = []
    for path in given {
      if let inside = files(in: path) {
        paths += inside
      } else {
        guard FileManager.default.fileExists(atPath: path) else {
          throw ScenarioError("\(path): no such file or folder")
        }
        paths.append(path)
      }
    }
    return paths
  }

  /// The scenario files of a folder and its subfolders, sorted; `nil` when there is no such folder.
  private static func files(in folder: String) -> [String]? {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue,
      let found = FileManager.default.enumerator(atPath: folder)
    else { return nil }
    return found.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      .map { (folder as NSString).appendingPathComponent($0) }
  }

  /// The scenario that is meant by a name: a file, or one of the folders' by its path in it, with or without `.yaml`.
  ///
  /// - Throws: `ScenarioError` when there is none, with the nearest name.
  public static func path(ofScenario name: String, in folders: [String]) throws(ScenarioError) -> String {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory), !isDirectory.boolValue { return name }
    var known: [String] = []
    for folder in folders {
      for path in files(in: folder) ?? [] {
        let inside = String(path.dropFirst(folder.count + 1))
        let short = (inside as NSString).deletingPathExtension
        if name == inside || name == short { return path }
        known.append(short)
      }
    }
    let near = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? "; list shows those there are"
    throw ScenarioError("\(name): no such scenario\(near)")
  }

  /// The files that a scenario names relative to itself: a trace, a calibration, the scenario of its production.
  public static func filesNamed(by path: String) throws(InvalidFile) -> [String] {
    let file = try Document(contentsOf: path).read(ScenarioFile.init).value
    return [file.trace?.path, file.snapshots.calibration, file.production].compactMap { $0 }
  }

  /// What each scenario shows, as a table.
  public static func listing(_ entries: [Entry], style: Style) -> String {
    var table = TextTable([("scenario", .left), ("ledger", .left), ("shows", .left)])
    for entry in entries {
      table.add([entry.path, entry.ledger.map(\.id).joined(separator: " "), entry.summary])
    }
    return table.lines(style, indent: 0).joined(separator: "\n") + "\n"
  }

  /// Which scenarios show each entry of the ledger, as a table; the entries that none shows are named.
  public static func ledgerListing(_ entries: [Entry], style: Style) -> (text: String, missing: [LedgerEntry]) {
    var table = TextTable([("id", .left), ("what", .left), ("scenarios", .left)])
    var missing: [LedgerEntry] = []
    for entry in LedgerEntry.all {
      let paths = entries.filter { $0.ledger.contains(entry) }.map(\.path)
      if paths.isEmpty { missing.append(entry) }
      table.add(
        [entry.id, entry.title, paths.isEmpty ? "none" : paths.joined(separator: ", ")],
        tone: paths.isEmpty ? .bad : nil, in: 2)
    }
    return (table.lines(style, indent: 0).joined(separator: "\n") + "\n", missing)
  }
}
