import Failover
import SystemPackage

/// Writes each notification as one line to standard error, where a service manager or a terminal picks it up
/// and adds the time.
public struct LogNotifier: Notifier {
  private let output: FileDescriptor

  public init() { self.init(output: .standardError) }

  init(output: FileDescriptor) { self.output = output }

  public func send(_ notification: Notification, timeout: Duration) async throws(PortError) {
    let message = ProgramFailure.printable(notification.message)
    let line = "failover: \(notification.subject.rawValue): \(message)\n"
    do {
      _ = try output.writeAll(line.utf8)
    } catch {
      throw PortError(.refused, "standard error: \(error)")
    }
  }
}
