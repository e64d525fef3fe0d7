import Foundation

/// The result could not be written.
public struct OutputError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  package init(description: String) { self.description = description }
}

/// Where results go.
public enum Output {
  /// Writes `text` to standard output (`-`) or to a file.
  ///
  /// A file is written beside its place and renamed into it, so that it is never seen half-written and an existing one
  /// stays as it is when writing fails. Something that is not a regular file, such as a pipe, is written to directly.
  ///
  /// - Throws: `OutputError`.
  public static func write(_ text: String, to path: String) throws(OutputError) {
    if path == "-" { return try write(Array(text.utf8), to: STDOUT_FILENO, named: "standard output") }
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR { throw OutputError(description: "\(path): is a directory") }
    if exists, status.st_mode & S_IFMT != S_IFREG { return try writeDirectly(text, to: path) }
    let temporary = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(OutputError) {
      try write(Array(text.utf8), to: descriptor, named: path)
      guard fsync(descriptor) == 0 else { throw failure(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  private static func writeDirectly(_ text: String, to path: String) throws(OutputError) {
    let descriptor = open(path, O_WRONLY)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try write(Array(text.utf8), to: descriptor, named: path)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws(OutputError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      #if canImport(Glibc)
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let written = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw failure(name)
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func failure(_ name: String) -> OutputError {
    OutputError(description: "\(name): \(String(cString: strerror(errno)))")
  }
}
