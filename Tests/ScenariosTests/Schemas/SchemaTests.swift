import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct SchemaTests {
  private static let root = Catalogue.folder.deletingLastPathComponent()

  private func files(in folder: String, _ suffix: String) throws -> [String] {
    let url = Self.root.appendingPathComponent(folder)
    let names = try #require(FileManager.default.enumerator(atPath: url.path)).compactMap { $0 as? String }
    return names.filter { $0.hasSuffix(suffix) }.sorted().map { url.appendingPathComponent($0).path }
  }

  @Test(.enabled(if: Validator.isThere, "\(Validator.absence)"), arguments: [
    (FileKind.scenario, "scenarios", ".yaml", 30), (.rubric, "rubrics", ".yaml", 1),
    (.calibration, "reports", "calibration.json", 1),
  ])
  func `every shipped file is valid by its schema`(
    kind: FileKind, folder: String, suffix: String, least: Int
  ) throws {
    let paths = try files(in: folder, suffix)
    #expect(paths.count >= least)
    let problems = try Validator.problems(of: paths, by: kind.schema())
    #expect(problems.count == paths.count)
    for (path, problem) in zip(paths, problems) { #expect(problem.isEmpty, "\(path): \(problem)") }
  }

  @Test(arguments: FileKind.allCases) func `a schema is JSON of the dialect it names`(kind: FileKind) throws {
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(kind.schema().utf8)) as? [String: Any])
    #expect(schema["$schema"] as? String == JSONSchema.dialect)
    #expect((schema["title"] as? String)?.contains(kind.summary) == true)
  }

  /// Every `$ref` leads to a definition, and no definition is there in vain.
  @Test(arguments: FileKind.allCases) func `references and definitions fit`(kind: FileKind) throws {
    let schema = try #require(try JSONSerialization.jsonObject(with: Data(kind.schema().utf8)) as? [String: Any])
    var references: Set<String> = []
    func collect(_ value: Any) {
      if let object = value as? [String: Any] {
        if let reference = object["$ref"] as? String { references.insert(reference) }
        object.values.forEach(collect)
      }
      (value as? [Any])?.forEach(collect)
    }
    collect(schema)
    let definitions = (schema["$defs"] as? [String: Any] ?? [:]).keys.map { "#/$defs/" + $0 }
    #expect(references == Set(definitions))
  }

  @Test(.enabled(if: Validator.isThere, "\(Validator.absence)"))
  func `every default of the scenario's schema is valid by the schema of its field`() throws {
    let schema = try FileKind.scenario.schema()
    let document = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
    var count = 0
    /// The defaults of an object's properties, with the definitions they may refer to, as one schema and one value each.
    var properties: [String: Any] = [:]
    var values: [String: Any] = [:]
    func collect(_ value: Any) {
      if let object = value as? [String: Any] {
        if let standard = object["default"] {
          count += 1
          properties["field\(count)"] = object
          values["field\(count)"] = standard
        }
        object.values.forEach(collect)
      }
      (value as? [Any])?.forEach(collect)
    }
    collect(document["properties"] as Any)
    collect(document["$defs"] as Any)
    #expect(count > 100)
    let all: [String: Any] = [
      "$schema": JSONSchema.dialect, "properties": properties, "$defs": document["$defs"] as Any,
    ]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: all), as: UTF8.self)
    let instance = String(decoding: try JSONSerialization.data(withJSONObject: values), as: UTF8.self)
    #expect(try Validator.problems(of: [instance], suffix: "json", by: text) == [""])
  }

  @Test func `a field of the scenario's schema says what it is, what it may be and its default`() throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(FileKind.scenario.schema().utf8)) as? [String: Any])
    let sections = try #require(schema["properties"] as? [String: [String: Any]])
    let check = try #require(sections["healthCheck"]?["properties"] as? [String: [String: Any]])
    let interval = try #require(check["interval"])
    #expect(interval["description"] as? String == "from one check to the next")
    #expect(interval["default"] as? String == "10s")
    let pattern = try Regex(try #require(interval["pattern"] as? String))
    #expect("1h30min".wholeMatch(of: pattern) != nil)
    for wrong in ["30", "0s", "-5s", "30 parsecs"] { #expect(wrong.wholeMatch(of: pattern) == nil) }
    #expect(check["periodSeconds"] != nil)
    let threshold = try #require(check["failureThreshold"])
    #expect(threshold["minimum"] as? Int == 1)
    #expect(threshold["default"] as? Int == 3)
    #expect(schema["required"] as? [String] == ["name", "summary"])
    let types = try #require(schema["$defs"] as? [String: Any])
    for name in ["distribution", "fault", "scriptPart", "scriptStep"] { #expect(types[name] != nil, "\(name)") }
  }

  @Test func `an unknown key, a missing name and two lives are refused by reader and schema alike`() throws {
    let good = "name: a\nsummary: b\nduration: 1h\n"
    let wrong = ["name: a\nduration: 1h\n", good + "durations: 1h\n", good + "script: [checkHealth]\n"]
    for text in wrong { #expect(throws: InvalidFile.self) { try read(text) } }
    _ = try read(good)
    guard Validator.isThere else { return }
    let problems = try Validator.problems(of: [good] + wrong, suffix: "yaml", by: FileKind.scenario.schema())
    #expect(problems.map(\.isEmpty) == [true, false, false, false])
  }

  private func read(_ text: String) throws -> ScenarioFile {
    try Document(bytes: Array(text.utf8), name: "test").read(ScenarioFile.init).value
  }
}
