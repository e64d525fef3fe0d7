import Failover
import Foundation

// What Ollama says and is told, by its API description; only the fields that are used here.

struct OllamaModels: Decodable {
  struct Model: Decodable { var name: String }
  var models: [Model]
}

struct OllamaFailure: Decodable { var error: String }

struct OllamaQuestion: Encodable {
  struct Options: Encodable { var num_predict: Int }
  var model: String
  var prompt: String
  var stream = true
  var options: Options
}

/// An answer that comes in piece by piece: one JSON object a line.
struct OllamaStream: Sendable {
  private(set) var text = ""
  private(set) var isDone = false
  /// As the last line says, when it does.
  private(set) var loadNanoseconds: Int64?
  private(set) var totalNanoseconds: Int64?
  private var line: [UInt8] = []
  private var thinks = false

  /// Whether a word has come; models that think aloud do that first.
  var hasSpoken: Bool { thinks || !text.isEmpty }

  private struct Piece: Decodable {
    var response: String?
    var thinking: String?
    var done: Bool?
    var load_duration: Int64?
    var total_duration: Int64?
    var error: String?
  }

  /// - Throws: `.invalidAnswer` for what is not Ollama's; `.refused` when it says that it failed.
  mutating func receive(_ bytes: some Collection<UInt8>, _ what: String) throws(PortError) {
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      try endLine(what)
    }
  }

  /// Takes what has come for all there is: the last line may have no end.
  mutating func finish(_ what: String) throws(PortError) { try endLine(what) }

  private mutating func endLine(_ what: String) throws(PortError) {
    defer { line = [] }
    guard !line.isEmpty, !isDone else { return }
    guard let piece = try? JSONDecoder().decode(Piece.self, from: Data(line)) else {
      throw PortError(.invalidAnswer, "\(what): not a line of Ollama's")
    }
    if let error = piece.error { throw PortError(.refused, "\(what): \(ProgramFailure.printable(error))") }
    text += piece.response ?? ""
    if piece.thinking?.isEmpty == false { thinks = true }
    isDone = piece.done ?? false
    loadNanoseconds = piece.load_duration ?? loadNanoseconds
    totalNanoseconds = piece.total_duration ?? totalNanoseconds
  }
}
