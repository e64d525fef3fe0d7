import Foundation
import Yams

/// Finds where a SkyPilot trace is wrong.
///
/// `JSONDecoder` says nothing of lines and columns. Only once something is wrong is the file read again by
/// the YAML parser, which does: JSON is as good as a part of YAML.
struct SkyPilotDiagnosis {
  enum Place { case gap, data, sample(Int), prices, price(Int) }

  /// A larger file gets messages without a place: the YAML parser needs some hundred times the file's size.
  private static let maximumBytes = 2 << 20

  let file: String
  let bytes: [UInt8]

  /// An error about a value of a document that is well formed.
  func error(at place: Place, _ message: String) -> TraceError {
    guard case .success(let root) = tree else { return TraceError(file: file, message: message) }
    let node: Yams.Node? =
      switch place {
      case .gap: root["metadata"]?["gap_seconds"]
      case .data: root["data"]
      case .prices: root["prices"]
      case .sample(let index): root["data"]?.element(index)
      case .price(let index): root["prices"]?.element(index)
      }
    return failure(message, at: node)
  }

  /// Says what the decoder stumbled on.
  func error(for error: any Error) -> TraceError {
    switch tree {
    case .success(let root):
      return misfit(in: root)
        ?? failure("expected JSON, found something that is not: \(reason(error))", at: root)
    case .failure(.scanner(_, let problem, let mark, _)), .failure(.parser(_, let problem, let mark, _)),
      .failure(.composer(_, let problem, let mark, _)):
      let (line, column) = place(of: mark)
      return TraceError(
        file: file, line: line, column: column, message: "expected JSON, but the text \(problem)")
    case .failure:
      return TraceError(file: file, message: "expected a SkyPilot trace in JSON: \(reason(error))")
    }
  }

  /// The first part of the document that is not what a trace has there.
  private func misfit(in root: Yams.Node) -> TraceError? {
    guard root.mapping != nil else { return failure("expected an object, found something else", at: root) }
    guard let metadata = root["metadata"], metadata.mapping != nil else {
      return failure("expected an object \"metadata\" with \"gap_seconds\"", at: root["metadata"] ?? root)
    }
    guard let gap = metadata["gap_seconds"], gap.jsonNumber != nil else {
      return failure("expected a number \"gap_seconds\"", at: metadata["gap_seconds"] ?? metadata)
    }
    guard let data = root["data"]?.sequence else {
      return failure("expected an array \"data\" of numbers of nodes", at: root["data"] ?? root)
    }
    for sample in data where sample.jsonNumber.flatMap({ Int(exactly: $0) }) == nil {
      return failure("expected a whole number of nodes, found \(sample.shown)", at: sample)
    }
    guard let prices = root["prices"], prices.scalar?.string != "null" else { return nil }
    guard let values = prices.sequence else {
      return failure("expected an array \"prices\" of dollars per hour", at: prices)
    }
    for price in values where price.jsonNumber == nil && price.scalar?.string != "null" {
      return failure("expected a price in dollars per hour or null, found \(price.shown)", at: price)
    }
    return nil
  }

  private func failure(_ message: String, at node: Yams.Node?) -> TraceError {
    TraceError(file: file, line: node?.mark?.line, column: node?.mark?.column, message: message)
  }

  /// The YAML parser puts what is missing at the end onto the line after the last one.
  private func place(of mark: Mark) -> (line: Int, column: Int) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if mark.line <= lines.count { return (mark.line, mark.column) }
    let last = String(decoding: lines[lines.count - 1], as: UTF8.self)
    return (lines.count, last.unicodeScalars.count + 1)
  }

  private func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
      context.debugDescription
    default: error.localizedDescription
    }
  }

  private var tree: Result<Yams.Node, YamlError> {
    // JSON has no anchors and aliases; small YAML texts with them can stand for enormous trees.
    guard bytes.count <= Self.maximumBytes, !bytes.contains(UInt8(ascii: "*")) else {
      return .failure(.no)
    }
    do {
      guard let root = try compose(yaml: String(decoding: bytes, as: UTF8.self)) else { return .failure(.no) }
      return .success(root)
    } catch let error as YamlError {
      return .failure(error)
    } catch {
      return .failure(.no)
    }
  }
}

extension Yams.Node {
  /// The value of a number as JSON writes it, not of a quoted one.
  fileprivate var jsonNumber: Double? {
    guard let scalar, scalar.style == .plain, let first = scalar.string.utf8.first else { return nil }
    let isNumber = first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    guard isNumber, let value = Double(scalar.string), value.isFinite else { return nil }
    return value
  }

  fileprivate var shown: String {
    if let scalar { return traceQuote(scalar.string) }
    return mapping == nil ? "an array" : "an object"
  }

  fileprivate func element(_ index: Int) -> Yams.Node? {
    guard let sequence, sequence.indices.contains(index) else { return nil }
    return sequence[index]
  }
}
