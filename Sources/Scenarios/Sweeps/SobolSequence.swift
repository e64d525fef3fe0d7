import FailoverSim

/// Points that fill a cube evenly: with n of them, far fewer gaps than n random points leave.
///
/// I. M. Sobol', USSR Computational Mathematics and Mathematical Physics 7 (1967), with the primitive polynomials in order
/// of degree. The first direction numbers of a dimension are free within bounds; among a few candidates, those are
/// taken whose pairs with the dimensions before fill small squares best.
struct SobolSequence: Sendable {
  static let maximumDimensions = 12
  private static let bits = 32

  /// For each dimension, what each bit of the Gray code of the index contributes.
  private let directions: [[UInt32]]

  /// - Parameter dimensions: from 1 to `maximumDimensions`; others count as the nearest.
  init(dimensions: Int) {
    let count = min(max(1, dimensions), Self.maximumDimensions)
    var chosen: [[UInt32]] = [(0..<Self.bits).map { 1 << UInt32(Self.bits - 1 - $0) }]
    let polynomials = Self.primitivePolynomials(count - 1)
    var points = chosen.map(Self.firstPoints)
    for (place, polynomial) in polynomials.enumerated() {
      var best: (directions: [UInt32], points: [UInt32], evenness: Int)?
      for candidate in 0..<16 {
        let directions = Self.directions(polynomial, place: place, candidate: candidate)
        let first = Self.firstPoints(directions)
        let evenness = points.reduce(0) { $0 + Self.evenness(first, beside: $1) }
        if best.map({ evenness > $0.evenness }) ?? true { best = (directions, first, evenness) }
      }
      guard let best else { continue }
      chosen.append(best.directions)
      points.append(best.points)
    }
    directions = chosen
  }

  /// The point of a number from 0 on: each coordinate at least 0 and less than 1.
  func point(_ index: UInt32) -> [Double] {
    directions.map { Double(Self.coordinate($0, index)) / 0x1p32 }
  }

  private static func coordinate(_ directions: [UInt32], _ index: UInt32) -> UInt32 {
    let gray = index ^ (index >> 1)
    return directions.indices.reduce(UInt32(0)) { sum, bit in
      gray >> UInt32(bit) & 1 == 1 ? sum ^ directions[bit] : sum
    }
  }

  /// The coordinates of the first 256 points, of which 16, 64 and 256 each fill squares that grow smaller.
  private static func firstPoints(_ directions: [UInt32]) -> [UInt32] { (0..<256).map { coordinate(directions, $0) } }

  /// How many squares of the plane are met by as many points as there are squares: 16, 64 and 256 of them.
  private static func evenness(_ a: [UInt32], beside b: [UInt32]) -> Int {
    var sum = 0
    for level in [2, 3, 4] {
      var met = [Bool](repeating: false, count: 1 << (2 * level))
      let shift = UInt32(bits - level)
      for index in met.indices { met[Int(a[index] >> shift) << level | Int(b[index] >> shift)] = true }
      sum += met.count { $0 }
    }
    return sum
  }

  /// Direction numbers by Sobol's recurrence from first ones that are odd and below a power of two.
  private static func directions(_ polynomial: UInt32, place: Int, candidate: Int) -> [UInt32] {
    let degree = bits - 1 - polynomial.leadingZeroBitCount
    var numbers: [UInt32] = (0..<degree).map { index in
      let chance = StableHash.finalise(UInt64(place) << 32 | UInt64(candidate) << 16 | UInt64(index))
      return UInt32(truncatingIfNeeded: chance) & ((2 << UInt32(index)) - 1) | 1
    }
    for index in degree..<bits {
      var next = numbers[index - degree] ^ (numbers[index - degree] << UInt32(degree))
      for term in 1..<max(degree, 1) where polynomial >> UInt32(degree - term) & 1 == 1 {
        next ^= numbers[index - term] << UInt32(term)
      }
      numbers.append(next)
    }
    return numbers.enumerated().map { $1 << UInt32(bits - 1 - $0) }
  }

  /// The first primitive polynomials over two elements, by degree, as bits: x + 1 is 3.
  private static func primitivePolynomials(_ count: Int) -> [UInt32] {
    var found: [UInt32] = []
    var polynomial: UInt32 = 3
    while found.count < count {
      if isPrimitive(polynomial) { found.append(polynomial) }
      polynomial += 2
    }
    return found
  }

  /// Whether the powers of x modulo the polynomial run through every remainder but zero.
  private static func isPrimitive(_ polynomial: UInt32) -> Bool {
    let degree = UInt32(bits - 1 - polynomial.leadingZeroBitCount)
    let period = (UInt32(1) << degree) - 1
    var power: UInt32 = 1
    for step in 1...period {
      power <<= 1
      if power >> degree & 1 == 1 { power ^= polynomial }
      if power == 1 { return step == period }
    }
    return false
  }
}
