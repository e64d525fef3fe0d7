import Failover

/// Runs `operation` and cancels it once `timeout` has passed on `clock`.
///
/// Returns only after the operation has ended, so that nothing it started is left behind: an operation has to
/// end promptly when it is cancelled. What it returns is kept even when it comes in the very moment of the
/// time-out.
///
/// - Parameter what: what is being done, for the error; `rsync from a to b`.
/// - Throws: what the operation throws; `.timedOut`; `.cancelled` when the calling task is cancelled.
func withTimeout<Value: Sendable>(
  _ timeout: Duration, clock: some Clock<Duration> = ContinuousClock(), _ what: String,
  operation: @escaping @Sendable () async throws(PortError) -> Value
) async throws(PortError) -> Value {
  let (result, expired) = await withTaskGroup(of: Outcome<Value>.self) { group in
    group.addTask {
      do throws(PortError) {
        return .ended(.success(try await operation()))
      } catch {
        return .ended(.failure(error))
      }
    }
    group.addTask {
      // Cut short by the end of the operation or of the caller; neither needs the alarm any more.
      try? await clock.sleep(for: timeout)
      return .alarm
    }
    var result: Result<Value, PortError>?
    var expired = false
    while let outcome = await group.next() {
      switch outcome {
      case .ended(let ended): result = ended
      case .alarm: expired = result == nil && !Task.isCancelled
      }
      group.cancelAll()
    }
    return (result, expired)
  }
  switch result {
  case .success(let value): return value
  case .failure(let error):
    if expired { throw PortError(.timedOut, "\(what): no end within \(timeout)") }
    throw Task.isCancelled ? PortError(.cancelled, what) : error
  case nil: throw PortError(.cancelled, what)
  }
}

private enum Outcome<Value: Sendable>: Sendable {
  case ended(Result<Value, PortError>)
  case alarm
}

extension Duration {
  /// Whole seconds, rounded up, at least 1: what programs accept that know no shorter time-out.
  var wholeSeconds: Int64 {
    let (seconds, attoseconds) = components
    return max(1, attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
  }
}
