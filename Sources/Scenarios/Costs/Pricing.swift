import Failover

/// What is paid for besides the hours of machines. (A GPU's price comes from the market, a standby's from its type.)
///
/// Moving data into object storage is free at B2, R2 and S3, so that it has no price here; nor have single requests,
/// which the documents leave out and B2 charges at $0.004 for 10,000 downloads.
public struct Pricing: Sendable, Hashable {
  /// A volume on a GPU host, which is charged whether an instance runs or not.
  public var volume: StoragePrice
  /// The standby machine's disk, charged as long as the machine exists, running or not.
  public var standbyDisk: StoragePrice
  /// A GPU that is rented but stopped.
  public var stoppedGPU: HourlyPrice
  /// Data kept in object storage.
  public var objectStorage: StoragePrice
  /// Data fetched from object storage, beyond what is free.
  public var download: TransferPrice
  /// How many times the data kept, as its mean over a month, may be fetched in that month for nothing.
  public var freeDownload: Ratio
  /// Data that leaves a GPU host.
  public var gpuEgress: TransferPrice
  /// Data that leaves the standby.
  public var standbyEgress: TransferPrice

  public init(
    volume: StoragePrice, standbyDisk: StoragePrice, stoppedGPU: HourlyPrice, objectStorage: StoragePrice,
    download: TransferPrice, freeDownload: Ratio, gpuEgress: TransferPrice, standbyEgress: TransferPrice
  ) {
    self.volume = volume
    self.standbyDisk = standbyDisk
    self.stoppedGPU = stoppedGPU
    self.objectStorage = objectStorage
    self.download = download
    self.freeDownload = freeDownload
    self.gpuEgress = gpuEgress
    self.standbyEgress = standbyEgress
  }

  /// The documents' prices.
  public static let documented = Pricing(
    // Warm pool guide: "volume 100 GB: ~$5-10 a month". The upper end: rather too much than too little.
    volume: StoragePrice(perGigabyteMonth: .cents(10)),
    // Executive summary: "disk 100 GB: $4 a month".
    standbyDisk: StoragePrice(perGigabyteMonth: .cents(4)),
    // Warm pool guide: "GPU standby (stopped): $0.00 an hour".
    stoppedGPU: .free,
    // Failover system: "Backblaze B2 (100 GB): ~$0.50 a month". B2 itself had come to $0.006 by 2024.
    objectStorage: StoragePrice(perGigabyteMonth: Money(nanodollars: 5_000_000)),
    // No document has it: B2's price in 2026, https://leanopstech.com/blog/backblaze-b2-pricing-2026/.
    download: TransferPrice(perGigabyte: .cents(1)),
    // Failover system: "B2 transfer: free up to 3x storage".
    freeDownload: .percent(300),
    // The documents count neither. Real ones are not free: hosts on Vast.ai set a price for traffic, and Google
    // charges for what leaves its network.
    gpuEgress: .free, standbyEgress: .free)
}
