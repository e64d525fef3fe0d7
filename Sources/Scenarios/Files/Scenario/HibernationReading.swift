import Failover

extension HibernationSchedule {
  /// Reads `{active: 10h, period: 24h}`.
  init(_ reader: MappingReader) {
    self.init(
      active: reader.required("active", .duration.positive, help: "for how long of each period the GPU is wanted"),
      period: reader.value(
        "period", .duration.positive, default: .seconds(86_400), help: "from one start of work to the next"))
    reader.check(
      active < period, "active", "period", message: "active must be less than period, or there is nothing to sleep")
  }
}
