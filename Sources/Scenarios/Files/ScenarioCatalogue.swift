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

  /// The scenario files of a folder and its subfolders with their summaries, as a table; and what is wrong with those
  /// that are not valid.
  ///
  /// - Throws: `ScenarioError` when there is no such folder.
  public static func listing(
    _ folder: String, style: Style
  ) throws(ScenarioError) -> (text: String, problems: [InvalidFile]) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue,
      let found = FileManager.default.enumerator(atPath: folder)
    else { throw ScenarioError("\(folder): no such folder") }
    let paths = found.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    var table = TextTable([("scenario", .left), ("shows", .left)])
    var problems: [InvalidFile] = []
    for path in paths.sorted().map({ (folder as NSString).appendingPathComponent($0) }) {
      do throws(InvalidFile) {
        let file = try Document(contentsOf: path).read(ScenarioFile.init).value
        table.add([path, file.scenario.summary])
      } catch {
        problems.append(error)
      }
    }
    return (table.lines(style, indent: 0).joined(separator: "\n") + "\n", problems)
  }
}
