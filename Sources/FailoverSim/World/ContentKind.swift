/// What a file holds, as far as it matters for compressing it; the kinds that `simulate-failover bench` measures, by
/// the same names.
public enum ContentKind: String, Sendable, Hashable, CaseIterable {
  case weightsFP32 = "weights-fp32"
  case weightsFP16 = "weights-fp16"
  case weightsBF16 = "weights-bf16"
  /// Weights whose number format is another one, or not known.
  case weightsOther = "weights-other"
  case tokens
  case text
  case csv
  case source
  /// Compressed already.
  case archive
  case other

  /// The kind that a file's name speaks for. A name tells no number format, so weights are `weightsOther`.
  public init(fileName: String) {
    let suffix = fileName.lastIndex(of: ".").map { fileName[fileName.index(after: $0)...].lowercased() } ?? ""
    self = Self.suffixes.first { $0.names.contains(suffix) }?.kind ?? .other
  }

  private static let suffixes: [(kind: ContentKind, names: [String])] = [
    (.weightsOther, ["pt", "pth", "ckpt", "gguf", "onnx", "safetensors"]),
    (.csv, ["csv", "tsv"]),
    (.source, ["py", "swift", "c", "h", "cpp", "js", "ts", "rs", "go", "java", "sh", "sql", "cu"]),
    (.text, ["txt", "md", "json", "jsonl", "yaml", "yml", "log", "html", "xml"]),
    (.archive, ["zip", "gz", "tgz", "zst", "lz4", "xz", "bz2", "png", "jpg", "jpeg", "mp4", "mp3", "parquet"]),
  ]

  /// Data for readers, in which a filter would only destroy what repeats.
  public var isText: Bool { self == .text || self == .csv || self == .source }

  /// The size in bytes of the numbers that it consists of, where that is known.
  public var elementSize: Int? {
    switch self {
    case .weightsFP32: 4
    case .weightsFP16, .weightsBF16, .tokens: 2
    case .weightsOther, .text, .csv, .source, .archive, .other: nil
    }
  }
}
