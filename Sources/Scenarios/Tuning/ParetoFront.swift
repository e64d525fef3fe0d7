import Failover

/// The settings of which none is beaten in both of two figures by another.
public struct ParetoFront: Sendable, Hashable {
  /// A setting by its two figures, each of which is better when it is less.
  public struct Point: Sendable, Hashable {
    public let index: Int
    public let x: Double
    public let y: Double

    public init(index: Int, x: Double, y: Double) {
      self.index = index
      self.x = x
      self.y = y
    }
  }

  /// By rising x and so by falling y; of equal points the first.
  public let points: [Point]

  public init(_ candidates: [Point]) {
    let known = candidates.filter { $0.x.isFinite && $0.y.isFinite }
    let sorted = known.sorted { ($0.x, $0.y, $0.index) < ($1.x, $1.y, $1.index) }
    var points: [Point] = []
    for point in sorted where point.y < points.last?.y ?? .infinity { points.append(point) }
    self.points = points
  }

  /// The point farthest from the straight line between the two ends, both axes scaled to 0...1: where going on in
  /// either direction begins to give less than it takes. `nil` when fewer than three points, or all on or above that
  /// line.
  public var knee: Point? {
    guard points.count > 2, let first = points.first, let last = points.last else { return nil }
    let (width, height) = (last.x - first.x, first.y - last.y)
    // In scaled axes the ends are (0, 1) and (1, 0); how far a point is below the line is 1 - x - y, over the root of
    // 2.
    func depth(_ point: Point) -> Double { 1 - (point.x - first.x) / width - (point.y - last.y) / height }
    var best: (point: Point, depth: Double)?
    for point in points where depth(point) > max(1e-12, best?.depth ?? 0) { best = (point, depth(point)) }
    return best?.point
  }
}
