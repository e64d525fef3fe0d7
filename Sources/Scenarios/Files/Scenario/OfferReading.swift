import Failover
import FailoverSim

/// An entry of a scenario's list of offers: one GPU of which there is always one more, or a number of GPUs in one machine.
struct ListedOffer: Sendable, Hashable {
  /// One for each GPU.
  var offers: [Offer]
  /// Whether there are only so many.
  var isLimited: Bool

  /// The offer of the documents' report.
  static let standard = ListedOffer(
    offers: [
      Offer(
        id: "9999", gpuName: "RTX 4090", memory: .gigabytes(32), price: HourlyPrice(perHour: .cents(45)), region: "TH")
    ], isLimited: false)

  private init(offers: [Offer], isLimited: Bool) {
    self.offers = offers
    self.isLimited = isLimited
  }

  init(_ reader: MappingReader) {
    var offer = Offer(
      id: reader.required("id", .text, help: "its name at the marketplace"),
      gpuName: reader.required("gpu", .text, help: "such as RTX 4090"),
      memory: reader.required("memory", .byteCount, help: "main memory"),
      price: reader.required("price", .hourlyPrice, help: "such as $0.45/h"),
      region: reader.required("region", .text, help: "such as TH"))
    let machine = reader.optional("machine", .text, help: "the physical machine it is in; default: one of its own")
    let count = reader.optional(
      "count", .count.between(1, 64),
      help: "how many such GPUs the machine has, each offered until it is rented; default: there is always one more")
    offer.isVerified = reader.value(
      "verified", .bool, default: true, help: "whether the marketplace has checked the machine")
    offer.machine = MachineID(machine ?? offer.id)
    isLimited = count != nil
    offers = (1...max(1, count ?? 1)).map { number in
      var one = offer
      if let count, count > 1 { one.id = "\(offer.id)-\(number)" }
      return one
    }
  }
}
