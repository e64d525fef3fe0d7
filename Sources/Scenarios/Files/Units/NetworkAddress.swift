/// A host and a port, written `gpu-1.example:22` or `[::1]:8080`.
public struct NetworkAddress: Sendable, Hashable {
  /// A name or an address, an IPv6 address without its brackets.
  public let host: String
  /// 1 to 65535.
  public let port: Int

  /// Takes a host and a port apart; `nil` when the text is not both.
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

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

extension NetworkAddress: CustomStringConvertible {
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
