import Foundation

/// What a file holds, as far as it matters for compressing it.
public enum DataKind: String, Hashable, Sendable, CaseIterable, Codable {
  case weightsFP32 = "weights-fp32"
  case weightsFP16 = "weights-fp16"
  case weightsBF16 = "weights-bf16"
  /// Weights whose number format is another one or not known from the file's header.
  case weightsOther = "weights-other"
  case tokens
  case text
  case csv
  case source
  /// Compressed already: archives, images, media.
  case archive
  case other

  /// The size of the numbers the data consists of, where it does.
  public var elementSize: ElementSize? {
    switch self {
    case .weightsFP32: .four
    case .weightsFP16, .weightsBF16, .tokens: .two
    case .weightsOther, .text, .csv, .source, .archive, .other: nil
    }
  }

  /// Data for readers, in which a filter would only destroy what repeats.
  public var isText: Bool { self == .text || self == .csv || self == .source }
}

extension DataKind {
  /// Tells the kind from the file's name and its first bytes (a few KiB suffice; for safetensors the whole
  /// header, see `SafetensorsHeader`, or the kind is `weightsOther`).
  public init(name: String, head: [UInt8]) {
    let suffix = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    if suffix == "safetensors" {
      self = (try? SafetensorsHeader(parsing: head))?.kind ?? .weightsOther
    } else if Self.weightSuffixes.contains(suffix) {
      self = .weightsOther
    } else if Self.archiveSuffixes.contains(suffix) || Self.hasArchiveMagic(head) {
      self = .archive
    } else if let kind = Self.textKind(suffix), !head.contains(0) {
      self = kind  // by its name, whatever its encoding
    } else {
      self = Self.looksLikeText(head) ? .text : .other
    }
  }

  private static func textKind(_ suffix: String) -> DataKind? {
    if suffix == "csv" || suffix == "tsv" { return .csv }
    return sourceSuffixes.contains(suffix) ? .source : nil
  }

  /// Whether bytes read as text: no zero byte and hardly any control character. UTF-8 counts as text.
  public static func looksLikeText(_ bytes: [UInt8]) -> Bool {
    var controls = 0
    for byte in bytes {
      if byte == 0 { return false }
      if byte < 32, byte != 9, byte != 10, byte != 12, byte != 13, byte != 27 { controls += 1 }
    }
    // Bytes from 128 on occur in binary data at random, in UTF-8 only in valid sequences.
    return controls * 50 <= bytes.count && isPlausibleUTF8(bytes)
  }

  /// Latin-1 text is rare and compresses like any other; what is not UTF-8 in more than 2 % of its bytes is
  /// binary.
  private static func isPlausibleUTF8(_ bytes: [UInt8]) -> Bool {
    let decoded = String(decoding: bytes, as: UTF8.self)
    let replaced = decoded.unicodeScalars.reduce(0) { $0 + ($1 == "\u{FFFD}" ? 1 : 0) }
    return replaced * 50 <= max(bytes.count, 100)
  }

  private static func hasArchiveMagic(_ head: [UInt8]) -> Bool {
    archiveMagics.contains { head.starts(with: $0) }
  }

  private static let archiveMagics: [[UInt8]] = [
    [0x50, 0x4B, 3, 4],  // zip
    [0x1F, 0x8B],  // gzip
    [0x28, 0xB5, 0x2F, 0xFD],  // zstd
    [0x04, 0x22, 0x4D, 0x18],  // LZ4
    [0xFD, 0x37, 0x7A, 0x58, 0x5A],  // xz
    [0x42, 0x5A, 0x68],  // bzip2
    [0x37, 0x7A, 0xBC, 0xAF],  // 7z
    [0x89, 0x50, 0x4E, 0x47],  // PNG
    [0xFF, 0xD8, 0xFF],  // JPEG
  ]
  private static let archiveSuffixes: Set<String> = [
    "zip", "gz", "tgz", "zst", "lz4", "xz", "bz2", "7z", "whl", "jar", "png", "jpg", "jpeg", "webp",
    "mp4", "mp3", "parquet",
  ]
  private static let weightSuffixes: Set<String> = ["pt", "pth", "ckpt", "gguf", "onnx"]
  private static let sourceSuffixes: Set<String> = [
    "py", "pyi", "swift", "c", "h", "cc", "cpp", "hpp", "m", "js", "ts", "rs", "go", "java", "kt", "rb",
    "sh", "pl", "lua", "sql", "cu", "cuh", "proto",
  ]
}
