import Failover
import Subprocess
import SystemPackage

extension Program {
  /// What a program reads from its standard input.
  enum Input: Sendable {
    case nothing
    /// A full stop that often, for as long as the program runs.
    case heartbeat(Duration)
    /// What the closure gives, until it gives `nil`.
    case blocks(@Sendable () async throws(PortError) -> [UInt8]?)
  }

  /// The most that is read from a program at once.
  static let blockBytes = 4 << 20

  /// Runs the program to its end while its standard output is handed to `consume`, block by block. The program
  /// waits when `consume` or the source of its input is slow.
  ///
  /// All but the last block have `blockBytes` bytes. A program that does not read all of its input has only
  /// its exit code to say why. When `consume` or the input's source fails, or the call is cancelled, the
  /// program and whatever it has started are ended as by `run`.
  ///
  /// - Returns: without output.
  /// - Throws: as `run` does; what `consume` and the input's source throw.
  func stream(
    input: Input, consume: @escaping @Sendable ([UInt8]) async throws(PortError) -> Void
  ) async throws(PortError) -> Result {
    do {
      switch input {
      case .nothing: return try await stream(.none, feed: nil, consume)
      case .heartbeat(let interval):
        return try await withHeartbeat(every: interval) { [self] end in
          try await stream(.fileDescriptor(end, closeAfterSpawningProcess: false), feed: nil, consume)
        }
      case .blocks(let next):
        let socket = try StreamSocket()
        let feed = Feed(next: next, end: socket.writing)
        return try await stream(
          .fileDescriptor(socket.reading, closeAfterSpawningProcess: true), feed: feed, consume)
      }
    } catch {
      throw portError(error)
    }
  }

  private struct Feed: Sendable {
    var next: @Sendable () async throws(PortError) -> [UInt8]?
    var end: FileDescriptor
  }

  private func stream(
    _ input: some InputProtocol, feed: Feed?,
    _ consume: @escaping @Sendable ([UInt8]) async throws(PortError) -> Void
  ) async throws -> Result {
    let (output, outputEnd) = try FileDescriptor.pipe()
    let (errors, errorsEnd) = try FileDescriptor.pipe()
    output.widenPipe()
    var hasStarted = false
    defer {
      if !hasStarted {
        for end in [output, outputEnd, errors, errorsEnd] { try? end.close() }
        if let feed { try? feed.end.close() }
      }
    }
    let ended = try await Subprocess.run(
      executable, arguments: Arguments(arguments), environment: childEnvironment, platformOptions: options,
      input: input, output: .fileDescriptor(outputEnd, closeAfterSpawningProcess: false),
      error: .fileDescriptor(errorsEnd, closeAfterSpawningProcess: false)
    ) { execution in
      hasStarted = true
      for end in [outputEnd, errorsEnd] { try? end.close() }
      // As in `run`: while this closure lasts the number names this session and no other.
      let latch = Latch()
      defer { latch.close() }
      @Sendable func kill() {
        latch.unlessClosed { try? execution.send(signal: .terminate, toProcessGroup: true) }
        Task {
          try? await Task.sleep(for: Self.grace)
          latch.unlessClosed { try? execution.send(signal: .kill, toProcessGroup: true) }
        }
      }
      let reading = Task { try await onOwnThread { Self.lines(of: errors) } }
      let consuming: @Sendable () async throws(PortError) -> Void = { () throws(PortError) in
        defer { try? output.close() }
        try await endingWhenItFails(kill) { () throws(PortError) in
          while let block = await Self.block(from: output) { try await consume(block) }
        }
      }
      let feeding: @Sendable () async throws(PortError) -> Void = { () throws(PortError) in
        guard let feed else { return }
        defer { try? feed.end.close() }
        try await endingWhenItFails(kill) { () throws(PortError) in
          while let block = try await feed.next() {
            // A reader that is gone says with its exit code why.
            if await uninterrupted({ StreamSocket.write(block, to: feed.end) }) != nil { return }
          }
        }
      }
      let result: Swift.Result<Void, PortError> = await withTaskCancellationHandler {
        await outcome(of: [consuming, feeding])
      } onCancel: {
        kill()
      }
      return (result, try await reading.value)
    }
    try ended.closureResult.0.get()
    try Task.checkCancellation()
    return Result(
      exitCode: Self.exitCode(ended.terminationStatus), output: [], errors: ended.closureResult.1)
  }

  /// - Returns: `nil` at the end of the stream.
  private static func block(from descriptor: FileDescriptor) async -> [UInt8]? {
    await uninterrupted {
      let block = try? [UInt8](unsafeUninitializedCapacity: blockBytes) { buffer, count in
        while count < buffer.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          let read = try descriptor.read(into: rest)
          if read == 0 { break }
          count += read
        }
      }
      return block?.isEmpty == false ? block : nil
    }
  }
}

/// The result of works side by side, as a value.
private func outcome(
  of works: [@Sendable () async throws(PortError) -> Void]
) async -> Swift.Result<Void, PortError> {
  do throws(PortError) {
    return .success(try await together(works))
  } catch {
    return .failure(error)
  }
}

private func endingWhenItFails(
  _ end: () -> Void, _ body: () async throws(PortError) -> Void
) async throws(PortError) {
  do throws(PortError) {
    try await body()
  } catch {
    end()
    throw error
  }
}

/// Runs `work`, which blocks until the program at the other end of a descriptor does something or ends, on a
/// thread of its own. Not even a cancelled caller goes on before it has ended, since the descriptor must not be
/// closed under it; what cancels the caller ends the program.
private func uninterrupted<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    onThread { continuation.resume(returning: work()) }
  }
}
