import Failover
import FailoverSim

extension Kind<Distribution> {
  /// How long something takes: one duration, a list that is played in order, or a distribution by name.
  ///
  /// The numbers inside are seconds, as `Distribution.sampleDuration` expects.
  static var delay: Kind {
    var kind = oneOf(
      "a duration or a distribution",
      .plain(.duration) { .constant($0.exactSeconds) },
      .plain(.list(of: .duration, atLeast: 1)) { .sequence($0.map(\.exactSeconds)) },
      .fields("uniform", help: "anything between two durations, equally likely") { reader in
        let low = reader.required("low", .duration, help: "the shortest")
        let high = reader.required("high", .duration, help: "the longest")
        reader.check(low <= high, "low", "high", message: "low must not be greater than high")
        return .uniform(low: low.exactSeconds, high: high.exactSeconds)
      },
      .fields("triangular", help: "most often near mode, never outside low and high") { reader in
        let low = reader.required("low", .duration, help: "the shortest")
        let mode = reader.required("mode", .duration, help: "the most likely")
        let high = reader.required("high", .duration, help: "the longest")
        reader.check(
          low <= mode && mode <= high && low < high, "mode", "low", "high",
          message: "low, mode and high must be in that order, and low below high")
        return .triangular(low: low.exactSeconds, mode: mode.exactSeconds, high: high.exactSeconds)
      },
      .fields("exponential", help: "memoryless: as likely to end now as at any time before") { reader in
        .exponential(
          mean: reader.required("mean", .duration.positive, help: "the average").exactSeconds)
      },
      .fields("weibull", help: "early losses for a shape below 1, wear for one above") { reader in
        .weibull(
          shape: reader.required("shape", .ratio.positive, help: "below 1: many short lives").value,
          scale: reader.required("scale", .duration.positive, help: "63 % end before it").exactSeconds)
      },
      .fields("lognormal", help: "many short, a few very long") { reader in
        .lognormal(
          median: reader.required("median", .duration.positive, help: "half are shorter").exactSeconds,
          sigma: reader.required("sigma", .ratio.positive, help: "spread of the logarithm").value)
      },
      .fields("gamma", help: "a sum of exponential steps") { reader in
        .gamma(
          shape: reader.required("shape", .ratio.positive, help: "how many steps").value,
          scale: reader.required("scale", .duration.positive, help: "mean of one step").exactSeconds)
      },
      .keyed("empirical", .list(of: .quantilePoint, atLeast: 2), help: "measured quantiles, linear between") {
        .empirical($0)
      },
      .keyed("mixture", .list(of: .mixtureComponent, atLeast: 1), help: "one of several, by weight") {
        .mixture($0)
      },
      .fields("truncated", help: "a distribution cut off at both ends") { reader in
        let inner = reader.required("of", .delay, help: "the distribution to cut")
        let low = reader.value("low", .duration, default: .zero, help: "nothing shorter")
        let high = reader.required("high", .duration, help: "nothing longer")
        reader.check(low < high, "low", "high", message: "low must be less than high")
        return .truncated(inner, low: low.exactSeconds, high: high.exactSeconds)
      }
    )
    kind.format = \.written
    return kind.checked
  }

  /// The same, with what `Distribution.validate` finds reported at the place where it is written.
  private var checked: Kind {
    let inner = self
    var kind = Kind(
      phrase, shape: { _ in inner.shape }, placeholder: placeholder,
      reader: { node, place in
        guard let distribution = inner.read(node, at: place) else { return nil }
        do throws(DistributionError) {
          try distribution.validate()
          return distribution
        } catch {
          place.report("\(error)", at: node.location)
          return nil
        }
      })
    kind.describe = describe
    kind.format = format
    return kind
  }
}

extension Kind<Distribution.QuantilePoint> {
  fileprivate static var quantilePoint: Kind {
    mapping { reader in
      Distribution.QuantilePoint(
        probability: reader.required("share", .fraction, help: "0% to 100%: how many are shorter").value,
        value: reader.required("value", .duration, help: "the duration").exactSeconds)
    }
  }
}

extension Kind<Distribution.Component> {
  fileprivate static var mixtureComponent: Kind {
    mapping { reader in
      Distribution.Component(
        weight: reader.required("weight", .ratio.positive, help: "relative to the other weights").value,
        distribution: reader.required("of", .delay, help: "what it is"))
    }
  }
}

extension Distribution {
  /// As in a file, on one line; `nil` for what has parts, which is better written on several.
  fileprivate var written: String? {
    func text(_ seconds: Double) -> String { Units.format(Self.duration(seconds: seconds)) }
    switch self {
    case .constant(let seconds): return text(seconds)
    case .sequence(let values): return "[\(values.map(text).joined(separator: ", "))]"
    case .uniform(let low, let high): return "{uniform: {low: \(text(low)), high: \(text(high))}}"
    case .triangular(let low, let mode, let high):
      return "{triangular: {low: \(text(low)), mode: \(text(mode)), high: \(text(high))}}"
    case .exponential(let mean): return "{exponential: {mean: \(text(mean))}}"
    case .weibull(let shape, let scale): return "{weibull: {shape: \(shape), scale: \(text(scale))}}"
    case .lognormal(let median, let sigma): return "{lognormal: {median: \(text(median)), sigma: \(sigma)}}"
    case .gamma(let shape, let scale): return "{gamma: {shape: \(shape), scale: \(text(scale))}}"
    case .empirical, .mixture, .truncated: return nil
    }
  }
}

extension Duration {
  /// Seconds as the nearest `Double`; `Distribution.duration(seconds:)` gives the same nanoseconds back.
  var exactSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}
