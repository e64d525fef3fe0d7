import AsyncHTTPClient
import Failover
import NIOCore
import NIOHTTP1

/// What a store says of an object.
public struct StoredObject: Sendable, Hashable {
  public var key: String
  public var size: ByteCount
  /// The store's mark of this content, quotes included; may be empty in listings.
  public var tag: String

  public init(key: String, size: ByteCount, tag: String) {
    self.key = key
    self.size = size
    self.tag = tag
  }
}

extension ObjectStoreClient {
  /// Stores an object in one request, replacing one of the same key. It is there whole or not at all.
  ///
  /// - Parameter content: at most 5 GB (S3's limit for one request).
  /// - Returns: the SHA-256 of the content, in lowercase hexadecimal digits.
  @discardableResult
  public func put(
    _ key: String, _ content: [UInt8], timeout: Duration
  ) async throws(PortError) -> String {
    try await put(key, ByteBuffer(bytes: content), timeout: timeout)
  }

  func put(_ key: String, _ content: ByteBuffer, timeout: Duration) async throws(PortError) -> String {
    let call = Call(method: .PUT, key: key, body: content, what: "upload of \(key)")
    return try await perform(call, timeout: timeout).sentHash
  }

  /// An object's content, or a range of it, in memory.
  ///
  /// - Throws: `.notFound`; `.invalidAnswer` when it is longer than `limit`.
  public func get(
    _ key: String, range: Range<Int64>? = nil, limit: Int = 64 << 20, timeout: Duration
  ) async throws(PortError) -> [UInt8] {
    try await withTimeout(timeout, "download of \(key)") { () throws(PortError) in
      var content: [UInt8] = []
      if let range { content.reserveCapacity(ResidentMemory.room(for: min(range.count, limit))) }
      try await read(key, range: range) { piece throws(PortError) in
        guard content.count + piece.readableBytes <= limit else {
          throw PortError(.invalidAnswer, "download of \(key): longer than \(limit) bytes")
        }
        content += piece.readableBytesView
      }
      return content
    }
  }

  /// Hands an object's content, or a range of it, to `deliver` piece by piece; nothing more is fetched while
  /// `deliver` works. A download that breaks off is taken up where it ended, so long as the object is the
  /// same. The caller bounds its time.
  ///
  /// - Throws: `.notFound`, also when the range begins behind the object's end; what `deliver` throws.
  public func read(
    _ key: String, range: Range<Int64>? = nil, deliver: (ByteBuffer) async throws(PortError) -> Void
  ) async throws(PortError) {
    let what = "download of \(key)"
    if let range, range.isEmpty { return }
    var offset = range?.lowerBound ?? 0
    var tag: String?
    try await retrying(what) { () throws(Retry) in
      let start = offset
      do {
        var call = Call(method: .GET, key: key, what: what)
        if range != nil || offset > 0 {
          call.headers.append(("range", "bytes=\(offset)-\(range.map { String($0.upperBound - 1) } ?? "")"))
        }
        if let tag { call.headers.append(("if-match", tag)) }
        let response = try await http.execute(
          request(call, payloadHash: Self.emptyHash), deadline: .distantFuture)
        let status = Int(response.status.code)
        // rclone answers 200 to a range as well; which one it is it says all the same.
        let isRange = call.headers.contains { $0.name == "range" }
        let described = response.headers.first(name: "content-range")
        let isAsked =
          if isRange {
            described.map { $0.hasPrefix("bytes \(offset)-") } ?? (status == 206)
          } else {
            status == 200
          }
        guard (200...299).contains(status), isAsked, let found = response.headers.first(name: "etag") else {
          throw Retry(failure: try await failure(response, what))
        }
        tag = found
        for try await piece in response.body {
          offset += Int64(piece.readableBytes)
          try await deliver(piece)
        }
        // A body shorter than its length is an error of the connection already.
      } catch let retry as Retry {
        throw retry
      } catch {
        let failure = ObjectStoreFailure(error, settings: settings, what)
        throw Retry(failure: failure, hasProgressed: offset > start)
      }
    }
  }

  /// What the store knows of an object.
  ///
  /// - Throws: `.notFound`.
  public func head(_ key: String, timeout: Duration) async throws(PortError) -> StoredObject {
    let what = "look at \(key)"
    let answer = try await perform(Call(method: .HEAD, key: key, what: what), timeout: timeout)
    guard let length = answer.headers.first(name: "content-length").flatMap(Int64.init), length >= 0,
      let tag = answer.headers.first(name: "etag")
    else { throw PortError(.invalidAnswer, "\(what): no length or no tag") }
    return StoredObject(key: key, size: ByteCount(length), tag: tag)
  }

  /// Every object whose key begins with `prefix`, in the order of keys, page after page.
  public func list(prefix: String, timeout: Duration) async throws(PortError) -> [StoredObject] {
    let what = "list \(prefix)*"
    return try await withTimeout(timeout, what) { () throws(PortError) in
      var found: [StoredObject] = []
      var token: String?
      repeat {
        var call = Call(method: .GET, key: nil, what: what)
        call.query = [("list-type", "2"), ("prefix", prefix), ("max-keys", "1000")]
        if let token { call.query.append(("continuation-token", token)) }
        let page = try document(
          try await perform(call, timeout: timeout), ["ListBucketResult"], what)
        for entry in page.all("Contents") {
          guard let key = entry["Key"], let size = entry["Size"].flatMap(Int64.init), size >= 0 else {
            throw PortError(.invalidAnswer, "\(what): an entry without key or size")
          }
          found.append(StoredObject(key: key, size: ByteCount(size), tag: entry["ETag"] ?? ""))
        }
        let next = page["IsTruncated"] == "true" ? page["NextContinuationToken"] : nil
        guard page["IsTruncated"] != "true" || next.map({ !$0.isEmpty && $0 != token }) == true else {
          throw PortError(.invalidAnswer, "\(what): a page says that there is another, and not where")
        }
        token = next
      } while token != nil
      return found
    }
  }

  /// Deletes an object. Deleting one that is not there is not an error.
  public func delete(_ key: String, timeout: Duration) async throws(PortError) {
    let call = Call(method: .DELETE, key: key, what: "delete \(key)")
    do throws(PortError) {
      _ = try await perform(call, timeout: timeout)
    } catch {
      // Some stores say so, though S3 does not; a bucket that is missing has nothing in it either, but is a mistake.
      guard error.reason == .notFound, !error.detail.contains("no bucket") else { throw error }
    }
  }

  // MARK: Answers

  /// The body of an answer that has to be a certain XML document.
  ///
  /// - Parameter roots: what its root may be called; at least one.
  func document(_ answer: Answer, _ roots: [String], _ what: String) throws(PortError) -> XMLElement {
    guard let document = XMLElement(parsing: answer.body), roots.contains(document.name) else {
      let isPage = ObjectStoreFailure.isPage(answer.headers, answer.body)
      throw PortError(
        .invalidAnswer, "\(what): \(isPage ? ObjectStoreFailure.pageFound(settings) : "not the \(roots.first ?? "answer") expected")")
    }
    return document
  }

  private func failure(_ response: HTTPClientResponse, _ what: String) async throws -> ObjectStoreFailure {
    var body: [UInt8] = []
    for try await piece in response.body where body.count < 64 << 10 { body += piece.readableBytesView }
    let status = Int(response.status.code)
    guard !(200...299).contains(status) else {
      return ObjectStoreFailure(
        PortError(
          .invalidAnswer,
          ObjectStoreFailure.isPage(response.headers, body)
            ? "\(what): \(ObjectStoreFailure.pageFound(settings))"
            : "\(what): HTTP \(status) where an object or a range of it was asked for"),
        settings: settings, what)
    }
    return ObjectStoreFailure(
      status: status, headers: response.headers, body: body, settings: settings, what)
  }

  /// SHA-256 of nothing.
  static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}
