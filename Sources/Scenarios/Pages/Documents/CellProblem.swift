extension ResultNode {
  /// What went wrong in a cell of a sweep or a tuning; `nil` where nothing did.
  var cellProblem: String? {
    get throws(InvalidFile) {
      if let error = try optional("error") { return try error.text() }
      guard let violations = try optional("violations") else { return nil }
      return "what must always hold did not: \(try violations.text("first"))"
    }
  }
}
