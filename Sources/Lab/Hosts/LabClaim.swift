import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A number that one lab has to itself on this machine, and the directory that says so.
///
/// The directory is the record of the lab: it is there, with its owner's name in it, before anything else is made,
/// and it is the last to go. Links, addresses and mounts carry the number in their names, processes in their
/// environment.
struct LabClaim: Sendable {
  let number: Int
  let directory: String
  /// The owner's process number, when that process began (in clock ticks since the machine did), and a random
  /// number: no two claims say the same.
  let owner: String

  /// One lab each: the third byte of an address, without the first and the last.
  static let numbers = 1...254

  /// - Throws: `.failed` when the directory cannot be written; `.obstacle` when every number is taken.
  static func take() throws(LabError) -> LabClaim {
    let process = getpid()
    guard let began = startTime(of: process) else { throw .obstacle("no test hosts: /proc cannot be read") }
    let owner = "\(process) \(began) \(UInt64.random(in: 0...UInt64.max))"
    // Named so that its owner is known before it has a file.
    let draft = "\(Lab.stateDirectory)/draft-\(owner.split(separator: " ").joined(separator: "-"))"
    do {
      try FileManager.default.createDirectory(
        atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      try owner.write(toFile: draft + "/owner", atomically: false, encoding: .utf8)
    } catch {
      throw .failed("claiming a number for a lab", error.localizedDescription)
    }
    let first = Int.random(in: numbers)
    for offset in 0..<numbers.count {
      let number = numbers.lowerBound + (first - numbers.lowerBound + offset) % numbers.count
      let directory = "\(Lab.stateDirectory)/\(number)"
      // Fails when the directory is there with something in it, and there is always an owner in it.
      if rename(draft, directory) == 0 { return LabClaim(number: number, directory: directory, owner: owner) }
    }
    try? FileManager.default.removeItem(atPath: draft)
    throw .obstacle("no test hosts: \(numbers.count) labs are running already")
  }

  /// When a process began, in clock ticks since the machine did; `nil` when there is no such process. With the
  /// process's number it names a process for good: numbers are used again.
  static func startTime(of process: Int32) -> UInt64? {
    guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The second field is the program's name in brackets and may have anything in it. Of those after it, the
      // first is the process's state and the 20th its beginning (proc(5)).
      let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ")
    // A process that has ended and that nobody has asked about yet owns nothing.
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }

  /// Whether the process that wrote this still runs.
  static func isAlive(owner: String) -> Bool {
    let parts = owner.split { $0 == " " || $0 == "-" }
    guard parts.count >= 2, let process = Int32(parts[0]), let began = UInt64(parts[1]) else { return false }
    return startTime(of: process) == began
  }
}
