import Failover
import Foundation
import NIOHTTP1

/// Tells people by posting to a webhook: an address that whoever knows it may post to, and that is therefore a secret.
///
/// An answer that asks for patience (429 and 503 with `Retry-After`) is obeyed for as long as the time-out lasts.
public struct WebhookNotifier: Notifier {
  /// What the other side understands.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// `{"text": …}`: an incoming webhook of Slack's, and of those who copy it (Mattermost, Rocket.Chat).
    case slack
    /// `{"content": …}`, at most 2000 characters.
    case discord
    /// `{"subject": …, "message": …}`, for programs of one's own.
    case json
  }

  public let format: Format
  private let address: Secret
  private let name: String

  /// - Parameters:
  ///   - address: `https://…`.
  ///   - name: what errors call it, since they do not name the address; `nil` takes the format's name.
  public init(_ format: Format, address: Secret, name: String? = nil) {
    self.format = format
    self.address = address
    self.name = name ?? "\(format.rawValue) webhook"
  }

  /// - Throws: `.unauthorized` and `.notFound` when the address is not valid any more; `.rateLimited` when the other
  ///   side asks for more patience than there is time.
  public func send(_ notification: Failover.Notification, timeout: Duration) async throws(PortError) {
    let body = format.body(for: notification)
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    while true {
      let answer = try await withTimeout(clock.now.duration(to: deadline), name) { () throws(PortError) in
        try await OneRequest(address.revealed, json: body, what: name).send()
      }
      if (200..<300).contains(answer.status) { return }
      let pause = answer.headers.first(name: "Retry-After").flatMap(RetryAfter.pause)
      guard answer.status == 429 || answer.status == 503, let pause else {
        throw failure(answer.status)
      }
      guard pause < clock.now.duration(to: deadline) else {
        throw PortError(
          .rateLimited, "\(name): asks for \(pause) of patience, which is more than the time that is left")
      }
      do { try await clock.sleep(for: pause) } catch { throw PortError(.cancelled, name) }
    }
  }

  /// What the other side wrote is not repeated: it may hold the address.
  private func failure(_ status: Int) -> PortError {
    let reason: PortError.Reason =
      switch status {
      case 401, 403: .unauthorized
      case 404, 410: .notFound
      case 429: .rateLimited
      case 500...: .unreachable
      default: .refused
      }
    return PortError(reason, "\(name): HTTP status \(status)")
  }
}

extension WebhookNotifier.Format {
  /// In characters; Discord refuses more (its API reference, "Create Message").
  static let discordLimit = 2000

  /// JSON for a notification.
  func body(for notification: Failover.Notification) -> [UInt8] {
    let text = "\(notification.subject.rawValue): \(notification.message)"
    let members: [String: String] =
      switch self {
      // The three signs that Slack's text formatting gives a meaning to.
      case .slack:
        [
          "text": text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        ]
      case .discord: ["content": String(text.prefix(Self.discordLimit))]
      case .json: ["subject": notification.subject.rawValue, "message": notification.message]
      }
    // Text can always be encoded; an empty message would be better than none.
    return (try? JSONEncoder().encode(members)).map(Array.init) ?? Array("{}".utf8)
  }
}

enum RetryAfter {
  /// Reads a number of seconds, whole (RFC 9110, section 10.2.3) or with decimals, as Discord writes it; `nil` for
  /// anything else, a date among it, and for more than a day.
  static func pause(_ text: String) -> Duration? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...5).contains(whole.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") }),
      let seconds = Int64(whole), seconds <= 86_400
    else { return nil }
    guard parts.count == 2 else { return .seconds(seconds) }
    let digits = parts[1].prefix(3)
    guard !digits.isEmpty, let fraction = Int64(digits) else { return nil }
    let scale: [Int64] = [100, 10, 1]
    // Rounded up: a moment too early is too early.
    return .seconds(seconds) + .milliseconds(fraction * scale[digits.count - 1] + 1)
  }
}
