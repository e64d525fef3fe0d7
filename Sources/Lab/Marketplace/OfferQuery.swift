/// Which offers a search finds, in which order, and how many.
struct OfferQuery: Sendable {
  /// Members of a search that say something else than which offers are wanted.
  private static let settings: Set<String> = [
    "order", "type", "limit", "allocated_storage", "disable_bundling", "select_cols", "q", "owner",
  ]

  var conditions: [(field: String, operation: String, value: JSON)] = []
  var order: [(field: String, descends: Bool)] = []
  var limit: Int?

  /// - Throws: what is wrong with the search, as the server says it.
  init(_ search: JSON) throws(BadQuery) {
    // Some clients wrap the search.
    let search = search["q"].object != nil ? search["q"] : search
    for (field, condition) in (search.object ?? [:]).sorted(by: { $0.key < $1.key })
    where !Self.settings.contains(field) {
      guard case .object(let operations) = condition else {
        // A bare value means: equal.
        conditions.append((field, "eq", condition))
        continue
      }
      for (operation, value) in operations.sorted(by: { $0.key < $1.key }) {
        guard Self.operations.contains(operation) else {
          throw BadQuery(description: "unknown operator '\(operation)' for \(field)")
        }
        conditions.append((field, operation, value))
      }
    }
    for part in search["order"].array ?? [] {
      guard let pair = part.array, pair.count == 2, let field = pair[0].string, let way = pair[1].string else {
        throw BadQuery(description: "order is a list of [field, direction]")
      }
      order.append((field, way == "desc"))
    }
    limit = search["limit"].integer
  }

  struct BadQuery: Error { var description: String }

  private static let operations: Set<String> = ["eq", "neq", "gt", "gte", "lt", "lte", "in", "notin"]

  func select(from offers: [JSON]) -> [JSON] {
    var found = offers.filter { offer in
      conditions.allSatisfy { Self.holds(Self.value(of: $0.field, in: offer), $0.operation, $0.value) }
    }
    for (field, descends) in order.reversed() {
      // Sorting keeps the order of equals.
      found.sort {
        descends ? Self.isLess($1[field], $0[field]) : Self.isLess($0[field], $1[field])
      }
    }
    return limit.map { Array(found.prefix(max(0, $0))) } ?? found
  }

  /// A place is shown with its name, such as `Texas, US`, and looked for by its country.
  private static func value(of field: String, in offer: JSON) -> JSON {
    guard field == "geolocation", let place = offer[field].string else { return offer[field] }
    return .string(String(place.split(separator: " ").last ?? ""))
  }

  private static func holds(_ value: JSON, _ operation: String, _ wanted: JSON) -> Bool {
    switch operation {
    case "eq": isEqual(value, wanted)
    case "neq": !isEqual(value, wanted)
    case "gt": isLess(wanted, value)
    case "gte": isLess(wanted, value) || isEqual(value, wanted)
    case "lt": isLess(value, wanted)
    case "lte": isLess(value, wanted) || isEqual(value, wanted)
    case "in": (wanted.array ?? []).contains { isEqual(value, $0) }
    default: !(wanted.array ?? []).contains { isEqual(value, $0) }
    }
  }

  private static func isEqual(_ left: JSON, _ right: JSON) -> Bool {
    if let left = left.number, let right = right.number { return left == right }
    return left == right
  }

  private static func isLess(_ left: JSON, _ right: JSON) -> Bool {
    if let left = left.number, let right = right.number { return left < right }
    if let left = left.string, let right = right.string { return left < right }
    return false
  }
}
