import Testing

@testable import Scenarios

@Suite struct ParetoFrontTests {
  private static func points(_ pairs: [(Double, Double)]) -> [ParetoFront.Point] {
    pairs.enumerated().map { ParetoFront.Point(index: $0, x: $1.0, y: $1.1) }
  }

  @Test func `the front is what nothing beats in both, by rising x`() {
    let front = ParetoFront(Self.points([(3, 1), (1, 3), (2, 2), (2.5, 2.5), (3, 2), (1, 4), (9, 1)]))
    #expect(front.points.map(\.index) == [1, 2, 0])
  }

  @Test func `of equal points the first is on the front, and what is no number is not`() {
    let front = ParetoFront(Self.points([(1, 1), (1, 1), (.nan, 0), (0, .infinity)]))
    #expect(front.points.map(\.index) == [0])
    #expect(ParetoFront([]).points.isEmpty)
  }

  @Test func `the front of many points is that of the definition`() {
    var random = TestRandom(state: 5)
    for _ in 0..<200 {
      let points = Self.points(
        (0..<40).map { _ in (Double(Int.random(in: 0..<25, using: &random)), Double(Int.random(in: 0..<25, using: &random))) })
      let expected = points.filter { one in
        !points.contains { other in
          other.x <= one.x && other.y <= one.y && (other.x < one.x || other.y < one.y || other.index < one.index)
        }
      }
      #expect(Set(ParetoFront(points).points.map(\.index)) == Set(expected.map(\.index)))
    }
  }

  @Test func `the knee of a hyperbola is at its middle, whatever the scale of the axes`() {
    // y = 1/x from 1/4 to 4 is farthest below the line through its ends at x = 1.
    let hyperbola = (0...32).map { step in 0.25 + 3.75 * Double(step) / 32 } + [1]
    for scale in [1.0, 1000] {
      let front = ParetoFront(Self.points(hyperbola.map { ($0, scale / $0) }))
      #expect(front.knee?.x == 1)
    }
  }

  @Test func `a straight front, two points and a front that bulges outwards have no knee`() {
    #expect(ParetoFront(Self.points([(0, 2), (1, 1), (2, 0)])).knee == nil)
    #expect(ParetoFront(Self.points([(0, 2), (2, 0)])).knee == nil)
    #expect(ParetoFront(Self.points([(0, 2), (1.5, 1.5), (2, 0)])).knee == nil)
  }
}
