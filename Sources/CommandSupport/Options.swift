import ArgumentParser
import Foundation
import Scenarios

/// What every command takes.
package struct CommonOptions: ParsableArguments {
  package init() {}

  @Option(
    name: .shortAndLong,
    help: "Write the result to FILE instead of standard output ('-'). FILE appears only when it is complete.",
    completion: .file())
  package var output = "-"

  @Option(help: "auto (only on a terminal, and not when NO_COLOR is set), always or never.")
  package var color = ColorChoice.auto

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  package var quiet = false

  /// Colours are for text that a person reads right now.
  package var style: Style {
    switch color {
    case .always: Style(usesColor: true)
    case .never: .plain
    case .auto:
      Style(
        usesColor: output == "-" && isatty(STDOUT_FILENO) != 0
          && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
          && ProcessInfo.processInfo.environment["TERM"] != "dumb")
    }
  }

  package func warn(_ problems: [Problem]) {
    if !quiet { problems.forEach { Exit.say("\($0)") } }
  }
}

package enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}
