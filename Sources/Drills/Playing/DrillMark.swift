import Failover
import Foundation

/// A file beside the journal that says how far a drill has come that is not the orchestrator's own doing: one that is taken
/// up again must not take a second GPU away, nor begin anew when it was over.
struct DrillMark: Sendable {
  private static let over = "over"
  let path: String

  /// - Parameter journal: the path of the drill's journal.
  init(journal: String) { path = journal + ".drill" }

  /// Written before a GPU is taken away.
  ///
  /// - Throws: what writing a file throws; the GPU must not be taken away then.
  func setFault(_ id: InstanceID) throws { try write("fault \(id.rawValue)") }

  /// Written before everything is given back.
  ///
  /// - Throws: what writing a file throws.
  func setOver() throws { try write(Self.over) }

  /// The GPU that was, or was about to be, taken away.
  var fault: InstanceID? {
    guard let text, text.hasPrefix("fault ") else { return nil }
    return InstanceID(String(text.dropFirst("fault ".count)))
  }

  /// Whether everything was about to be given back.
  var isOver: Bool { text == Self.over }

  /// The drill has ended. After the journal, or a drill that is killed in between would have forgotten what it was at.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private var text: String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
