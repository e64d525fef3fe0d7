import ArgumentParser
import Failover
import Scenarios

extension Duration {
  /// A duration given to an option.
  package init(option: String, _ text: String) throws {
    do throws(UnitError) {
      self = try Units.parseDuration(text)
    } catch {
      throw ValidationError("\(option): \(error)")
    }
    guard self > .zero else { throw ValidationError("\(option): must be greater than 0s") }
  }
}

extension Money {
  /// An amount given to an option.
  package init(option: String, _ text: String) throws {
    do throws(UnitError) {
      self = try Units.parseMoney(text)
    } catch {
      throw ValidationError("\(option): \(error)")
    }
  }
}
