/// The manual page in the language of man(7), which every man program reads: all commands on one page.
struct ManualPage {
  let source: String

  init(_ tool: ToolDescription.Command, version: String) {
    var page = Source()
    page.macro("TH", tool.commandName.uppercased(), "1", "", "\(tool.commandName) \(version)", "User Commands")
    // Neither stretched nor hyphenated: much of it is to be copied.
    page.macro("ad", "l")
    page.macro("nh")
    page.macro("SH", "NAME")
    page.text("\(tool.commandName) - \(tool.abstract ?? "")")
    page.macro("SH", "SYNOPSIS")
    let commands = (tool.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    page.bold(tool.commandName, then: " COMMAND [ARGUMENTS]")
    page.macro("br")
    page.bold("\(tool.commandName) --help", then: ", ")
    page.bold("\(tool.commandName) COMMAND --help", then: "")
    page.macro("SH", "DESCRIPTION")
    page.discussion(tool.discussion ?? "")
    page.macro("SH", "COMMANDS")
    for command in commands {
      page.macro("SS", command.commandName)
      page.text(command.abstract ?? "")
      page.macro("PP")
      page.bold("\(tool.commandName) \(command.commandName)", then: Self.synopsis(command))
      page.discussion(command.discussion ?? "")
      for argument in Self.shown(command) { page.entry(argument) }
    }
    page.macro("SH", "ENVIRONMENT")
    page.macro("TP")
    page.bold("NO_COLOR", then: "")
    page.text("Set to anything: no colours, unless --color always asks for them.")
    page.macro("SH", "EXIT STATUS")
    for (code, meaning) in [("0", "fine"), ("1", "it failed at run time"), ("64", "usage or bad input")] {
      page.macro("TP")
      page.bold(code, then: "")
      page.text(meaning)
    }
    source = page.text
  }

  private static func shown(_ command: ToolDescription.Command) -> [ToolDescription.Argument] {
    (command.arguments ?? []).filter { $0.shouldDisplay && $0.names?.contains { $0.name == "version" } != true }
  }

  /// The arguments that stand for themselves; options are listed below.
  private static func synopsis(_ command: ToolDescription.Command) -> String {
    let words = shown(command).filter { $0.kind == .positional }.map { argument in
      let name = "<\(argument.valueName ?? "value")>" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? " [\(name)]" : " \(name)"
    }
    return words.joined() + " [options]"
  }
}

/// Source text under construction.
private struct Source {
  private(set) var text = ""

  mutating func macro(_ name: String, _ arguments: String...) {
    // Only the macros of the package take their arguments in quotes.
    if name == "ad" { return text += ".ad \(arguments.joined(separator: " "))\n" }
    text += ([".\(name)"] + arguments.map { "\"\(Self.escaped($0).replacing("\"", with: "\\(dq"))\"" })
      .joined(separator: " ") + "\n"
  }

  mutating func text(_ line: String) {
    let escaped = Self.escaped(line)
    // A line that begins with one of these would be taken for a command.
    text += (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
  }

  mutating func bold(_ words: String, then rest: String) {
    text += "\\fB\(Self.escaped(words))\\fR\(Self.escaped(rest))\n"
  }

  mutating func entry(_ argument: ToolDescription.Argument) {
    macro("TP")
    let value = argument.valueName.map { "<\($0)>" } ?? ""
    switch argument.kind {
    case .positional: bold(value, then: "")
    case .flag: bold(names(of: argument), then: "")
    case .option: bold(names(of: argument), then: " \(value)")
    }
    let standard = argument.defaultValue.map { " Default: \($0)." } ?? ""
    text((argument.abstract ?? "") + standard)
  }

  private func names(of argument: ToolDescription.Argument) -> String {
    (argument.names ?? []).map(\.written).sorted { ($0.count, $0) < ($1.count, $1) }.joined(separator: ", ")
  }

  /// Paragraphs are filled; indented lines, such as examples, stay as they are.
  mutating func discussion(_ discussion: String) {
    var isIndented = false
    macro("PP")
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      let indented = line.hasPrefix("  ")
      if indented != isIndented { text += indented ? ".RS 4\n.nf\n" : ".fi\n.RE\n" }
      isIndented = indented
      if line.isEmpty {
        macro("PP")
      } else {
        text(String(indented ? line.dropFirst(2) : line))
      }
    }
    if isIndented { text += ".fi\n.RE\n" }
  }

  /// In ASCII, as older readers know no other.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.unicodeScalars.map { scalar in
      if scalar.isASCII { return String(scalar) }
      let hex = String(scalar.value, radix: 16, uppercase: true)
      return "\\[u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex + "]"
    }.joined()
  }
}
