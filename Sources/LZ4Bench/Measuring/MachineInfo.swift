import Compression
import Foundation

extension MachineDescription {
  /// The machine this process runs on.
  public static func current() -> MachineDescription {
    let information = ProcessInfo.processInfo
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "other"
    #endif
    return MachineDescription(
      cpu: cpuName() ?? "unknown", cpus: information.activeProcessorCount, architecture: architecture,
      system: information.operatingSystemVersionString,
      memoryBytes: Int64(clamping: information.physicalMemory), pageBytes: Int(getpagesize()),
      hugePages: hugePagePolicy() ?? "unknown", loadAverage: loadAverage())
  }

  private static func text(of path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func cpuName() -> String? {
    let line = text(of: "/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The kernel marks the policy in force with brackets: `always [madvise] never`.
  private static func hugePagePolicy() -> String? {
    let policies = text(of: "/sys/kernel/mm/transparent_hugepage/enabled")?.split(separator: " ")
    return policies?.first { $0.hasPrefix("[") }.map { String($0.dropFirst().dropLast()) }
  }

  private static func loadAverage() -> Double {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }
}
