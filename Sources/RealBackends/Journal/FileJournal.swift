import Failover
import Synchronization
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A journal in a file of text that only ever grows, one line an entry; see `JournalLine`.
///
/// One process at a time has it: a lock beside it (`PATH.lock`) is held until the object is gone or the process has
/// died, by whatever signal. No program that this process starts inherits it.
public final class FileJournal: Journal {
  private struct Storage: ~Copyable {
    var file: FileDescriptor
    /// Up to where the file is whole.
    var length: Int
    /// Why nothing more can be written.
    var damage: String?
  }

  public let path: String
  /// What was mended when the file was opened, one sentence each.
  public let notes: [String]
  private let lock: FileDescriptor
  private let storage: Mutex<Storage>

  /// Opens a journal, or begins one.
  ///
  /// A line that was being written when a process was killed is cut off: an intent had not been acted on yet, and an
  /// outcome is found again by its label.
  ///
  /// - Parameters:
  ///   - path: a file in a directory that exists; the lock is beside it.
  ///   - compactsAbove: a file of more bytes is replaced by a shorter one that says the same.
  /// - Throws: `JournalError`: another process has it, a line in the middle is damaged, or it cannot be read.
  public init(path: String, compactsAbove: Int = 4 << 20) throws(JournalError) {
    self.path = path
    let lock = try Self.lock(path)
    do {
      let (file, contents, notes) = try Self.open(path)
      self.lock = lock
      self.notes = notes
      storage = Mutex(Storage(file: file, length: contents.whole))
      if contents.whole > compactsAbove { try compact(contents.entries) }
    } catch let error as JournalError {
      try? lock.close()
      throw error
    } catch {
      try? lock.close()
      throw JournalError("\(path): \(error)")
    }
  }

  deinit {
    storage.withLock { try? $0.file.close() }
    try? lock.close()
  }

  // MARK: Writing

  public func append(_ entry: JournalEntry) throws(JournalError) {
    let line = try JournalLine.text(of: entry)
    try storage.withLock { storage throws(JournalError) in
      if let damage = storage.damage { throw JournalError(damage) }
      do {
        _ = try storage.file.writeAll(toAbsoluteOffset: Int64(storage.length), line)
        try Self.flush(storage.file)
        storage.length += line.count
      } catch {
        // Half a line must not stand before the next one.
        if ftruncate(storage.file.rawValue, off_t(storage.length)) != 0 || fsync(storage.file.rawValue) != 0 {
          storage.damage = "\(path): half a line could not be taken back; start again once the disk is well"
        }
        throw JournalError("\(path) cannot be written: \(error)")
      }
    }
  }

  /// Replaces the file by the fewest lines that say the same, in one step.
  private func compact(_ entries: [JournalEntry]) throws {
    var bytes = Array(JournalLine.heading.utf8)
    for entry in try JournalHistory(entries).compacted { bytes += try JournalLine.text(of: entry) }
    let temporary = path + ".new"
    let file = try FileDescriptor.open(
      FilePath(temporary), .readWrite, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    do {
      _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
      try Self.flush(file)
      guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
      try Self.flushDirectory(of: path)
    } catch {
      try? file.close()
      unlink(temporary)
      throw error
    }
    storage.withLock { [count = bytes.count] storage in
      try? storage.file.close()
      storage.file = file
      storage.length = count
    }
  }

  // MARK: Reading

  public func entries() throws(JournalError) -> [JournalEntry] {
    try storage.withLock { storage throws(JournalError) in
      do {
        let bytes = try Self.readAll(storage.file)
        return try JournalLine.read(Array(bytes.prefix(storage.length)), file: path).entries
      } catch let error as JournalError {
        throw error
      } catch {
        throw JournalError("\(path) cannot be read: \(error)")
      }
    }
  }

  /// Reads a journal that another process may be writing, as far as it is whole; nothing is locked or changed.
  public static func read(path: String) throws(JournalError) -> [JournalEntry] {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
      let bytes = try file.closeAfter { try readAll(file) }
      return try JournalLine.read(bytes, file: path).entries
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError("\(path) cannot be read: \(error)")
    }
  }

  // MARK: Opening

  private static func open(_ path: String) throws -> (FileDescriptor, JournalLine.Contents, [String]) {
    let file = try FileDescriptor.open(
      FilePath(path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
    do {
      let bytes = try readAll(file)
      var contents = try JournalLine.read(bytes, file: path)
      var notes: [String] = []
      if contents.whole < bytes.count {
        if contents.whole > 0 {
          let count = bytes.count - contents.whole
          notes.append("\(path): the last line was being written and was cut off (\(count) bytes)")
        }
        guard ftruncate(file.rawValue, off_t(contents.whole)) == 0 else { throw Errno(rawValue: errno) }
      }
      if contents.whole == 0 {
        contents.whole = try file.writeAll(toAbsoluteOffset: 0, JournalLine.heading.utf8)
      }
      try flush(file)
      // A new file is there only once its directory says so.
      try flushDirectory(of: path)
      return (file, contents, notes)
    } catch {
      try? file.close()
      throw error
    }
  }

  /// A second in all, which starting a program takes only on a machine that can hardly do anything.
  private static let lockAttempts = 50
  /// In microseconds.
  private static let lockPause: UInt32 = 20_000

  private static func lock(_ path: String) throws(JournalError) -> FileDescriptor {
    let name = path + ".lock"
    do {
      let file = try FileDescriptor.open(
        FilePath(name), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
      // A program that a killed process was about to start has the lock, too, until it runs.
      for _ in 1..<lockAttempts where flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 { usleep(lockPause) }
      guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        let error = Errno(rawValue: errno)
        try? file.close()
        throw error
      }
      return file
    } catch Errno.wouldBlock {
      throw JournalError("\(path) is in use by another process: two must never protect the same workspace")
    } catch {
      throw JournalError("\(name) cannot be locked: \(error)")
    }
  }

  // MARK: The disk

  private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: Int64(bytes.count), into: $0) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  private static func flush(_ file: FileDescriptor) throws {
    guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  private static func flushDirectory(of path: String) throws {
    let parent = FilePath(path).removingLastComponent()
    let directory = try FileDescriptor.open(parent.isEmpty ? "." : parent, .readOnly, options: [.closeOnExec])
    try directory.closeAfter { try flush(directory) }
  }
}
