import Failover
import Foundation

extension HTTPAnswer {
  /// The answer as a value.
  ///
  /// - Throws: `.invalidAnswer`, with what came instead.
  func decoded<Value: Decodable>(_ type: Value.Type, _ what: String) throws(PortError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch let DecodingError.keyNotFound(key, _) {
      throw PortError(.invalidAnswer, "\(what): the answer has no \(ProgramFailure.printable(key.stringValue))")
    } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      let shown = ProgramFailure.printable(path)
      throw PortError(.invalidAnswer, "\(what): the answer's \(shown) is not what it should be")
    } catch {
      throw PortError(.invalidAnswer, "\(what): JSON expected, got \(said)")
    }
  }

  /// What an answer says that is not the one hoped for, in one short line.
  var said: String {
    if let words = (try? JSONDecoder().decode(Complaint.self, from: Data(body)))?.words {
      return ProgramFailure.printable(words)
    }
    let text = String(decoding: body.prefix(4096), as: UTF8.self)
    let start = text.prefix(512).lowercased()
    if contentType.hasPrefix("text/html") || start.contains("<html") || start.contains("<!doctype") {
      let title = Self.title(of: text).map { ": " + ProgramFailure.printable($0) } ?? ""
      return "a web page\(title)"
    }
    let lines = text.split(whereSeparator: \.isNewline).lazy.map { ProgramFailure.printable(String($0)) }
    return lines.first { !$0.isEmpty } ?? "nothing"
  }

  private static func title(of page: String) -> String? {
    guard let start = page.firstRange(of: "<title>") ?? page.firstRange(of: "<TITLE>") else { return nil }
    let title = page[start.upperBound...].prefix { $0 != "<" }
    return title.isEmpty ? nil : String(title)
  }

  /// The provider's own word for what went wrong, such as `no_such_ask`; `nil` where there is none.
  var complaint: Complaint? { try? JSONDecoder().decode(Complaint.self, from: Data(body)) }

  /// The error for an answer that is not a success, where an operation knows nothing better.
  func error(_ what: String) -> PortError {
    let reason: PortError.Reason =
      switch status {
      case 401, 403, 407: .unauthorized
      case 404: .notFound
      case 408: .timedOut
      case 429: .rateLimited
      case 400...499: .refused
      // The provider has trouble, or it is not the provider who answers.
      default: .invalidAnswer
      }
    return PortError(reason, "\(what): HTTP \(status): \(said)")
  }
}

/// The shapes in which providers say in JSON that something went wrong.
struct Complaint: Decodable, Hashable {
  /// For programs: `no_such_ask`, `invalid_grant`, `quotaExceeded`.
  var codes: [String] = []
  /// For people.
  var message: String?
  /// Set to false where the status of the answer may be a success all the same.
  var success: Bool?

  private enum Keys: String, CodingKey {
    case success, error, msg, message, errors, status, reason, code
    case errorDescription = "error_description"
  }

  init(from decoder: any Decoder) throws {
    let answer = try decoder.container(keyedBy: Keys.self)
    success = answer.bool(.success)
    message = answer.text(.msg) ?? answer.text(.message) ?? answer.text(.errorDescription)
    if let code = answer.text(.error) { codes.append(code) }
    guard let error = try? answer.nestedContainer(keyedBy: Keys.self, forKey: .error) else { return }
    message = error.text(.message) ?? error.text(.msg) ?? message
    for case let code? in [error.text(.status), error.text(.code)] { codes.append(code) }
    for detail in error.readable(Detail.self, .errors) {
      if let code = detail.code { codes.append(code) }
      if message == nil { message = detail.message }
    }
  }

  private struct Detail: Decodable {
    var code: String?
    var message: String?

    init(from decoder: any Decoder) throws {
      let detail = try decoder.container(keyedBy: Keys.self)
      code = detail.text(.reason) ?? detail.text(.code)
      message = detail.text(.message)
    }
  }

  /// Both in one line; `nil` when nothing is said.
  var words: String? {
    let parts = [message, codes.isEmpty ? nil : "(\(codes.joined(separator: ", ")))"].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
