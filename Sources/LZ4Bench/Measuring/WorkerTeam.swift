import Compression
import Dispatch
import Foundation
import Synchronization

/// The workers that share a segment, each on a thread of its own, and their passes over it.
final class WorkerTeam {
  private let workers: [ChunkWorker]
  /// One for every worker but the first, which works on the caller's thread.
  private let helpers: [Helper]

  /// Cuts `content` into chunks of `chunkBytes` and deals them out to `threads` workers in equal, contiguous
  /// shares. There are never more workers than chunks.
  init(
    content: [UInt8], chunkBytes: Int, threads: Int, method: Method
  ) throws(CompressionError) {
    let chunks = stride(from: 0, to: content.count, by: chunkBytes).map {
      $0..<min($0 + chunkBytes, content.count)
    }
    let count = max(1, min(threads, chunks.count))
    workers = try (0..<count).map { number throws(CompressionError) in
      let share = chunks.count * number / count..<chunks.count * (number + 1) / count
      return try ChunkWorker(content: content, chunks: Array(chunks[share]), method: method)
    }
    helpers = workers.dropFirst().map(Helper.init)
  }

  deinit { helpers.forEach { $0.stop() } }

  var compressedBytes: Int { workers.reduce(0) { $0 + $1.compressedBytes } }
  func isOutputRight() -> Bool { workers.allSatisfy { $0.isOutputRight() } }
  func spoilOutput() { workers.forEach { $0.spoilOutput() } }

  func compress() throws(CompressionError) { try run(.compress) }
  func decompress() throws(CompressionError) { try run(.decompress) }
  func forgetOutputPages() throws(CompressionError) {
    for worker in workers { try worker.forgetOutputPages() }
  }

  /// Runs a pass on all workers at once and waits for all of them, even when one fails.
  private func run(_ pass: ChunkWorker.Pass) throws(CompressionError) {
    for helper in helpers { helper.begin(pass) }
    let first = workers[0].run(pass)
    let failures = [first] + helpers.map { $0.waitForEnd() }
    for case let failure? in failures { throw failure }
  }

  /// A thread that is there before the clock starts: waking it takes some microseconds, where a thread pool
  /// may decide not to provide one at all while the machine is busy.
  private final class Helper: Sendable {
    private let begun = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let pass = Mutex<ChunkWorker.Pass?>(nil)
    private let failure = Mutex<CompressionError?>(nil)

    init(_ worker: ChunkWorker) {
      Thread.detachNewThread { [self] in
        while true {
          begun.wait()
          guard let pass = pass.withLock({ $0 }) else { return }
          let result = worker.run(pass)
          failure.withLock { $0 = result }
          ended.signal()
        }
      }
    }

    func begin(_ next: ChunkWorker.Pass) {
      pass.withLock { $0 = next }
      begun.signal()
    }

    func waitForEnd() -> CompressionError? {
      ended.wait()
      return failure.withLock { $0 }
    }

    func stop() {
      pass.withLock { $0 = nil }
      begun.signal()
    }
  }
}

extension ChunkWorker {
  enum Pass: Sendable { case compress, decompress }

  /// Does a pass and returns what went wrong, if anything.
  func run(_ pass: Pass) -> CompressionError? {
    do throws(CompressionError) {
      switch pass {
      case .compress: try compress()
      case .decompress: try decompress()
      }
      return nil
    } catch {
      return error
    }
  }
}
