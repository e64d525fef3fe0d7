import ArgumentParser
import Foundation
import Scenarios

/// Prints the manual page, for make install; people find the same text in --help.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, as man(7) source.",
    discussion: """
      Examples:
        simulate-failover manual | man -l -
        simulate-failover manual --output simulate-failover.1
      """, shouldDisplay: false)

  @Option(
    name: .shortAndLong, help: "Write the page to FILE instead of standard output ('-').", completion: .file())
  var output = "-"

  func run() throws {
    let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(SimulateFailover._dumpHelp().utf8))
    let page = ManualPage(tool.command, version: SimulateFailover.configuration.version)
    try Output.write(page.source, to: output)
  }
}

/// What the argument parser says of a program, as far as a manual page needs it.
struct ToolDescription: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable {
      enum Kind: String, Decodable { case long, short, longWithSingleDash }

      var kind: Kind
      var name: String

      var written: String { (kind == .long ? "--" : "-") + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  var command: Command
}
