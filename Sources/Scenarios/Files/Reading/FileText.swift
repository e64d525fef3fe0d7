import Failover
import Foundation

/// The text of a file, read with care: whatever the path leads to, there is either text or one clear problem.
public struct FileText: Sendable, Hashable {
  /// The largest scenario file accepted: 1 MiB.
  public static let defaultLimit = 1 << 20

  /// The file's name as it was given, for messages.
  public let name: String
  /// Valid Unicode without a byte order mark and without control characters other than tab and line breaks.
  public let text: String

  /// Reads a file.
  ///
  /// Only a regular file (or a link to one) is opened, and never more than `limit` bytes of it are read.
  ///
  /// - Parameter limit: the largest size accepted, in bytes.
  public init(contentsOf path: String, limit: Int = defaultLimit) throws(InvalidFile) {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let type: FileAttributeType?
    let size: Int
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
      type = attributes[.type] as? FileAttributeType
      size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    } catch {
      throw Self.cannotOpen(path, error)
    }
    switch type {
    case .typeRegular?: break
    case .typeDirectory?: throw Self.problem(path, "this is a directory, not a file")
    default: throw Self.problem(path, "this is not a regular file")
    }
    guard size <= limit else { throw Self.tooLarge(path, limit) }

    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      // One byte more than allowed shows that a file grew, or is one of those whose size reads as 0.
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw Self.cannotOpen(path, error)
    }
    guard data.count <= limit else { throw Self.tooLarge(path, limit) }
    try self.init(bytes: [UInt8](data), name: path)
  }

  /// Takes bytes for the content of the file `name`.
  public init(bytes: [UInt8], name: String) throws(InvalidFile) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Self.problem(name, "this is UTF-16 text; save it as UTF-8")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    if content.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
      throw Self.problem(name, "the file is empty")
    }
    try Self.checkCharacters(content, name: name)
    self.name = name
    text = String(decoding: content, as: UTF8.self)
  }

  /// Refuses what is not UTF-8 text, naming the first place.
  private static func checkCharacters(_ bytes: ArraySlice<UInt8>, name: String) throws(InvalidFile) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var (offset, line, column) = (bytes.startIndex, 1, 1)
    var previous: UInt32 = 0
    while true {
      let message: String
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput:
        return
      case .error:
        message = "this is not UTF-8 text: byte 0x\(String(bytes[offset], radix: 16)) at offset \(offset)"
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded).value
        if isText(scalar) {
          let endsLine = scalar == 0x0A || scalar == 0x0D
          // The line feed of a CR LF pair ends no further line.
          if endsLine && !(scalar == 0x0A && previous == 0x0D) { line += 1 }
          column = endsLine ? 1 : column + 1
          offset += encoded.count
          previous = scalar
          continue
        }
        let what = scalar == 0 ? "a NUL byte" : "the control character U+\(fourDigits(scalar))"
        message = "this is not a text file: it holds \(what) at offset \(offset)"
      }
      throw InvalidFile(Problem(message, at: .position(file: name, line: line, column: column)))
    }
  }

  /// The characters YAML calls printable.
  private static func isText(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  private static func fourDigits(_ scalar: UInt32) -> String {
    let hex = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }

  private static func problem(_ name: String, _ message: String) -> InvalidFile {
    InvalidFile(Problem(message, at: .file(name)))
  }

  private static func tooLarge(_ name: String, _ limit: Int) -> InvalidFile {
    problem(name, "the file is larger than \(Units.format(ByteCount(Int64(limit)))), the most that is read")
  }

  private static func cannotOpen(_ path: String, _ error: any Error) -> InvalidFile {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?:
      let url = URL(fileURLWithPath: path)
      let folder = url.deletingLastPathComponent().path
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      let near = nearest(to: url.lastPathComponent, among: names)
      let prefix = path.hasSuffix(url.lastPathComponent) ? path.dropLast(url.lastPathComponent.count) : ""
      return InvalidFile(Problem("no such file", at: .file(path), suggestion: near.map { prefix + $0 }))
    case .fileReadNoPermission?:
      return problem(path, "the file may not be read: permission denied")
    default:
      return problem(path, "the file cannot be read: \(shortened(error.localizedDescription, to: 200))")
    }
  }
}
