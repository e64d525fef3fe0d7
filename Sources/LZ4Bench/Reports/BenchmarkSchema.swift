import Compression

/// A document that `bench --format json` writes, and its JSON Schema (draft 2020-12).
public enum BenchmarkDocument: String, Sendable, Hashable, CaseIterable {
  case report = "bench"
  case claims = "bench-claims"
  case pipeline = "bench-pipeline"

  /// One line for people.
  public var summary: String {
    switch self {
    case .report: "the result of bench --format json"
    case .claims: "the result of bench --claims --format json"
    case .pipeline: "the result of bench --pipeline --format json"
    }
  }

  /// The schema as a JSON document. A member that is not required is left out where there is nothing to say of it.
  public var schema: String {
    let (required, members) =
      switch self {
      case .report: (["rows", "problems"], Self.rows)
      case .claims: (["verdicts"], Self.verdicts)
      case .pipeline: (["bytes", "runs", "peakMemoryBytes"], Self.runs)
      }
    let keys = (["schemaVersion", "machine", "libraries"] + required).map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "simulate-failover: \(summary)",
        "type": "object",
        "required": [\(keys)],
        "additionalProperties": false,
        "properties": {
          "schemaVersion": { "const": 1 },
          "machine": \(Self.machine),
          "libraries": {
            "type": "object",
            "required": ["lz4", "zstd"],
            "additionalProperties": false,
            "properties": { "lz4": { "type": "string" }, "zstd": { "type": "string" } }
          },
      \(members)
        }
      }

      """
  }

  private static let kinds = DataKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

  private static let machine = """
    {
            "type": "object",
            "required": [
              "cpu", "cpus", "architecture", "system", "memoryBytes", "pageBytes", "hugePages", "loadAverage"
            ],
            "additionalProperties": false,
            "properties": {
              "cpu": { "type": "string" },
              "cpus": { "type": "integer" },
              "architecture": { "type": "string" },
              "system": { "type": "string" },
              "memoryBytes": { "type": "integer" },
              "pageBytes": { "type": "integer" },
              "hugePages": { "type": "string", "description": "always, madvise, never or unknown" },
              "loadAverage": { "type": "number", "description": "of the last minute, at the start" }
            }
          }
    """

  private static let rates = """
    {
                  "type": "object",
                  "description": "MB (10⁶ bytes) of content per second; cpu: per second of CPU time on all threads",
                  "required": ["fastest", "median", "cpu"],
                  "additionalProperties": false,
                  "properties": {
                    "fastest": { "type": "number" }, "median": { "type": "number" }, "cpu": { "type": "number" }
                  }
                }
    """

  private static let rows = """
        "rows": {
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "input", "kind", "synthetic", "bytes", "compressedBytes", "codec", "filter", "chunkBytes", "threads",
              "ratio", "compress", "decompress", "decompressFresh", "stored"
            ],
            "additionalProperties": false,
            "properties": {
              "input": { "type": "string" },
              "kind": { "enum": [\(kinds)] },
              "synthetic": { "type": "boolean", "description": "generated data, not the user's" },
              "bytes": { "type": "integer", "minimum": 0 },
              "compressedBytes": { "type": "integer", "minimum": 0 },
              "codec": { "type": "string", "description": "lz4:N, lz4hc:N, zstd:N or memcpy" },
              "filter": { "type": "string", "description": "none, shuffle:N or bitshuffle:N" },
              "chunkBytes": { "type": "integer", "minimum": 1 },
              "threads": { "type": "integer", "minimum": 1 },
              "ratio": { "type": "number", "description": "content over compressed size" },
              "compress": \(rates),
              "decompress": \(rates),
              "decompressFresh": { "type": "number", "description": "MB/s into memory that is not there yet" },
              "streamCompress": \(rates),
              "streamDecompress": \(rates),
              "stored": { "type": "boolean", "description": "it did not shrink and was stored as it is" }
            }
          }
        },
        "problems": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["path", "reason"],
            "additionalProperties": false,
            "properties": { "path": { "type": "string" }, "reason": { "type": "string" } }
          }
        }
    """

  private static let verdicts = """
        "verdicts": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["claim", "input", "kind", "synthetic", "holds", "figures"],
            "additionalProperties": false,
            "properties": {
              "claim": { "type": "string" },
              "input": { "type": "string" },
              "kind": { "enum": [\(kinds)] },
              "synthetic": { "type": "boolean" },
              "holds": { "type": "boolean" },
              "figures": { "type": "string" }
            }
          }
        }
    """

  private static let direction = """
    {
                "type": "object",
                "required": ["seconds", "stages"],
                "additionalProperties": false,
                "properties": {
                  "seconds": { "type": "number", "minimum": 0 },
                  "stages": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["name", "seconds"],
                      "additionalProperties": false,
                      "properties": { "name": { "type": "string" }, "seconds": { "type": "number" } }
                    }
                  }
                }
              }
    """

  private static let runs = """
        "bytes": { "type": "integer", "minimum": 0, "description": "the folder as a tar stream" },
        "uploadBytesPerSecond": { "type": "integer", "minimum": 1 },
        "downloadBytesPerSecond": { "type": "integer", "minimum": 1 },
        "peakMemoryBytes": { "type": "integer", "minimum": 0 },
        "runs": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["program", "method", "threads", "storedBytes", "save", "restore"],
            "additionalProperties": false,
            "properties": {
              "program": { "type": "string" },
              "method": { "type": "string" },
              "threads": { "type": "integer", "minimum": 1 },
              "storedBytes": { "type": "integer", "minimum": 0 },
              "save": \(direction),
              "restore": \(direction)
            }
          }
        }
    """
}
