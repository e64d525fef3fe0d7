import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An object store that speaks S3 and checks signatures: rclone, on a port of its own, over a directory that goes when
/// it stops. It needs neither root nor Linux, and it ends with its owner however that ends.
public actor ObjectStore {
  public nonisolated let url: String
  public nonisolated let region = "us-east-1"
  public nonisolated let accessKey: String
  public nonisolated let secretKey: String
  /// The bucket that is there from the beginning.
  public nonisolated let bucket: String
  /// Where the store has its objects as plain files, a directory for each bucket.
  public nonisolated var objects: String { directory + "/objects" }

  private nonisolated let directory: String
  /// As long as it is open, the store runs.
  private var life: FileDescriptor?

  /// Where `scripts/install-lab-tools` puts programs, unless `LAB_TOOLS` says another directory.
  public static let toolsDirectory = ProcessInfo.processInfo.environment["LAB_TOOLS"] ?? ".build/lab-tools"

  /// Why there can be no store on this machine, in one line; `nil` when there can.
  public static func obstacle(tools: String = toolsDirectory) -> String? {
    let rclone = "\(tools)/bin/rclone"
    return FileManager.default.isExecutableFile(atPath: rclone)
      ? nil : "no object store: \(rclone) is not there (scripts/install-lab-tools installs it)"
  }

  private init(
    url: String, keys: (access: String, secret: String), bucket: String, directory: String, life: FileDescriptor
  ) {
    self.url = url
    accessKey = keys.access
    secretKey = keys.secret
    self.bucket = bucket
    self.directory = directory
    self.life = life
  }

  /// Serves until the pipe ends, then takes the program and its files away: `$1` the directory, `$2` rclone. The key is
  /// in the environment, where only this user can read it.
  private static let script = """
    cd "$1" || exit 1
    RCLONE_AUTH_KEY=$(cat key) RCLONE_CONFIG=/dev/null "$2" serve s3 --addr 127.0.0.1:0 \\
      "$1/objects" >log 2>&1 </dev/null &
    cat <life >/dev/null
    kill -9 $!
    wait
    rm -rf "$1"
    """

  /// Starts a store; it answers when this returns.
  ///
  /// - Parameter tools: where rclone is, in `bin`.
  /// - Throws: `.obstacle` without rclone; `.failed`; `.didNotStart`. Nothing is left behind then.
  public static func start(
    bucket: String = "lab", tools: String = toolsDirectory
  ) async throws(LabError) -> ObjectStore {
    if let obstacle = obstacle(tools: tools) { throw .obstacle(obstacle) }
    func key(_ length: Int) -> String {
      let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
      return String((0..<length).map { _ in letters.randomElement() ?? "A" })
    }
    let keys = (access: key(20), secret: key(40))
    let directory = NSTemporaryDirectory() + "/lab-objects-" + UUID().uuidString
    let life: FileDescriptor
    do {
      try FileManager.default.createDirectory(
        atPath: "\(directory)/objects/\(bucket)", withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      // Quoted, as a list with one element that has a comma in it.
      try "\"\(keys.access),\(keys.secret)\"".write(toFile: directory + "/key", atomically: false, encoding: .utf8)
      guard mkfifo(directory + "/life", 0o600) == 0 else { throw Errno(rawValue: errno) }
      life = try FileDescriptor.open(FilePath(directory + "/life"), .readWrite, options: .closeOnExec)
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw .failed("making the files of the object store", "\(error)")
    }
    let rclone = URL(fileURLWithPath: "\(tools)/bin/rclone").path
    try await Shell.run(
      "starting the object store",
      "if command -v setsid >/dev/null; then new='setsid --fork'; else new=nohup; fi; "
        + "$new sh -c \"$3\" sh \"$1\" \"$2\" >/dev/null 2>&1 </dev/null &",
      [directory, rclone, script])
    for _ in 0..<1000 {
      let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
      // rclone says: Starting s3 server on [http://127.0.0.1:41234/]
      if let begin = log.range(of: "[http://"), let end = log[begin.upperBound...].range(of: "/]") {
        return ObjectStore(
          url: "http://" + log[begin.upperBound..<end.lowerBound], keys: keys, bucket: bucket, directory: directory,
          life: life)
      }
      try? await Task.sleep(for: .milliseconds(10))
      if Task.isCancelled { break }
    }
    let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
    try? life.close()
    throw .didNotStart("the object store", log: log.trimmed)
  }

  /// Ends the store and throws its objects away. Harmless when called twice.
  public func stop() async {
    guard let life else { return }
    self.life = nil
    try? life.close()
    let directory = directory
    await Task {
      for _ in 0..<500 where FileManager.default.fileExists(atPath: directory) {
        try? await Task.sleep(for: .milliseconds(10))
      }
    }.value
  }
}
