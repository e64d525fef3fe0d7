/// Applies `transform` to what `next` gives, on up to `threads` threads, and hands the results to `deliver`
/// in the order of the inputs. At most `2 * threads` items are under way, finished ones included, so memory
/// stays bounded however slow the receiver is.
///
/// `next` and `deliver` are called one at a time, on the caller's side; `next` ends the work with `nil`. The
/// first error cancels what is under way and is thrown.
public func mapInOrder<Input: Sendable, Output: Sendable>(
  threads: Int, next: () async throws -> Input?,
  transform: @Sendable @escaping (Input) throws -> Output,
  deliver: (Output) async throws -> Void
) async throws {
  precondition(threads > 0, "work needs at least one thread")
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var (submitted, running, delivered) = (0, 0, 0)
    var finished: [Int: Output] = [:]
    var isExhausted = false
    while true {
      // New work goes first, so that it is being done while the result before it is delivered.
      while !isExhausted, running < threads, submitted - delivered < 2 * threads {
        guard let input = try await next() else {
          isExhausted = true
          break
        }
        let number = submitted
        (submitted, running) = (submitted + 1, running + 1)
        group.addTask { (number, try transform(input)) }
      }
      if let output = finished.removeValue(forKey: delivered) {
        delivered += 1
        try await deliver(output)
      } else if let (number, output) = try await group.next() {
        running -= 1
        finished[number] = output
      } else {
        return
      }
    }
  }
}
