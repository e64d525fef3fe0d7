import Foundation
import Synchronization
import Yams

/// From YAML text to a `Node`.
enum NodeComposer {
  /// The deepest nesting of lists and mappings accepted.
  static let maximumDepth = 64
  /// The largest number of values accepted, each use of an alias counted as what it stands for.
  static let maximumNodes = 100_000
  /// libyaml stops at 1000 levels, which a pair within a flow list doubles; composing those recursively was
  /// measured to need less than 2 MiB in a debug build.
  private static let stackSize = 16 << 20

  /// Composes the only document of a text.
  ///
  /// - Parameter locate: turns a line and column, from 1, into the location that messages name.
  /// - Returns: the tree and the problems that do not keep it from being read, such as a key given twice.
  static func compose(
    _ text: String, file: SourceLocation, locate: @escaping Locator
  ) throws(InvalidFile) -> (root: Node, problems: ProblemList) {
    if let problem = HostileText.problem(in: text, locate: locate) { throw InvalidFile(problem) }
    return try onRoomyStack { () -> Result<(Node, ProblemList), InvalidFile> in
      Result { () throws(InvalidFile) in
        let (root, masks) = try RepeatedKeys.compose(text, file: file, locate: locate)
        guard let root else {
          throw InvalidFile(Problem("there are no values here, only comments", at: file))
        }
        var converter = NodeConverter(locate: locate, masks: masks)
        let node = try converter.convert(root)
        return (node, converter.problems)
      }
    }.get()
  }

  static func tooDeep(at location: SourceLocation) -> Problem {
    Problem("lists and mappings are nested more than \(maximumDepth) deep", at: location)
  }

  /// Runs `work` on a thread whose stack bears the recursion of the YAML library whatever the caller's does.
  private static func onRoomyStack<Value: Sendable>(_ work: @escaping @Sendable () -> Value) -> Value {
    let box = ResultBox<Value>(work)
    let finished = DispatchSemaphore(value: 0)
    let thread = Thread {
      box.run()
      finished.signal()
    }
    thread.stackSize = stackSize
    thread.start()
    finished.wait()
    return box.value
  }
}

/// A line and a column, from 1, as a location.
typealias Locator = @Sendable (_ line: Int, _ column: Int) -> SourceLocation

/// Hands a result from one thread to another.
private final class ResultBox<Value: Sendable>: Sendable {
  private let work: @Sendable () -> Value
  private let result = Mutex<Value?>(nil)

  init(_ work: @escaping @Sendable () -> Value) { self.work = work }

  func run() {
    let value = work()
    result.withLock { $0 = value }
  }

  /// What the work gave; worked out here should the thread never have run.
  var value: Value { result.withLock { $0 } ?? work() }
}
