/// What a lab begins with.
public struct LabConfiguration: Sendable {
  public var hosts: [LabHostConfiguration]

  public init(hosts: [LabHostConfiguration] = []) {
    self.hosts = hosts
  }
}

/// One test host.
public struct LabHostConfiguration: Sendable {
  /// Unlike every other host's of the lab; ASCII letters, digits and hyphens, at most 40 of them.
  public var name: String
  /// In bytes; at least 1 MiB. It takes as much memory as is written to it.
  public var diskSize: Int64
  /// Where the disk is on the host: an absolute path of ASCII letters, digits, `.`, `_`, `-` and `/`.
  public var workspace: String
  /// Whether the disk is empty again after the power has been off.
  public var isEphemeral: Bool
  /// From power on until sshd answers.
  public var bootTime: Duration
  public var link: LinkShape
  /// A script of `/bin/sh` that runs on the host, beside sshd, whenever it has booted.
  public var onStart: String?
  /// A directory of this machine's to use as disk, in place of one of the host's own: what a volume is that
  /// several hosts share and that outlives them. `diskSize` and `isEphemeral` are not looked at then.
  public var sharedDisk: String?

  public init(
    name: String, diskSize: Int64 = 256 << 20, workspace: String = "/workspace", isEphemeral: Bool = false,
    bootTime: Duration = .zero, link: LinkShape = LinkShape(), onStart: String? = nil, sharedDisk: String? = nil
  ) {
    self.name = name
    self.diskSize = diskSize
    self.workspace = workspace
    self.isEphemeral = isEphemeral
    self.bootTime = bootTime
    self.link = link
    self.onStart = onStart
    self.sharedDisk = sharedDisk
  }

  /// - Throws: `.invalid`.
  func validate() throws(LabError) {
    func isPlain(_ text: String, _ others: String) -> Bool {
      text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
          || others.unicodeScalars.contains(scalar)
      }
    }
    guard (1...40).contains(name.utf8.count), isPlain(name, "-"), name.first != "-" else {
      throw .invalid("a host cannot be named '\(name)': letters, digits and hyphens, 40 at most")
    }
    guard workspace.hasPrefix("/"), workspace.count > 1, isPlain(workspace, "/._-"), !workspace.contains("..")
    else { throw .invalid("'\(workspace)' cannot be a workspace: an absolute path of plain characters can") }
    guard diskSize >= 1 << 20 else { throw .invalid("a disk of \(diskSize) bytes is too small: 1 MiB at least") }
    guard bootTime >= .zero, bootTime <= .seconds(3600) else {
      throw .invalid("a boot time is 0 to 3600 s, not \(bootTime)")
    }
    try link.validate()
  }
}
