import Failover

/// A type of standby machine and what the documents say it costs.
public struct MachineType: Sendable, Hashable, CustomStringConvertible {
  /// The provider's name.
  public var name: String
  public var virtualCPUs: Int
  public var memory: ByteCount
  public var onDemand: HourlyPrice
  /// As a machine that can be taken away; `nil` where the documents give no such price.
  public var spot: HourlyPrice?

  /// The price as a spot machine or on demand, where the documents give one.
  public func price(isSpot: Bool) -> HourlyPrice? { isSpot ? spot : onDemand }

  /// Such as `e2-medium (2 vCPU, 4 GB)`.
  public var description: String { "\(name) (\(virtualCPUs) vCPU, \(memory))" }

  /// The standby guide's table of machines; the spot price is the executive summary's and the simulation report's.
  ///
  /// For an `e2-medium` on demand the documents give three prices: $0.03/h here, $0.034/h and $24.50 a month in the
  /// executive summary, which comes to $0.03403/h. They also give it one vCPU there and two here.
  public static let all = [
    MachineType("e2-medium", 2, .gigabytes(4), cents: 3, spotCents: 1),
    MachineType("e2-standard-4", 4, .gigabytes(16), cents: 15),
    MachineType("n2-standard-8", 8, .gigabytes(32), cents: 40),
    MachineType("c2-standard-16", 16, .gigabytes(64), cents: 80),
  ]

  public static func named(_ name: String) -> MachineType? { all.first { $0.name == name } }

  private init(_ name: String, _ virtualCPUs: Int, _ memory: ByteCount, cents: Int64, spotCents: Int64? = nil) {
    self.name = name
    self.virtualCPUs = virtualCPUs
    self.memory = memory
    onDemand = HourlyPrice(perHour: .cents(cents))
    spot = spotCents.map { HourlyPrice(perHour: .cents($0)) }
  }
}

extension StandbyMachine {
  init(_ reader: MappingReader) {
    let type = reader.value(
      "machineType", .text, default: "e2-medium",
      help: "the provider's name for the machine; known: \(MachineType.all.map(\.description).joined(separator: ", "))")
    let isSpot = reader.value("spot", .bool, default: true, help: "cheaper, but can be taken away")
    let price = reader.optional(
      "price", .hourlyPrice,
      help: "such as $0.05/h or $24.50/month (720 h); default: the documents' price of the machine type")
    let disk = reader.value(
      // Documents: a disk of 100 GB at $4 a month.
      "disk", .byteCount, default: .gigabytes(100), help: "the disk that holds the copy, charged as long as it exists")
    let known = MachineType.named(type)
    let listed = known?.price(isSpot: isSpot)
    reader.check(known != nil || price != nil, "machineType", "price", message: Self.unknown(type))
    reader.check(
      known == nil || listed != nil || price != nil, "spot", "machineType", "price",
      message: "no spot price is known for \(quoted(type)); write spot: false"
        + (known.map { " for \(Units.format($0.onDemand))" } ?? "") + ", or give a price, such as price: $0.05/h")
    self.init(machineType: type, isSpot: isSpot, price: price ?? listed ?? .free, disk: disk)
  }

  /// Says what is known, and how to use another machine all the same.
  private static func unknown(_ type: String) -> String {
    let near = nearest(to: type, among: MachineType.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "."
    let known = MachineType.all.map(\.description).joined(separator: ", ")
    return "no price is known for the machine type \(quoted(type))\(near) Known: \(known). "
      + "For another one give a price, such as price: $0.05/h"
  }
}
