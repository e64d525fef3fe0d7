/// How text for people is marked up: with terminal colours, or not at all.
public struct Style: Sendable, Hashable {
  public var usesColor: Bool

  public init(usesColor: Bool) { self.usesColor = usesColor }

  public static let plain = Style(usesColor: false)

  package enum Tone: String {
    case strong = "1"
    case faint = "2"
    case bad = "31"
    case good = "32"
    case warning = "33"
    case heading = "36;1"
  }

  package func callAsFunction(_ text: String, _ tone: Tone) -> String {
    usesColor ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }
}
