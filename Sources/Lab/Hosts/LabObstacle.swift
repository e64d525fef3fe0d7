import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Lab {
  /// What test hosts need, with the Debian package that has it.
  private static let programs = [
    ("ip", "iproute2"), ("tc", "iproute2"), ("unshare", "util-linux"), ("nsenter", "util-linux"),
    ("flock", "util-linux"), ("setsid", "util-linux"), ("mount", "mount"), ("grep", "grep"),
    ("sshd", "openssh-server"), ("ssh-keygen", "openssh-client"), ("ssh", "openssh-client"),
  ]

  /// Why this machine cannot have test hosts, in one line that also says what still runs; `nil` when it can.
  public static var obstacle: String? {
    get async {
      guard let missing = await missing else { return nil }
      return "no test hosts: \(missing); the servers and object store still run, "
        + "and workspaces can be plain directories of this machine"
    }
  }

  private static var missing: String? {
    get async {
      #if os(Linux)
        guard geteuid() == 0 else { return "they need root" }
        for (program, package) in programs where !isInstalled(program) {
          return "\(program) is not installed (Debian: \(package))"
        }
        do {
          try await Shell.run(
            "trying namespaces",
            "unshare --mount --pid --net --uts --ipc --fork sh -c '"
              + "ip link add name lab0 type bridge && ip link add name lab1 type veth peer name lab2'")
          return nil
        } catch {
          return "the kernel does not let them be made (\(error))"
        }
      #else
        return "they need Linux"
      #endif
    }
  }

  /// Whether a program lies where the system's programs lie.
  static func isInstalled(_ program: String) -> Bool {
    Shell.searchPath.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }
}
