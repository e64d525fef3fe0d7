import SystemPackage

/// The memory that this process holds.
enum ResidentMemory {
  /// What the kernel calls the high-water mark of the resident set, since the last `resetPeak`; `nil` where it says none.
  static var peak: Int64? {
    let line = ProcessFile.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int64($0.filter(\.isNumber)) }.map { $0 * 1024 }
  }

  /// From now on the peak is that of what follows. Where the kernel does not offer it, nothing happens.
  static func resetPeak() {
    guard let descriptor = try? FileDescriptor.open("/proc/self/clear_refs", .writeOnly) else { return }
    defer { try? descriptor.close() }
    _ = try? descriptor.writeAll(Array("5".utf8))
  }

  /// How much room to ask for, in bytes, for what is going to be `count` bytes long.
  ///
  /// The C library of Linux gives blocks of more than 32 MiB back to the system as soon as they are freed (mallopt(3),
  /// M_MMAP_THRESHOLD); of smaller ones each of its arenas, one for nearly every thread, keeps up to twice the largest. With
  /// parts among them that came to more than a snapshot needs. Room that nothing is written to takes no memory.
  static func room(for count: Int) -> Int { count < 8 << 20 ? count : max(count, (32 << 20) + 1) }

  /// Has the C library keep a few freed blocks of a snapshot's stream: decompressing into fresh memory takes twice as long
  /// as into memory that has been used before. How much it keeps depends on the largest block that was ever freed
  /// (mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD), so here one of 16 MiB is.
  static func keepBlocks() {
    let block = [UInt8](unsafeUninitializedCapacity: 16 << 20) { buffer, count in
      buffer[0] = 0
      count = 1
    }
    withExtendedLifetime(block) {}
  }
}

/// A file that the kernel makes up.
enum ProcessFile {
  /// The beginning of a file that the kernel makes up; empty when there is none.
  static func text(_ path: String) -> String {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly) else { return "" }
    defer { try? descriptor.close() }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
