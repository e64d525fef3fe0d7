/// How rsync decides what differs, and how it writes.
public struct RsyncOptions: Sendable, Hashable {
  /// When a file counts as unchanged.
  public enum Comparison: Sendable, Hashable {
    /// Same size and same time of change. Quick; misses a change that puts the old time back.
    case sizeAndTime
    /// Same bytes: both sides read everything, every pass.
    case content
  }

  /// How a changed file is written on the destination.
  public enum FileUpdate: Sendable, Hashable {
    /// Beside the old one, which is then replaced in one step. A pass that is interrupted leaves no file half
    /// old and half new, which is what a standby needs: the pass is interrupted by the very fault that the
    /// standby is for. Takes room for the largest changed file.
    case replace
    /// Into the old one, only the blocks that differ. Less writing and no extra room for large files that
    /// change a little; an interrupted pass leaves torn files.
    case inPlace
  }

  public enum Compression: Sendable, Hashable {
    case none
    case lz4
    /// Level 1 pays on slow links, higher levels seldom; 1 to 19.
    case zstd(level: Int)
  }

  public var comparison: Comparison
  public var fileUpdate: FileUpdate
  public var compression: Compression
  /// In bytes, 1 to 131072; `nil` lets rsync choose by the file's size. Small blocks (4096) send less of a
  /// large file with scattered changes: 14 MB instead of 83 MB for 1 % of the pages of 1 GiB.
  public var blockSize: Int?
  /// A pass in which nothing moves for this long is given up; whole seconds, rounded up.
  public var silenceTimeout: Duration

  public init(
    comparison: Comparison = .sizeAndTime, fileUpdate: FileUpdate = .replace,
    compression: Compression = .none, blockSize: Int? = nil, silenceTimeout: Duration = .seconds(30)
  ) {
    self.comparison = comparison
    self.fileUpdate = fileUpdate
    self.compression = compression
    self.blockSize = blockSize
    self.silenceTimeout = silenceTimeout
  }

  /// Where a large file waits for the rest of it after an interrupted pass, beside the file it is to become.
  /// rsync leaves directories of this name out of every pass, and so does the digest.
  static let partialDirectory = ".failover-partial"

  /// The options of one run of rsync.
  ///
  /// - Parameters:
  ///   - fileUpdate: how this run writes.
  ///   - keepsOwners: whether owners and groups are copied; a machine in between must be able to keep them.
  func arguments(fileUpdate: FileUpdate, keepsOwners: Bool) -> [String] {
    // Deletions come last: a file that was renamed is there under the old name or the new one, whenever a
    // pass ends. Messages take the way of the data: by its own standard error, through an ssh that rsync does
    // not wait for, the other side's word that the disk is full is lost more often than not.
    var arguments = [
      "--archive", "--numeric-ids", "--delete-delay", "--mkpath", "--secluded-args", "--stderr=client",
      "--timeout=\(silenceTimeout.wholeSeconds)", "--stats", "--no-human-readable",
    ]
    if !keepsOwners { arguments += ["--no-owner", "--no-group"] }
    switch fileUpdate {
    case .replace: arguments.append("--partial-dir=\(Self.partialDirectory)")
    case .inPlace: arguments += ["--inplace", "--partial"]
    }
    if comparison == .content { arguments.append("--checksum") }
    switch compression {
    case .none: break
    case .lz4: arguments.append("--compress-choice=lz4")
    case .zstd(let level): arguments += ["--compress-choice=zstd", "--compress-level=\(level)"]
    }
    if let blockSize { arguments.append("--block-size=\(blockSize)") }
    return arguments
  }
}
