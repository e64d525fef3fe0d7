extension Kind {
  /// The same kind with another message for plain text: one that does not repeat the text, which may be a password that
  /// somebody wrote where only its whereabouts belong.
  public func refusingText(_ message: String) -> Kind {
    let kind = self
    var other = Kind(phrase, shape: { _ in kind.shape }, placeholder: placeholder) { node, place in
      switch node.content {
      case .scalar, .sequence:
        place.report(message, at: node.location)
        return nil
      case .mapping, .null: return kind.read(node, at: place)
      }
    }
    other.describe = describe
    other.format = format
    other.emptyContent = emptyContent
    return other
  }
}

extension Kind<String> {
  /// The name of an environment variable: letters, digits and `_`. Text that is none is not repeated in the message.
  public static var environmentName: Kind {
    let phrase = "the name of an environment variable such as VAST_API_KEY"
    var kind = scalar(
      phrase, shape: { .quantity(noun: "name", pattern: "^[A-Za-z_][A-Za-z0-9_]*$", limits: $0) }, placeholder: "NAME"
    ) { text, place, location in
      let isName =
        text.first?.isNumber == false
        && text.utf8.allSatisfy { byte in
          isDigit(byte) || byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
      if !isName { place.report("expected \(phrase): letters, digits and _", at: location) }
      return isName ? text : nil
    }
    kind.format = { $0 }
    return kind
  }
}
