import ArgumentParser
import Failover
import Scenarios

extension Duration {
  /// A duration given to an option.
  package init(option: String, _ text: String) throws {
    self = try value(of: option) { () throws(UnitError) in try Units.parseDuration(text) }
    guard self > .zero else { throw ValidationError("\(option): must be greater than 0s") }
  }
}

extension Money {
  /// An amount given to an option.
  package init(option: String, _ text: String) throws {
    self = try value(of: option) { () throws(UnitError) in try Units.parseMoney(text) }
  }
}

private func value<Value>(of option: String, _ read: () throws(UnitError) -> Value) throws -> Value {
  do throws(UnitError) {
    return try read()
  } catch {
    throw ValidationError("\(option): \(error)")
  }
}
