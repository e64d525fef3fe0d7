import Compression
import Foundation

/// Finds the files under the paths the user named and pools them by what they hold.
public struct InputCatalog: Sendable {
  public private(set) var inputs: [Input] = []
  /// Files left out, with the reason.
  public private(set) var problems: [InputProblem] = []

  /// Walks `paths`. Symbolic links below a folder are not followed; what is neither file nor folder is left
  /// out.
  public init(paths: [String]) {
    var pools: [DataKind: [Input.FileEntry]] = [:]
    for path in paths {
      for file in filesUnder(path) {
        guard let (entry, kind) = inspect(file) else { continue }
        pools[kind, default: []].append(entry)
      }
    }
    for kind in DataKind.allCases {
      guard let files = pools[kind] else { continue }
      let name =
        files.count == 1
        ? URL(fileURLWithPath: files[0].path).lastPathComponent : "\(kind.rawValue), \(files.count) files"
      let total = files.reduce(Int64(0)) { $0 + $1.byteCount }
      inputs.append(Input(name: name, kind: kind, byteCount: total, source: .files(files)))
    }
  }

  /// The regular files a path stands for, in the order of their names.
  private mutating func filesUnder(_ path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      problems.append(InputProblem(path: path, reason: "no such file or folder"))
      return []
    }
    guard isFolder.boolValue else { return [path] }
    guard let walk = FileManager.default.enumerator(atPath: path) else {
      problems.append(InputProblem(path: path, reason: "the folder cannot be read"))
      return []
    }
    var files: [String] = []
    while let name = walk.nextObject() as? String {
      let file = path.hasSuffix("/") ? path + name : path + "/" + name
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      switch attributes?[.type] as? FileAttributeType {
      case .typeRegular: files.append(file)
      case .typeDirectory, .typeSymbolicLink: break
      case nil: problems.append(InputProblem(path: file, reason: "vanished while the folder was read"))
      default: problems.append(InputProblem(path: file, reason: "neither a file nor a folder"))
      }
    }
    return files.sorted()
  }

  /// A file's size and kind, or `nil` and a problem noted.
  private mutating func inspect(_ path: String) -> (Input.FileEntry, DataKind)? {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      let count = Int64(clamping: try file.seekToEnd())
      guard count > 0 else {
        problems.append(InputProblem(path: path, reason: "empty: nothing to measure"))
        return nil
      }
      try file.seek(toOffset: 0)
      var head = Array(try file.read(upToCount: Self.headBytes) ?? Data())
      guard !head.isEmpty else {
        problems.append(InputProblem(path: path, reason: "claims \(count) bytes but gives none"))
        return nil
      }
      if path.hasSuffix(".safetensors"), let length = SafetensorsHeader.length(from: head),
        length > head.count
      {
        head += Array(try file.read(upToCount: length - head.count) ?? Data())
      }
      return (Input.FileEntry(path: path, byteCount: count), DataKind(name: path, head: head))
    } catch {
      problems.append(InputProblem(path: path, reason: reason(for: error)))
      return nil
    }
  }

  private static let headBytes = 16 << 10
}

/// The system's own words for a file error, without the decoration Foundation adds.
func reason(for error: any Error) -> String {
  let cocoa = error as NSError
  let cause = (cocoa.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? cocoa
  if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
  return cocoa.localizedDescription
}
