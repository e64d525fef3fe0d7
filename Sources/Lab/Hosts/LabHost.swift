import Foundation

/// One host of a lab: an sshd and whatever it starts, in namespaces of their own, with a disk and a link.
///
/// What clients see in each state (TCP connect; ssh): off: unreachable at once; 255. sshd stopped: refused at
/// once; 255. Frozen: succeeds; 255 at its time-out. Partitioned: silence; 255 at its time-out.
public actor LabHost {
  public nonisolated let name: String
  /// The host's address in the lab's network; its sshd listens on port 22.
  public nonisolated let address: String
  public nonisolated let port = 22
  /// Where the host's disk is on the host.
  public nonisolated let workspace: String
  /// The same disk as this machine sees it, whether the host is on or off.
  public nonisolated var disk: String { lab + "/disks/" + name }
  /// What the host's sshd and start wrote, since it was last switched on.
  public nonisolated var logFile: String { files + "/log" }

  public private(set) var isOn = false
  private var hasVanished = false
  private var isPartitioned = false
  private var configuration: LabHostConfiguration
  private nonisolated let lab: String
  private nonisolated let link: String
  private nonisolated let bridge: String
  private nonisolated let gateway: String
  private nonisolated var files: String { lab + "/hosts/" + name }

  init(_ configuration: LabHostConfiguration, directory: String, network: String, bridge: String, suffix: Int) {
    self.configuration = configuration
    self.bridge = bridge
    name = configuration.name
    workspace = configuration.workspace
    address = "\(network).\(suffix)"
    gateway = "\(network).1"
    link = "\(bridge)-\(suffix)"
    lab = directory
  }

  /// Makes the host's keys and disk; it is off then.
  func makeFiles() async throws(LabError) {
    do {
      try FileManager.default.createDirectory(atPath: files + "/lab", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: files + "/root", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    } catch {
      throw .failed("making the files of \(name)", error.localizedDescription)
    }
    try install("name", name)
    try install("main", HostScripts.main)
    try install("sshd_config", HostScripts.sshd)
    if let script = configuration.onStart { try install("onstart", script) }
    try await Shell.run(
      "making the keys of \(name)",
      """
      set -e
      ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1/hosts/$2/lab/key"
      cp "$1/identity.pub" "$1/hosts/$2/lab/authorized_keys"
      # One write, so that two hosts' lines do not mix.
      echo "$3 $(cut -d' ' -f1,2 "$1/hosts/$2/lab/key.pub")" >>"$1/known_hosts"
      ip route replace unreachable "$3"
      """, [lab, name, address])
    try await mountDisk()
  }

  private func mountDisk() async throws(LabError) {
    if let shared = configuration.sharedDisk {
      try await Shell.run("attaching the disk of \(name)", "mount --bind \"$1\" \"$2\"", [shared, disk])
    } else {
      try await Shell.run(
        "making the disk of \(name)", "mount -t tmpfs -o \"size=$1,mode=755\" lab \"$2\"",
        [String(configuration.diskSize), disk])
    }
  }

  /// Puts a file into the host's directory `/lab`.
  ///
  /// - Throws: `.failed`.
  public func install(_ file: String, _ contents: String, isExecutable: Bool = false) throws(LabError) {
    let path = "\(files)/lab/\(file)"
    do {
      try contents.write(toFile: path, atomically: false, encoding: .utf8)
      if isExecutable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
    } catch {
      throw .failed("writing \(file) for \(name)", error.localizedDescription)
    }
  }

  // MARK: Power

  /// Boots the host; returns when its sshd listens. Nothing happens when it is on already.
  ///
  /// - Throws: `.failed`, `.didNotStart`; the host is off then.
  public func powerOn() async throws(LabError) {
    guard !isOn else { return }
    isOn = true
    let seconds = configuration.bootTime / .seconds(1)
    do throws(LabError) {
      if hasVanished {
        try await Shell.run("finding \(name) again", "ip neigh delete \"$1\" dev \"$2\"", [address, bridge])
        hasVanished = false
      }
      try writeShape()
      try await Shell.run(
        "starting \(name)", HostScripts.start,
        [lab, name, link, bridge, address, gateway, workspace, "\(seconds)"])
      // Switched off while it was being started, and so perhaps before there was anything to kill.
      if !isOn { return try await powerOff() }
      // What loading programs and mounting takes on a busy machine.
      let limit = ContinuousClock.now + configuration.bootTime + .seconds(20)
      while ContinuousClock.now < limit {
        // Cut off while booting: that is no error of the host's.
        guard isOn else { return }
        let log = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
        if log.contains("Server listening") { return }
        if !isRunning { break }
        try? await Task.sleep(for: .milliseconds(5))
        if Task.isCancelled { break }
      }
      guard isOn else { return }
      throw .didNotStart(name, log: ((try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "").trimmed)
    } catch {
      try? await powerOff()
      throw error
    }
  }

  private nonisolated var isRunning: Bool {
    guard let text = try? String(contentsOfFile: files + "/pid", encoding: .utf8),
      let process = Int32(text.trimmed)
    else { return false }
    return LabClaim.startTime(of: process) != nil
  }

  /// Cuts the power: the link goes down, so that no word gets out, and every process dies. The disk of an
  /// ephemeral host is empty afterwards.
  ///
  /// - Parameter isSilent: whether what is sent there is lost without a word, as behind a provider's routers, where nobody
  ///   says that a machine is gone; otherwise this machine, which is the host's neighbour, knows at once.
  /// - Throws: `.failed`.
  public func powerOff(isSilent: Bool = false) async throws(LabError) {
    isOn = false
    try await Shell.run("cutting the power of \(name)", HostScripts.powerOff, [lab, name, link, address])
    if isSilent {
      try await Shell.run(
        "letting \(name) vanish",
        // A neighbour that is taken to be there, at an address that nobody has.
        "ip neigh replace \"$1\" lladdr 02:00:00:00:00:fe dev \"$2\" nud permanent; ip route delete unreachable \"$1\"",
        [address, bridge])
    }
    hasVanished = isSilent
    if configuration.isEphemeral, configuration.sharedDisk == nil {
      try await unmountDisk()
      try await mountDisk()
    }
  }

  private func unmountDisk() async throws(LabError) {
    try await Shell.run(
      "taking the disk from \(name)", "! mountpoint -q \"$1\" || umount -l \"$1\"", [disk])
  }

  /// Cuts the power, and nothing is left of the host but its address, which answers as before.
  func discard() async throws(LabError) {
    try await powerOff()
    try await unmountDisk()
    try? FileManager.default.removeItem(atPath: disk)
    try? FileManager.default.removeItem(atPath: files)
  }

  // MARK: Faults

  /// Stops every process, as on a machine that swaps itself to death: the kernel still takes connections.
  public func freeze() async throws(LabError) { try await run("kill -STOP -1") }

  /// Lets the processes of a frozen host go on.
  public func thaw() async throws(LabError) { try await run("kill -CONT -1") }

  /// Ends sshd and every connection to it, and returns when they have ended; the host and its other programs run on.
  public func stopSSHD() async throws(LabError) {
    try await run(
      """
      isLeft=true
      while $isLeft; do
        isLeft=false
        for process in /proc/[0-9]*; do
          read -r number name state _ <"$process/stat" || continue
          case "$name $state" in
            *' Z') ;;
            '(sshd'*) kill -9 "$number"; isLeft=true ;;
          esac
        done 2>/dev/null
      done
      """)
  }

  /// Starts sshd again after `stopSSHD()`, and returns when it listens.
  public func startSSHD() async throws(LabError) {
    let number = String(port, radix: 16, uppercase: true)
    let listening = ":\(String(repeating: "0", count: 4 - number.count))\(number) 00000000:0000 0A"
    try await run(
      """
      /usr/sbin/sshd -D -e -f /lab/sshd_config </dev/null >/dev/null 2>&1 &
      sshd=$!
      until grep -q '\(listening)' /proc/net/tcp; do
        kill -0 $sshd || exit 1
        sleep 0.01
      done
      """)
  }

  /// Whether the lab's key is let in: a host that does not know it refuses every client.
  public func setAuthorized(_ isAuthorized: Bool) async throws(LabError) {
    try await Shell.run(
      "changing the keys of \(name)",
      isAuthorized ? "cat \"$1/identity.pub\" >\"$1/hosts/$2/lab/authorized_keys\""
        : ": >\"$1/hosts/$2/lab/authorized_keys\"", [lab, name])
  }

  /// From now on every packet from and to the host is lost, in silence.
  public func partition() async throws(LabError) {
    isPartitioned = true
    try await applyShape()
  }

  /// Ends a partition.
  public func heal() async throws(LabError) {
    isPartitioned = false
    try await applyShape()
  }

  /// Changes what the link lets through, from now on.
  ///
  /// - Throws: `.invalid`; `.notOffered` for a delay where the kernel has no netem; `.failed`.
  public func setLink(_ link: LinkShape) async throws(LabError) {
    try link.validate()
    let before = configuration.link
    configuration.link = link
    do throws(LabError) {
      try await applyShape()
    } catch {
      configuration.link = before
      try? await applyShape()
      if link.delay > .zero, case .failed(_, let said) = error, said.contains("qdisc kind is unknown") {
        throw .notOffered("links cannot be delayed: this kernel has no netem")
      }
      throw error
    }
  }

  private func writeShape() throws(LabError) {
    do {
      try configuration.link.script(isPartitioned: isPartitioned)
        .write(toFile: files + "/shape", atomically: false, encoding: .utf8)
    } catch {
      throw .failed("writing the shape of the link of \(name)", error.localizedDescription)
    }
  }

  private func applyShape() async throws(LabError) {
    try writeShape()
    guard isOn else { return }
    try await Shell.run(
      "shaping the link of \(name)",
      """
      set -e
      sh "$1/hosts/$2/shape" outside "$3"
      nsenter --net="/proc/$(cat "$1/hosts/$2/pid")/ns/net" sh "$1/hosts/$2/shape" inside eth0
      """, [lab, name, link])
  }

  /// Fills the disk to the last block, with one file named `.fill`.
  public func fillDisk() async throws(LabError) {
    try await Shell.run(
      "filling the disk of \(name)",
      """
      fallocate -l "$(df --output=avail -B1 "$1" | tail -n 1)" "$1/.fill" 2>/dev/null
      # The rest, and all of it where room cannot be set aside at once.
      dd if=/dev/zero of="$1/.fill" bs=4k oflag=append conv=notrunc status=none 2>/dev/null
      [ -f "$1/.fill" ]
      """, [disk])
  }

  /// Removes what `fillDisk()` wrote.
  public func freeDisk() async throws(LabError) {
    try await Shell.run("freeing the disk of \(name)", "rm -f \"$1/.fill\"", [disk])
  }

  // MARK: Console

  /// Runs a script of `/bin/sh` inside the host, as root from its console: no network is needed.
  ///
  /// - Returns: its standard output.
  /// - Throws: `.failed` when the host is off or the script does not end with 0.
  @discardableResult
  public func run(_ script: String, _ arguments: [String] = []) async throws(LabError) -> String {
    guard isOn else { throw .failed("the console of \(name)", "the host is off") }
    return try await Shell.run("the console of \(name)", HostScripts.console, [lab, name, script] + arguments)
  }
}
