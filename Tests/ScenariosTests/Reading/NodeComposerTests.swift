import Testing

@testable import Scenarios

struct NodeComposerTests {
  private func compose(_ text: String) throws -> Node {
    try Document(bytes: Array(text.utf8), name: "x.yaml").root
  }

  /// The problems of composing alone.
  private func problems(_ text: String) -> [String] {
    do {
      let file = Scenarios.SourceLocation.file("x.yaml")
      let (_, problems) = try NodeComposer.compose(text, file: file) {
        .position(file: "x.yaml", line: $0, column: $1)
      }
      return problems.sorted.map(\.description)
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `values keep their order, their quotes and their places`() throws {
    func at(_ line: Int, _ column: Int) -> Scenarios.SourceLocation {
      .position(file: "x.yaml", line: line, column: column)
    }
    let root = try compose("b: '30'\na:\n  - 30\n  - null\n  -\n")
    guard case .mapping(let entries) = root.content else {
      Issue.record("\(root)")
      return
    }
    #expect(entries.map(\.key) == ["b", "a"])
    #expect(entries.map(\.keyLocation) == [at(1, 1), at(2, 1)])
    #expect(entries[0].value == Node(.scalar("30", isQuoted: true), at: at(1, 4)))
    let items = [
      Node(.scalar("30", isQuoted: false), at: at(3, 5)), Node(.null(isWritten: true), at: at(4, 5)),
      Node(.null(isWritten: false), at: at(5, 4)),
    ]
    #expect(entries[1].value == Node(.sequence(items), at: at(3, 3)))
  }

  @Test func `columns count characters after a byte order mark, and CR LF ends one line`() throws {
    #expect(problems("é: [é, @]\r\n") == ["x.yaml:1:8: error: text cannot start with '@'; put it in quotes"])
    let root = try compose("\u{FEFF}a: 1\r\nb: 2\r\n")
    guard case .mapping(let entries) = root.content else {
      Issue.record("\(root)")
      return
    }
    #expect(entries.map(\.keyLocation.description) == ["x.yaml:1:1", "x.yaml:2:1"])
  }

  @Test(arguments: [
    ("a: 1\n---\nb: 2\n", "2:1: error: a second document starts here; a file holds one"),
    ("a:\n\tb: 1\n", "2:1: error: the line is indented with a tab; YAML takes only spaces there"),
    ("a:\n  \tb: 1\n  c", "2:3: error: the line is indented with a tab; YAML takes only spaces there"),
    (
      "a: b: c\n",
      "1:5: error: a ': ' is not allowed here; check the line's indentation, or put text that holds a ': ' in quotes"
    ),
    ("a: \"x\nb: 1\n", "1:4: error: the quoted text that starts here has no closing quote"),
    ("a: [1,\n  2\nb: 3\n", "3:2: error: expected ',' or ']' in the list that starts in line 1"),
    ("a: {b: 1\nc: 3\n", "2:2: error: expected ',' or '}' in the mapping that starts in line 1"),
    ("a: [1, 2\n", "2:1: error: expected ',' or ']' in the list that starts in line 1"),
    ("a: @b", "1:4: error: text cannot start with '@'; put it in quotes"),
    ("a: *b", "1:4: error: this alias (*name) refers to no earlier anchor (&name)"),
    ("a: &b [*b]", "1:8: error: this alias (*name) refers to no earlier anchor (&name)"),
    ("a: * b", "1:4: error: text that starts with '*' or '&' must be in quotes"),
    ("a: !x b", "1:4: error: tags such as '!x' are not supported"),
    ("a: !x [b]", "1:4: error: tags such as '!x' are not supported"),
    ("a: !x!y b", "1:4: error: tags (words that start with '!') are not supported"),
    ("%TAG ! x\n---\na", "1:1: error: a line may not start with '%'; put the text in quotes"),
    ("a: 1\nb\nc: 2", "2:1: error: expected 'key: value', but no ': ' follows"),
    (
      "a:\n  - 1\n - 2\n",
      "3:2: error: expected a key of the mapping that starts in line 1; check the line's indentation and its quotes"
    ),
    ("? [a]\n: 1\n", "1:3: error: a key must be a plain word, not a list or a mapping"),
    ("<<: {a: 1}", "1:1: error: merging with '<<' is not supported; write the keys out"),
    ("a: \"\\q\"", "1:5: error: unknown escape in double quotes; write '\\\\' for a backslash"),
    ("# only this\n", " error: there are no values here, only comments"),
    ("a: 1\na: 2\n", "2:1: error: key 'a' is given twice in one mapping; it was first given in line 1"),
    ("{a: 1, \"a\": 2}", "1:8: error: key 'a' is given twice in one mapping; it was first given in line 1"),
    ("'a': 1\n\"a\": 2\n", "2:1: error: key 'a' is given twice in one mapping; it was first given in line 1"),
    // Where the first one cannot be told from the text, the library's word has to do.
    ("\"\\x61\": 1\na: 2\n", "1:1: error: key 'a' is given twice in one mapping"),
    ("&x a: 1\na: 2\n", "1:1: error: key 'a' is given twice in one mapping"),
  ]) func `a mistake in the YAML is explained at the place to edit`(text: String, message: String) {
    #expect(problems(text) == ["x.yaml:" + message])
  }

  @Test func `every repetition of a key is told, with the line of the first`() {
    let text = "a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n"
    #expect(
      problems(text) == [
        "x.yaml:2:11: error: key 'c' is given twice in one mapping; it was first given in line 2",
        "x.yaml:3:1: error: key 'a' is given twice in one mapping; it was first given in line 1",
        "x.yaml:4:1: error: key 'a' is given twice in one mapping; it was first given in line 1",
      ])
  }

  @Test func `an alias is what it stands for`() throws {
    let root = try compose("a: &x [1]\nb: *x\n")
    guard case .mapping(let entries) = root.content else {
      Issue.record("\(root)")
      return
    }
    #expect(entries[0].value == entries[1].value)
  }

  @Test func `as many aliases and as much text as an honest file has are accepted`() {
    let aliases = (0..<200).map { "k\($0): *x\n" }.joined()
    #expect(problems("a: &x {b: 1}\n" + aliases) == [])
    let comments = "# offers[0]: what? why ? *really*, [0, 1): no\n"
    #expect(problems("a: 1\n" + String(repeating: comments, count: 4)) == [])
    #expect(problems(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == [])
  }
}

struct SpellingTests {
  @Test(arguments: [
    ("intervall", "interval"), ("failure_threshold", "failureThreshold"),
    ("FAILURE-THRESHOLD", "failureThreshold"),
    ("tiemout", "timeout"), ("Interval", "interval"),
  ]) func `the nearest name is found`(word: String, name: String) {
    #expect(nearest(to: word, among: ["timeout", "interval", "failureThreshold"]) == name)
  }

  @Test(arguments: ["", "x", "banana", "in", "_"]) func `nothing near is no suggestion`(word: String) {
    #expect(nearest(to: word, among: ["timeout", "interval", "failureThreshold"]) == nil)
  }

  @Test func `edits are counted as the definition counts them`() {
    var random = TestRandom(state: 5)
    for _ in 0..<300 {
      let words = (0..<2).map { _ in
        (0..<Int.random(in: 0...5, using: &random)).map { _ in UInt8.random(in: 97...99, using: &random) }
      }
      #expect(editDistance(words[0], words[1]) == slowDistance(words[0][...], words[1][...]))
    }
  }

  /// The recursive definition.
  private func slowDistance(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
    guard let x = a.last, let y = b.last else { return a.count + b.count }
    let (restA, restB) = (a.dropLast(), b.dropLast())
    var best = min(
      slowDistance(restA, b) + 1, slowDistance(a, restB) + 1, slowDistance(restA, restB) + (x == y ? 0 : 1))
    if let p = restA.last, let q = restB.last, p == y, q == x {
      best = min(best, slowDistance(restA.dropLast(), restB.dropLast()) + 1)
    }
    return best
  }

  @Test func `text from a file is fit to print`() {
    #expect(quoted("a\nb\u{1B}[31m\u{202E}") == "'a\\nb\\u{1b}[31m\\u{202e}'")
    #expect(quoted(String(repeating: "k", count: 100)) == "'" + String(repeating: "k", count: 60) + "…'")
    #expect(
      [[], ["a"], ["a", "b"], ["a", "b", "c"]].map(alternatives) == ["", "a", "a or b", "a, b or c"])
  }
}
