/// Applies `transform` to what `next` gives, on up to `threads` threads, and hands the results to `deliver` in the
/// order of the inputs. At most `2 * threads` items are under way, so memory stays bounded however slow the
/// receiver is.
///
/// `next` and `deliver` are called one at a time, on the caller's side; `next` ends the work with `nil`. The first
/// error cancels what is under way and is thrown.
public func mapInOrder<Input: Sendable, Output: Sendable>(
  threads: Int, next: () async throws -> Input?,
  transform: @Sendable @escaping (Input) throws -> Output,
  deliver: (Output) async throws -> Void
) async throws {
  precondition(threads > 0, "work needs at least one thread")
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var (submitted, delivered) = (0, 0)
    var finished: [Int: Output] = [:]
    var isExhausted = false
    while true {
      while !isExhausted, submitted - delivered < 2 * threads {
        guard let input = try await next() else {
          isExhausted = true
          break
        }
        let number = submitted
        submitted += 1
        group.addTask { (number, try transform(input)) }
      }
      if delivered == submitted { return }
      while finished[delivered] == nil, let (number, output) = try await group.next() {
        finished[number] = output
      }
      guard let output = finished.removeValue(forKey: delivered) else { return }
      delivered += 1
      try await deliver(output)
    }
  }
}
