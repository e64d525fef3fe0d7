import Failover

/// How a query is asked at Vast.ai, and what its answers mean.
struct VastSearch: Sendable {
  var query: OfferQuery
  var settings: VastSettings

  /// In offers; the marketplace's own clients ask for as many.
  static let limit: Int64 = 64

  /// The body of the request.
  ///
  /// - Throws: `.refused` for a machine whose name is no number.
  func body() throws(PortError) -> JSONValue {
    var filters: [String: JSONValue] = [
      "rentable": ["eq": true], "rented": ["eq": false], "external": ["eq": false],
      "num_gpus": ["eq": .integer(Int64(settings.gpusPerInstance))],
      "order": [["dph_total", "asc"]], "limit": .integer(Self.limit),
      "allocated_storage": .integer(settings.disk.wholeGigabytes),
    ]
    let maximum = JSONValue.number(query.maximumPrice.perHour.inDollars)
    switch settings.rental {
    case .onDemand:
      filters["type"] = "on-demand"
      filters["dph_total"] = ["lte": maximum]
    case .interruptible:
      filters["type"] = "bid"
      filters["min_bid"] = ["lte": maximum]
    }
    if query.verifiedOnly { filters["verified"] = ["eq": true] }
    if query.minimumMemory > .zero {
      // In megabytes, as the marketplace's own clients ask.
      filters["cpu_ram"] = ["gte": .number(Double(query.minimumMemory.bytes) / 1e6)]
    }
    if let least = settings.minimumReliability { filters["reliability"] = ["gte": .number(least)] }
    if !query.gpuNames.isEmpty {
      filters["gpu_name"] = ["in": .array(query.gpuNames.map { .string(Self.spelling($0)) })]
    }
    if !query.regions.isEmpty {
      filters["geolocation"] = ["in": .array(Regions.countries(of: query.regions).map { .string($0) })]
    }
    if let machine = query.machine {
      guard let number = Int64(machine.rawValue) else {
        throw PortError(.refused, "not a machine of Vast.ai: \(ProgramFailure.printable(machine.rawValue))")
      }
      filters["machine_id"] = ["eq": .integer(number)]
    }
    return .object(filters)
  }

  /// The offers that meet the query, in its words for regions and GPUs.
  func offers(in answer: VastOffers<VastOffer>) -> [Offer] {
    answer.offers.compactMap { offer in
      guard let price = price(of: offer) else { return nil }
      let gpuName = query.gpuNames.first { Self.spelling($0) == offer.gpuName } ?? offer.gpuName
      return Offer(
        id: offer.id, gpuName: gpuName, memory: offer.memory, price: HourlyPrice(perHour: price),
        region: Regions.region(of: offer.country, among: query.regions), machine: MachineID(offer.machine),
        isVerified: offer.isVerified)
    }.filter(query.accepts)
  }

  /// What would be paid: the host's price, or the bid; `nil` for an offer that tells no least bid.
  private func price(of offer: VastOffer) -> Money? {
    switch settings.rental {
    case .onDemand: return offer.price
    case .interruptible(let percent):
      guard let bid = offer.minimumBid, bid >= .zero else { return nil }
      let nanodollars = (Int128(bid.nanodollars) * Int128(percent) + 99) / 100
      return Money(nanodollars: Int64(clamping: nanodollars))
    }
  }

  /// The marketplace writes `RTX 4090`, its command line `RTX_4090`.
  private static func spelling(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }
}

/// Codes of countries, and `EU` for those of the European Union.
enum Regions {
  /// ISO 3166 codes of the members as of 2020.
  private static let union = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU",
    "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
  ]

  static func countries(of regions: [String]) -> [String] {
    var countries: [String] = []
    for country in regions.flatMap({ $0 == "EU" ? union : [$0] }) where !countries.contains(country) {
      countries.append(country)
    }
    return countries
  }

  /// The region a country is meant by: itself where it was asked for, `EU` where that was and it is in it.
  static func region(of country: String, among regions: [String]) -> String {
    !regions.contains(country) && regions.contains("EU") && union.contains(country) ? "EU" : country
  }
}
