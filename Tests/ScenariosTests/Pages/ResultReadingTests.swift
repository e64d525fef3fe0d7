import Foundation
import Testing

@testable import Scenarios

@Suite struct ResultReadingTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try HTMLReport.render([SamplePages.result(text)])
      return "ok"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("{", "x.json:1:2: error: this is not JSON: expected a key in double quotes"),
    ("[1, 2", "x.json:1:6: error: this is not JSON: expected ',' or ']'"),
    ("{\"a\": 1,}", "x.json:1:9: error: this is not JSON: expected a key in double quotes"),
    ("{\"a\": 1, \"a\": 2}", "x.json:1:10: error: this is not JSON: the key 'a' stands here twice"),
    ("{\n  \"a\": 01}", "x.json:2:8: error: this is not JSON: a number does not begin with 0"),
    ("{\"a\": \"\\x\"}", "x.json:1:8: error: this is not JSON: unknown escape"),
    ("{\"a\": \"\\ud800\"}", "x.json:1:8: error: this is not JSON: this escape is half a character"),
    ("{} {}", "x.json:1:4: error: this is not JSON: there is more text after the end of the document"),
    (
      "[1]", "x.json: error: this is no result of run, compare, sweep, tune or check with --format json: it has no kind"
    ),
    ("{}", "x.json: error: this is no result of run, compare, sweep, tune or check with --format json: it has no kind"),
    ("{\"kind\": 7}", "x.json: error: kind: expected text"),
    (
      "{\"kind\": \"verdict\"}",
      "x.json: error: results of kind 'verdict' are not known here; known: run, comparison, sweep, tuning, check"
    ),
    ("{\"kind\": \"run\"}", "x.json: error: schemaVersion is missing"),
    ("{\"kind\": \"run\", \"schemaVersion\": 2}", "x.json: error: schemaVersion 2 is not known here; this program reads 1"),
    ("{\"kind\": \"run\", \"schemaVersion\": 1}", "x.json: error: scenario is missing"),
    ("{\"kind\": \"sweep\", \"schemaVersion\": 1, \"cells\": {}}", "x.json: error: cells: expected an array"),
    ("scenario: x", "x.json:1:1: error: this is not JSON: expected a JSON value"),
  ]) func `what is wrong with a file is said in one line that names it`(text: String, message: String) {
    let said = problem(text)
    #expect(said.hasPrefix(message), "\(said)")
    #expect(!said.contains("\n"))
  }

  @Test func `deep nesting is told`() {
    for text in [String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 1_000_000)] {
      #expect(problem(text).contains("nested more than 64 levels deep"))
    }
  }

  @Test func `what is wrong in a result is named by where it stands`() throws {
    let document = try #require(SamplePages.documents.get().first { $0.name == "operation" }).document
    func changed(_ what: String, _ with: String) -> String {
      problem(document.replacing(what, with: with, maxReplacements: 1))
    }
    #expect(changed("\"mttd\": ", "\"mttd\": [] , \"rest\": ") == "x.json: error: metrics.mttd: expected a number")
    #expect(changed("\"availability\"", "\"shares\"") == "x.json: error: metrics.availability is missing")
    #expect(changed("\"interruptions\": ", "\"interruptions\": 1e40").hasSuffix("is out of range"))
    #expect(changed("\"isFalse\": false", "\"isFalse\": 0") == "x.json: error: incidents[0].isFalse: expected true or false")
  }

  @Test func `numbers keep their digits, and text comes back as it was`() throws {
    let text = "{\"a\": [0, -0.10, 1e3, 774.723421667, 18446744073709551615], \"b\": \"\\u00e9\\ud83d\\ude00\\n\\\"\\/\"}"
    let value = try JSONReader.value(of: FileText(bytes: Array(text.utf8), name: "x"))
    let node = ResultNode(value, file: "x")
    let literals = try node.member("a").elements().map { try $0.anyText() }
    #expect(literals == ["0", "-0.10", "1e3", "774.723421667", "18446744073709551615"])
    #expect(try node.text("b") == "é😀\n\"/")
    #expect(ResultNumber(literal: "774.723421667")?.billionths == 774_723_421_667)
    #expect(ResultNumber(literal: "-0.10")?.billionths == -100_000_000)
    #expect(ResultNumber(literal: "1e3")?.billionths == 1_000_000_000_000)
    #expect(ResultNumber(literal: "1e999") == nil)
  }

  /// What our writer writes, our reader reads, and Foundation's reader reads the same.
  @Test func `documents are read as another reader reads them`() throws {
    for (_, document) in try SamplePages.documents.get() {
      let value = try JSONReader.value(of: FileText(bytes: Array(document.utf8), name: "x"))
      let theirs = try JSONSerialization.jsonObject(with: Data(document.utf8))
      #expect(Self.equal(value, theirs))
    }
  }

  private static func equal(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours {
    case .null: theirs is NSNull
    case .text(let text): theirs as? String == text
    case .literal(let literal): (theirs as? NSNumber)?.doubleValue == (Double(literal) ?? (literal == "true" ? 1 : 0))
    case .array(let elements):
      (theirs as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy { equal($0, $1) } } ?? false
    case .object(let members):
      (theirs as? [String: Any]).map { object in
        object.count == members.count && members.allSatisfy { key, value in object[key].map { equal(value, $0) } ?? false }
      } ?? false
    case .line(let value): equal(value, theirs)
    }
  }

  /// Ten thousand small documents, damaged: there is a value or one clear message.
  @Test func `damaged text gives a value or a message with a place`() throws {
    var random = TestRandom(state: 20_261)
    let seeds = [
      "{\"kind\": \"run\", \"schemaVersion\": 1, \"a\": [1, -2.5e3, null, true, {\"b\": \"\\u00e9\\n\"}]}",
      "[[], {}, \"\", 0.5, [[[{\"a\": {}}]]]]", "{\n  \"x\": {\"y\": [false]},\n  \"z\": \"é😀\"\n}",
    ].map { Array($0.utf8) }
    var (read, refused) = (0, 0)
    for round in 0..<10_000 {
      let bytes = mutated(seeds[round % seeds.count], with: seeds, using: &random)
      do throws(InvalidFile) {
        let file = try FileText(bytes: bytes, name: "x.json")
        _ = try JSONReader.value(of: file)
        read += 1
        // What we take, the other reader takes as well.
        let options: JSONSerialization.ReadingOptions = .fragmentsAllowed
        if (try? JSONSerialization.jsonObject(with: Data(file.text.utf8), options: options)) == nil {
          Issue.record("only we read this: \(file.text)")
        }
      } catch {
        refused += 1
        #expect(error.problems.count == 1 && error.description.hasPrefix("x.json"))
      }
    }
    #expect(read > 100 && refused > 1000)
  }

  @Test func `damaged results give a page or a message`() throws {
    var random = TestRandom(state: 20_262)
    let documents = try SamplePages.documents.get().filter { ["quiet", "sweep"].contains($0.name) }
      .map { Array($0.document.utf8) }
    // Of the damage, half is to a value that a page is made of, so that it is not the JSON that is refused.
    var (pages, refused) = (0, 0)
    for round in 0..<120 {
      var bytes = documents[round % documents.count]
      if round % 4 < 2 {
        bytes = mutated(bytes, with: documents, using: &random)
      } else {
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        for _ in 0..<20 {
          let place = digits[Int.random(in: 0..<digits.count, using: &random)]
          bytes[place] = UInt8(ascii: "1") + UInt8.random(in: 0..<9, using: &random)
        }
      }
      do {
        _ = try HTMLReport.render([ResultFile(FileText(bytes: bytes, name: "x.json"))])
        pages += 1
      } catch let error as InvalidFile {
        refused += 1
        #expect(error.description.hasPrefix("x.json"))
      }
    }
    #expect(pages > 10 && refused > 10)
  }
}
