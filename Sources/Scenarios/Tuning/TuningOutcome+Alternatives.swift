/// A setting that was not recommended, and why one might have thought of it.
struct Alternative: Sendable {
  let cell: TunedCell
  let why: String
}

extension TuningOutcome {
  /// What the recommended setting was chosen over: its neighbours on the front, the knee, the ends, and what the
  /// scenario says itself; each once.
  var alternatives: [Alternative] {
    guard let best = recommended, let objective = best.objective else { return [] }
    let sign = tuning.objective.sign
    let others = front.filter { !$0.isRecommended }
    var found: [Alternative] = []
    func add(_ cell: TunedCell?, _ why: String) {
      guard let cell, !cell.isRecommended, !found.contains(where: { $0.cell.cell.number == cell.cell.number }) else { return }
      found.append(Alternative(cell: cell, why: why))
    }
    add(asWritten, "as the scenario has it")
    add(others.last { ($0.objective ?? 0) * sign <= objective * sign }, "the next better on the front")
    add(others.first { ($0.objective ?? 0) * sign > objective * sign }, "the next after it on the front")
    add(front.first { $0.isKnee }, "the knee")
    add(front.first, "the best objective within the limits")
    return found
  }
}
