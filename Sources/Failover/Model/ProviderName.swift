/// A name that somebody else gave; written down as the text it is.
public protocol ProviderName: Codable {
  var rawValue: String { get }
  init(_ rawValue: String)
}

extension ProviderName {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
