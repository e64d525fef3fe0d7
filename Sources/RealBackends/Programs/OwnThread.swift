import Dispatch
import Failover

/// Runs `work`, which blocks, on a thread of its own, so that it takes none from the tasks of the process.
///
/// A cancelled call returns at once and leaves the thread to end by itself: `work` has to end some time.
///
/// - Throws: `.cancelled`.
package func onOwnThread<Value: Sendable>(
  _ work: @escaping @Sendable () -> Value
) async throws(PortError) -> Value {
  let (values, continuation) = AsyncStream.makeStream(of: Value.self)
  onThread {
    continuation.yield(work())
    continuation.finish()
  }
  for await value in values { return value }
  throw PortError(.cancelled, "blocking call")
}

/// Runs `work`, which blocks, on a thread of its own, and does not wait for it.
func onThread(_ work: @escaping @Sendable () -> Void) {
  // A serial queue gets a thread whenever it needs one; a global queue has only as many as there are
  // processors.
  DispatchQueue(label: "blocking call").async(execute: work)
}
