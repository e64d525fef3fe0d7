import Failover

/// Tells people in several ways at once. One that fails does not keep the others from trying.
public struct NotifierGroup: Notifier {
  private let members: [(name: String, notifier: any Notifier)]

  /// - Parameter members: each with the name that errors give it.
  public init(_ members: [(name: String, notifier: any Notifier)]) { self.members = members }

  /// Returns once all have been told, each within the time-out.
  ///
  /// - Throws: when one or several failed, with the reason of the first of them; the detail names all.
  public func send(_ notification: Notification, timeout: Duration) async throws(PortError) {
    let failures = await withTaskGroup(of: (Int, PortError?).self) { group in
      for (index, member) in members.enumerated() {
        group.addTask {
          do throws(PortError) {
            try await member.notifier.send(notification, timeout: timeout)
            return (index, nil)
          } catch {
            return (index, error)
          }
        }
      }
      var failures: [(index: Int, error: PortError)] = []
      for await case (let index, let error?) in group { failures.append((index, error)) }
      return failures.sorted { $0.index < $1.index }
    }
    guard let first = failures.first else { return }
    if Task.isCancelled { throw PortError(.cancelled, "notification") }
    let texts = failures.map { "\(members[$0.index].name): \($0.error)" }
    throw PortError(
      first.error.reason, "\(failures.count) of \(members.count) not told: \(texts.joined(separator: "; "))")
  }
}
