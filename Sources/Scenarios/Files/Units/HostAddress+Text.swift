import Failover

extension HostAddress {
  /// Takes `gpu-1.example:22` or `[::1]:8080` apart; `nil` when the text is not a host and a port.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.count <= 5, digits.utf8.allSatisfy(isDigit), let port = Int(digits),
      (1...65535).contains(port)
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.first == "[" && host.last == "]" && host.count > 2
    if isBracketed { host = host.dropFirst().dropLast() }
    let allowed = isBracketed ? ":.%-_" : ".-_"
    guard !host.isEmpty, host.count <= 253,
      host.allSatisfy({ ($0.isASCII && ($0.isLetter || $0.isNumber)) || allowed.contains($0) })
    else { return nil }
    guard !isBracketed || host.contains(":") else { return nil }
    self.init(host: String(host), port: port)
  }
}
