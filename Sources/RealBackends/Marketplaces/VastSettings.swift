import Failover

/// What is rented on Vast.ai, and how.
public struct VastSettings: Sendable, Hashable {
  /// How an instance is paid for.
  public enum Rental: Sendable, Hashable {
    /// At the host's price; nobody can take it away.
    case onDemand
    /// At a bid of so many per cent of the least bid that would win now (100 or more to win): whoever bids more takes
    /// the GPU.
    case interruptible(percentOfMinimumBid: Int)
  }

  /// How the image is started.
  public enum Launch: String, Sendable, Hashable, CaseIterable {
    /// The host's own port, and the marketplace's relay for hosts without open ports.
    case ssh = "ssh_direc ssh_proxy"
    /// Only by the marketplace's relay.
    case sshByRelay = "ssh_proxy"
    /// The image's own entry point.
    case entryPoint = "args"
  }

  public var rental: Rental
  /// The container image, such as `vastai/pytorch:latest`.
  public var image: String
  /// The instance's own disk.
  public var disk: ByteCount
  /// Run when the container starts; `nil` for nothing.
  public var startScript: String?
  /// Variables, and port mappings as the marketplace writes them (`-p 8080:8080` with the value `1`).
  public var environment: [String: String]
  public var launch: Launch
  /// Where a volume appears in the container; an absolute path.
  public var mountPath: String
  /// At least 1.
  public var gpusPerInstance: Int
  /// 0 to 1; the marketplace's estimate of how reliable a machine is. `nil` for any.
  public var minimumReliability: Double?
  public var pacing: VastPacing
  /// Where the interface is; another one for a server of one's own.
  public var baseURL: String

  public init(
    image: String, disk: ByteCount = .gigabytes(20), rental: Rental = .onDemand, startScript: String? = nil,
    environment: [String: String] = [:], launch: Launch = .ssh, mountPath: String = "/workspace",
    gpusPerInstance: Int = 1, minimumReliability: Double? = nil, pacing: VastPacing = .published,
    baseURL: String = "https://console.vast.ai"
  ) {
    self.rental = rental
    self.image = image
    self.disk = disk
    self.startScript = startScript
    self.environment = environment
    self.launch = launch
    self.mountPath = mountPath
    self.gpusPerInstance = gpusPerInstance
    self.minimumReliability = minimumReliability
    self.pacing = pacing
    self.baseURL = baseURL
  }

  /// Refuses what cannot be right, before anything is rented.
  func validate() throws(SettingsError) {
    guard !image.isEmpty else { throw SettingsError("image", "a container image is needed") }
    guard disk.bytes > 0 else { throw SettingsError("disk", "\(disk): more than 0 bytes expected") }
    guard mountPath.hasPrefix("/") else {
      throw SettingsError("mount path", "\(ProgramFailure.printable(mountPath)): an absolute path expected")
    }
    guard gpusPerInstance >= 1 else { throw SettingsError("GPUs per instance", "at least 1 expected") }
    if case .interruptible(let percent) = rental, percent < 1 {
      throw SettingsError("bid", "\(percent) % of the least bid: more than 0 expected")
    }
  }
}

/// The operations of Vast.ai's interface that are used here.
enum VastOperation: String, Sendable, Hashable, CaseIterable {
  case search, create, show, list, changeState, bid, destroy
  case searchVolumes, createVolume, listVolumes, deleteVolume
}

/// The least time between two calls of the same operation. The marketplace answers 429 to whoever is quicker, and
/// counts by account, not by program.
public struct VastPacing: Sendable, Hashable {
  private var published: Bool

  /// As found out by trying: create 4.5 s, show 2 s, list, start and stop 1 s, bid and volumes 5.5 s, destroy 3 s.
  public static let published = VastPacing(published: true)
  /// No pauses, for a server of one's own.
  public static let none = VastPacing(published: false)

  func leastInterval(of operation: VastOperation) -> Duration {
    guard published else { return .zero }
    return switch operation {
    case .search: .zero
    case .create: .milliseconds(4500)
    case .show: .seconds(2)
    case .list, .changeState: .seconds(1)
    case .destroy: .seconds(3)
    case .bid, .searchVolumes, .createVolume, .listVolumes, .deleteVolume: .milliseconds(5500)
    }
  }
}
