import Failover
import NIOCore
import NIOHTTP1

/// An upload in parts that has been begun and neither finished nor given up. What it holds is paid for.
public struct UnfinishedUpload: Sendable, Hashable {
  public var key: String
  public var id: String

  public init(key: String, id: String) {
    self.key = key
    self.id = id
  }
}

/// An object that has been uploaded part by part.
struct UploadedObject: Sendable, Hashable {
  struct Part: Sendable, Hashable, Codable {
    var bytes: Int64
    /// Of the part's bytes, in lowercase hexadecimal digits: what its request was signed with.
    var sha256: String
  }

  var key: String
  var parts: [Part]

  var bytes: Int64 { parts.reduce(0) { $0 + $1.bytes } }
}

extension ObjectStoreClient {
  /// S3's limit; with parts of 16 MiB it is reached at 156 GiB.
  static let maximumParts = 10_000

  /// Stores what `next` gives, part by part, several at a time; a single part in a single request. The object
  /// is there whole or not at all: when anything fails, `next` included, or the task is cancelled, what has
  /// been uploaded is given up, which may take `cleanUpLimit` longer.
  ///
  /// Memory: the parts in flight, and the one `next` is making.
  ///
  /// - Parameters:
  ///   - partBytes: what every part but the last one has, at least 5 MiB (S3's least). A first part of this length is
  ///     sent at once, as one of several, though no other may follow.
  ///   - inFlight: at least 1.
  ///   - timeout: for each request.
  ///   - whenSent: gets each part of several when the store has it, to use its memory again.
  ///   - next: the next part; `nil` at the end.
  func upload(
    _ key: String, partBytes: Int, inFlight: Int, timeout: Duration,
    whenSent: @escaping @Sendable (ByteBuffer) -> Void = { _ in },
    next: @Sendable () async throws(PortError) -> ByteBuffer?
  ) async throws(PortError) -> UploadedObject {
    // Not in a variable of this function, which would keep it in memory to the end.
    let first = Shared(try await next())
    let length = first.read()?.readableBytes ?? 0
    guard length >= partBytes else {
      let hash = try await put(key, first.read() ?? ByteBuffer(), timeout: timeout)
      return UploadedObject(key: key, parts: [.init(bytes: Int64(length), sha256: hash)])
    }
    let upload = try await begin(key, timeout: timeout)
    do throws(PortError) {
      let parts = try await send(upload, inFlight: inFlight, timeout: timeout, whenSent: whenSent) { () throws(PortError) in
        if let part = first.take() { return part }
        return try await next()
      }
      try await complete(upload, tags: parts.map(\.tag), size: parts.reduce(0) { $0 + $1.part.bytes }, timeout: timeout)
      return UploadedObject(key: key, parts: parts.map(\.part))
    } catch {
      // Whoever was cancelled could not send anything any more; another task can.
      await Task { try? await abort(upload, timeout: Self.cleanUpLimit) }.value
      throw error
    }
  }

  /// How long tidying up after a failure may take.
  static let cleanUpLimit = Duration.seconds(5)

  private typealias Sent = (part: UploadedObject.Part, tag: String)

  private func send(
    _ upload: UnfinishedUpload, inFlight: Int, timeout: Duration, whenSent: @escaping @Sendable (ByteBuffer) -> Void,
    next: @Sendable () async throws(PortError) -> ByteBuffer?
  ) async throws(PortError) -> [Sent] {
    do {
      return try await withThrowingTaskGroup(of: (Int, Sent).self) { group in
        var sent: [Int: Sent] = [:]
        var number = 0
        var running = 0
        while true {
          if running >= max(1, inFlight), let (number, part) = try await group.next() {
            sent[number] = part
            running -= 1
          }
          guard let part = try await next() else { break }
          number += 1
          guard number <= Self.maximumParts else {
            throw PortError(.refused, "upload of \(upload.key): more than \(Self.maximumParts) parts")
          }
          running += 1
          group.addTask { [number] in
            let sent = try await put(part, number: number, of: upload, timeout: timeout)
            whenSent(part)
            return (number, sent)
          }
        }
        while let (number, part) = try await group.next() { sent[number] = part }
        return sent.sorted { $0.key < $1.key }.map(\.value)
      }
    } catch {
      throw error as? PortError ?? PortError(.cancelled, "upload of \(upload.key)")
    }
  }

  // MARK: The protocol

  func begin(_ key: String, timeout: Duration) async throws(PortError) -> UnfinishedUpload {
    let what = "begin the upload of \(key)"
    let call = Call(method: .POST, key: key, query: [("uploads", "")], what: what)
    // rclone names it as the request.
    let answer = try document(
      try await perform(call, timeout: timeout),
      ["InitiateMultipartUploadResult", "InitiateMultipartUpload"], what)
    guard let id = answer["UploadId"], !id.isEmpty else {
      throw PortError(.invalidAnswer, "\(what): no upload id")
    }
    return UnfinishedUpload(key: key, id: id)
  }

  private func put(
    _ part: ByteBuffer, number: Int, of upload: UnfinishedUpload, timeout: Duration
  ) async throws(PortError) -> Sent {
    let what = "upload of \(upload.key), part \(number)"
    let call = Call(
      method: .PUT, key: upload.key, query: [("partNumber", "\(number)"), ("uploadId", upload.id)],
      body: part, what: what)
    let answer = try await perform(call, timeout: timeout)
    guard let tag = answer.headers.first(name: "etag") else {
      throw PortError(.invalidAnswer, "\(what): no tag")
    }
    return (.init(bytes: Int64(part.readableBytes), sha256: answer.sentHash), tag)
  }

  private func complete(
    _ upload: UnfinishedUpload, tags: [String], size: Int64, timeout: Duration
  ) async throws(PortError) {
    let parts = tags.enumerated().map {
      "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\(escapedForXML($1))</ETag></Part>"
    }
    let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
    let what = "end the upload of \(upload.key)"
    let call = Call(
      method: .POST, key: upload.key, query: [("uploadId", upload.id)], body: ByteBuffer(string: body), what: what)
    do throws(PortError) {
      let answer = try await perform(call, timeout: timeout)
      _ = try document(answer, ["CompleteMultipartUploadResult"], what)
    } catch {
      // When the answer to the first try was lost, the second finds no such upload, or parts that are none any more; but
      // the object is there. No other upload has its key.
      guard error.reason == .notFound || error.reason == .refused,
        let object = try? await head(upload.key, timeout: timeout), object.size.bytes == size
      else { throw error }
    }
  }

  /// Gives an upload up. One that is already gone is not an error.
  public func abort(_ upload: UnfinishedUpload, timeout: Duration) async throws(PortError) {
    let call = Call(
      method: .DELETE, key: upload.key, query: [("uploadId", upload.id)],
      what: "give up the upload of \(upload.key)")
    do throws(PortError) {
      _ = try await perform(call, timeout: timeout)
    } catch {
      guard error.reason == .notFound else { throw error }
    }
  }

  /// Uploads that have been begun and neither finished nor given up, of keys that begin with `prefix`.
  public func unfinishedUploads(
    prefix: String, timeout: Duration
  ) async throws(PortError) -> [UnfinishedUpload] {
    let what = "list unfinished uploads of \(prefix)*"
    return try await withTimeout(timeout, what) { () throws(PortError) in
      var found: [UnfinishedUpload] = []
      var marker: UnfinishedUpload?
      while true {
        var call = Call(method: .GET, key: nil, query: [("uploads", ""), ("prefix", prefix)], what: what)
        if let marker {
          call.query += [("key-marker", marker.key), ("upload-id-marker", marker.id)]
        }
        let answer: Answer
        do throws(PortError) {
          answer = try await perform(call, timeout: timeout)
        } catch {
          // rclone finds "no such upload" when there is none.
          guard error.reason == .notFound, !error.detail.contains("no bucket") else { throw error }
          return found
        }
        let page = try document(answer, ["ListMultipartUploadsResult"], what)
        for entry in page.all("Upload") {
          guard let key = entry["Key"], let id = entry["UploadId"] else {
            throw PortError(.invalidAnswer, "\(what): an entry without key or upload id")
          }
          // Not every store looks at the prefix.
          if key.hasPrefix(prefix) { found.append(UnfinishedUpload(key: key, id: id)) }
        }
        guard page["IsTruncated"] == "true" else { return found }
        guard let key = page["NextKeyMarker"], let id = page["NextUploadIdMarker"],
          UnfinishedUpload(key: key, id: id) != marker
        else { throw PortError(.invalidAnswer, "\(what): a page says that there is another, and not where") }
        marker = UnfinishedUpload(key: key, id: id)
      }
    }
  }
}
