/// A check as JUnit's XML, which build servers show as tests: a suite a baseline, a case a figure and a limit.
extension CheckReport {
  var junit: String {
    let suites = checks.map(suite)
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\(suites.joined())</testsuites>\n"
  }

  private func suite(_ check: Check) -> String {
    let name = Self.attribute(check.cell)
    let cases: [(xml: String, outcome: Outcome)]
    switch check.result {
    case .failure(let reason): cases = [Self.testCase("baseline", in: name, .error("\(reason)"))]
    case .success(let findings):
      cases = findings.judgements.map { judgement in
        Self.testCase(judgement.name, in: name, judgement.outcome(findings.whereItChanged))
      } + findings.limits.map { limit in
        Self.testCase("limit \(limit.text)", in: name, limit.holds ? .passed : .failure(limit.sentence))
      }
    }
    func count(_ is: (Outcome) -> Bool) -> Int { cases.count { `is`($0.outcome) } }
    let failures = count { if case .failure = $0 { true } else { false } }
    let errors = count { if case .error = $0 { true } else { false } }
    let skipped = count { if case .skipped = $0 { true } else { false } }
    return "  <testsuite name=\"\(name)\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" "
      + "skipped=\"\(skipped)\">\n\(cases.map(\.xml).joined())  </testsuite>\n"
  }

  fileprivate enum Outcome {
    case passed
    case failure(String)
    case error(String)
    case skipped(String)
  }

  private static func testCase(_ name: String, in suite: String, _ outcome: Outcome) -> (xml: String, outcome: Outcome) {
    let opening = "    <testcase classname=\"\(suite)\" name=\"\(attribute(name))\""
    let element: String? =
      switch outcome {
      case .passed: nil
      case .failure(let message): "<failure message=\"\(attribute(message))\"/>"
      case .error(let message): "<error message=\"\(attribute(message))\"/>"
      case .skipped(let message): "<skipped message=\"\(attribute(message))\"/>"
      }
    return (element.map { "\(opening)>\($0)</testcase>\n" } ?? "\(opening)/>\n", outcome)
  }

  /// Text between quotation marks; without the control characters that XML has no way to write.
  private static func attribute(_ text: String) -> String {
    shortened(text, to: 1_000).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}

extension Judgement {
  fileprivate func outcome(_ place: String?) -> CheckReport.Outcome {
    let cells = cells
    let change = "\(cells[1]) → \(cells[2]), \(cells[3]) (\(cells[4])), tolerance \(cells[5])"
    return switch verdict {
    case .regressed: .failure("regressed: \(change)\(place.map { "; where: \($0)" } ?? "")")
    case .improved, .noChange: .passed
    case .inconclusive: .skipped("\(verdict.sentence): \(change)")
    }
  }
}
