import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of an object store's answer: its name without a prefix, its text, and what is in it.
struct XMLElement: Sendable, Hashable {
  var name: String
  var text = ""
  var children: [XMLElement] = []

  /// The text of the first child of that name.
  subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

  /// All children of that name.
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The root of a document; `nil` when it is no well-formed XML, or is nested deeper than any answer is.
  ///
  /// External entities are never loaded.
  init?(parsing document: [UInt8]) {
    let builder = Builder()
    let parser = XMLParser(data: Data(document))
    parser.shouldResolveExternalEntities = false
    parser.delegate = builder
    guard parser.parse(), let root = builder.root else { return nil }
    self = root
  }

  private init(named name: String) { self.name = name }

  /// Answers are at most four deep.
  private static let maximumDepth = 16

  private final class Builder: NSObject, XMLParserDelegate {
    var root: XMLElement?
    private var open: [XMLElement] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      guard open.count < XMLElement.maximumDepth else { return parser.abortParsing() }
      open.append(XMLElement(named: String(name.split(separator: ":").last ?? "")))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      guard !open.isEmpty else { return }
      open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
      self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      guard let element = open.popLast() else { return }
      if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
  }
}

/// Text as it is written between tags.
func escapedForXML(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
