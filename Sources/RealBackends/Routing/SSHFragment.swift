import Failover

/// The text of the file that `FileRouter` keeps: writing it, and reading it back.
enum SSHFragment {
  /// In bytes; more than any fragment that was written here.
  static let largest = 4096

  private static let heading =
    "# Kept by the failover orchestrator; it replaces the whole file at every change."

  /// - Parameter route: `nil` turns users away.
  static func text(endpointName: String, route: HostAddress?) -> String {
    guard let route else {
      let sentence = "\(endpointName) is being moved to another machine; try again in a minute"
      return """
        \(heading)
        Host \(endpointName)
          ProxyCommand sh -c 'echo "\(sentence)" >&2; exit 1'

        """
    }
    return """
      \(heading)
      Host \(endpointName)
        HostName \(route.host)
        Port \(route.port)

      """
  }

  /// Where the text sends users; `nil` when it turns them away.
  ///
  /// - Throws: `.invalidAnswer` with file and line when the text is not one that was written here for this
  ///   endpoint.
  static func route(
    in text: String, endpointName: String, file: String
  ) throws(PortError) -> HostAddress? {
    guard text.utf8.count <= largest else {
      throw PortError(.invalidAnswer, "\(file): more than \(largest) bytes; not a file of this program")
    }
    var found: [String: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(separator: " ", maxSplits: 1)
      guard let keyword = words.first, !keyword.hasPrefix("#") else { continue }
      let keywords = ["Host", "HostName", "Port", "ProxyCommand"]
      let isExpected = found.isEmpty == (keyword == "Host") && keywords.contains(String(keyword))
      guard isExpected, words.count == 2,
        found.updateValue(String(words[1]), forKey: String(keyword)) == nil
      else {
        let shown = ProgramFailure.printable(String(line))
        throw PortError(.invalidAnswer, "\(file):\(index + 1): unexpected line: \(shown)")
      }
    }
    guard found["Host"] == endpointName else {
      throw PortError(.invalidAnswer, "\(file): no entry for \(endpointName)")
    }
    if found["ProxyCommand"] != nil, found.count == 2 { return nil }
    guard found.count == 3, let host = found["HostName"], let port = found["Port"].flatMap({ Int($0) }) else {
      throw PortError(.invalidAnswer, "\(file): HostName and Port expected for \(endpointName)")
    }
    let route = HostAddress(host: host, port: port)
    do throws(PortError) {
      try route.validate()
    } catch {
      throw PortError(.invalidAnswer, "\(file): \(error.detail)")
    }
    return route
  }
}
