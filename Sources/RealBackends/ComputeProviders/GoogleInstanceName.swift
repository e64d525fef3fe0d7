import Crypto
import Failover
import Foundation

/// The name of a machine, made of its label: the same label always gives the same name, which is why a second machine
/// of a label is refused by Google itself.
enum GoogleInstanceName {
  /// In characters (RFC 1035).
  static let longest = 63

  /// The label itself where it can be a name (small letters, digits and hyphens, a letter first, no hyphen last);
  /// otherwise what can be kept of it, and eight digits of its SHA-256, so that two labels do not get one name.
  static func name(for label: String) -> String {
    if isName(label) { return label }
    let small = label.lowercased().utf8.map { GoogleSettings.isNameByte($0) ? $0 : UInt8(ascii: "-") }
    let kept = String(decoding: small.drop { !isLetter($0) }.prefix(longest - 9), as: UTF8.self)
    let digest = SHA256.hash(data: Data(label.utf8)).prefix(4)
    let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return (kept.isEmpty ? "failover" : kept) + "-" + digits
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return text.utf8.count <= longest && text.utf8.allSatisfy(GoogleSettings.isNameByte) && isLetter(first)
      && last != UInt8(ascii: "-")
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
