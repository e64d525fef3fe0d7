/// The candidate that `word` was most likely meant to be, or `nil` when none is near.
///
/// Letter case, `_`, `-` and spaces do not count as differences, so `failure_threshold` finds
/// `failureThreshold`; otherwise about one edit in three letters is allowed, a swap of neighbours being one.
/// The first of equally near candidates wins.
func nearest<Candidates: Sequence<String>>(to word: String, among candidates: Candidates) -> String? {
  let plain = folded(word)
  guard !plain.isEmpty, plain.count <= 200 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let other = folded(candidate)
    let allowed = max(1, min(plain.count, other.count) / 3)
    guard abs(plain.count - other.count) <= allowed else { continue }
    let distance = editDistance(plain, other)
    // A word of one or two letters has too little left after an edit to recognise it by.
    guard distance == 0 || (distance <= allowed && plain.count > 2) else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
  }
  return best?.name
}

private func folded(_ word: String) -> [UInt8] {
  word.lowercased().utf8.filter {
    $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ")
  }
}

/// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var edits = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { edits = min(edits, beforeLast[j - 1] + 1) }
      row.append(edits)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}

/// Text from a file made fit for a message: in quotes, on one line, and not endless.
func quoted(_ text: String) -> String { "'\(shortened(text, to: 60))'" }

/// The text without control characters and with at most `limit` characters, an ellipsis marking what was cut.
func shortened(_ text: String, to limit: Int) -> String {
  let scalars = text.unicodeScalars
  var result = ""
  for scalar in scalars.prefix(limit) {
    switch scalar {
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    default:
      let isHidden =
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      result += isHidden ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }
  return scalars.dropFirst(limit).isEmpty ? result : result + "…"
}

/// `a`, `a or b`, `a, b or c`.
func alternatives(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}
