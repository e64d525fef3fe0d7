import Foundation
import Testing

@testable import Compression

/// The part of JSON Schema that the calibration's schema uses, written down a second time.
private func violations(_ value: Any, _ schema: [String: Any], _ path: String = "$") -> [String] {
  var found: [String] = []
  let isBoolean = value is Bool && "\(type(of: value))".contains("Bool")
  switch schema["type"] as? String {
  case "object" where !(value is [String: Any]): return ["\(path): not an object"]
  case "array" where !(value is [Any]): return ["\(path): not an array"]
  case "string" where !(value is String): return ["\(path): not a string"]
  case "integer" where (value as? NSNumber)?.int64Value == nil || isBoolean:
    return ["\(path): not an integer"]
  case "number" where !(value is NSNumber): return ["\(path): not a number"]
  default: break
  }
  if let constant = schema["const"] as? Int, value as? Int != constant {
    found.append("\(path): not \(constant)")
  }
  if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
    found.append("\(path): not one of the choices")
  }
  if let minimum = schema["minimum"] as? Int, (value as? Int ?? .min) < minimum {
    found.append("\(path): below \(minimum)")
  }
  if let object = value as? [String: Any], let properties = schema["properties"] as? [String: [String: Any]] {
    for name in schema["required"] as? [String] ?? [] where object[name] == nil {
      found.append("\(path): no \(name)")
    }
    for (name, part) in object {
      guard let inner = properties[name] else {
        found.append("\(path): unknown \(name)")
        continue
      }
      found += violations(part, inner, "\(path).\(name)")
    }
  }
  if let items = schema["items"] as? [String: Any] {
    for (index, item) in (value as? [Any] ?? []).enumerated() {
      found += violations(item, items, "\(path)[\(index)]")
    }
  }
  return found
}

@Suite struct CalibrationSchemaTests {
  private func check(_ text: String) throws -> [String] {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(Calibration.schema.utf8)) as? [String: Any])
    return violations(try JSONSerialization.jsonObject(with: Data(text.utf8)), schema)
  }

  @Test func `a written calibration is valid by its schema`() throws {
    let text = String(decoding: try CalibrationTests.sample.encoded(), as: UTF8.self)
    #expect(try check(text) == [])
  }

  @Test(arguments: [
    ("\"threads\" : 1", "\"threads\" : 0"), ("\"kind\" : \"csv\"", "\"kind\" : \"tables\""),
    ("\"synthetic\" : false,", ""), ("\"entries\"", "\"rows\""),
    ("\"schemaVersion\" : 1", "\"schemaVersion\" : 2"),
  ])
  func `what the reader refuses the schema refuses, too`(old: String, new: String) throws {
    let text = String(decoding: try CalibrationTests.sample.encoded(), as: UTF8.self)
    let changed = text.replacingOccurrences(of: old, with: new)
    #expect(changed != text)
    #expect(throws: CalibrationError.self) { try Calibration(parsing: Array(changed.utf8), name: "c") }
    #expect(try !check(changed).isEmpty)
  }
}
