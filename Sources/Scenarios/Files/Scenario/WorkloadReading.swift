import Failover
import FailoverSim

extension Workload {
  /// Reads `{kind: training, checkpointInterval: 30min, checkpointDuration: 20s, checkpointSize: 950MB}`.
  init(_ reader: MappingReader) {
    let longest = Duration.seconds(365 * 86_400)
    let kind = reader.value(
      "kind", .choice(Kind.self), default: .interactive,
      help: "interactive: work is in its files at once; inference: no state; training: state in memory")
    let interval = reader.optional(
      "checkpointInterval", .duration.between(.seconds(1), longest), help: "training between two checkpoints")
    let duration = reader.optional(
      "checkpointDuration", .duration.atMost(longest), help: "for how long writing one stops training; default: 0s")
    let size = reader.optional(
      "checkpointSize", .byteCount, help: "what one adds to the workspace, spread evenly over the time; default: 0B")
    let isTraining = kind == .training
    reader.check(
      isTraining || interval == nil, "checkpointInterval", "kind",
      message: "only training has checkpoints; write kind: training")
    reader.check(
      isTraining || duration == nil, "checkpointDuration", "kind",
      message: "only training has checkpoints; write kind: training")
    reader.check(
      isTraining || size == nil, "checkpointSize", "kind",
      message: "only training has checkpoints; write kind: training")
    reader.check(
      !isTraining || interval != nil, "kind", "checkpointInterval",
      message: "training needs checkpointInterval, such as checkpointInterval: 30min")
    if let interval, let duration {
      reader.warn(
        unless: duration < interval, "checkpointDuration", "checkpointInterval",
        message: "training stands still for checkpoints longer than it trains")
    }
    switch kind {
    case .interactive: self = .interactive
    case .inference: self = .inference
    case .training:
      self = .training(
        CheckpointSchedule(interval: interval ?? longest, duration: duration ?? .zero, size: size ?? .zero))
    }
  }

  /// How fast users and checkpoints change a workspace. Checkpoints count while the standby serves, too, although
  /// nothing is trained there: the world knows one rate.
  func dirtyRate(beside rate: DataRate) -> DataRate {
    guard case .training(let schedule) = self else { return rate }
    let (sum, overflow) = rate.bytesPerSecond.addingReportingOverflow(schedule.dirtyRate.bytesPerSecond)
    return DataRate(bytesPerSecond: overflow ? .max : sum)
  }
}
