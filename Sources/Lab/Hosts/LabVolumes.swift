import Foundation

extension Lab {
  /// Makes a disk that is no host's own: hosts have it as `sharedDisk`, several at once, and it outlives them.
  ///
  /// - Parameters:
  ///   - name: letters, digits and hyphens, unlike any other volume's.
  ///   - size: in bytes.
  /// - Returns: the directory.
  /// - Throws: `.invalid`, `.failed`.
  public func makeVolume(_ name: String, size: Int64) async throws(LabError) -> String {
    try LabHostConfiguration(name: name, diskSize: size).validate()
    let path = "\(directory)/volumes/\(name)"
    try await Shell.run(
      "making the volume \(name)",
      "mkdir -p \"$1/volumes\" && mkdir \"$2\" && mount -t tmpfs -o \"size=$3,mode=755\" lab \"$2\"",
      [directory, path, String(size)])
    return path
  }

  /// Throws a volume away. Hosts that still have it keep it until they are switched off.
  ///
  /// - Throws: `.failed`.
  public func removeVolume(_ name: String) async throws(LabError) {
    try await Shell.run(
      "removing the volume \(name)", "umount -l \"$1\" && rmdir \"$1\"", ["\(directory)/volumes/\(name)"])
  }
}
