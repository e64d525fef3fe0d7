extension Calibration {
  /// The JSON Schema (draft 2020-12) of a calibration file.
  public static let schema = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Calibration of compression, written by simulate-failover bench --calibrate",
      "type": "object",
      "required": ["schemaVersion", "measuredAt", "machine", "libraries", "entries"],
      "additionalProperties": false,
      "properties": {
        "schemaVersion": { "const": \(currentVersion) },
        "measuredAt": { "type": "string", "description": "ISO 8601, UTC" },
        "machine": {
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
        },
        "libraries": {
          "type": "object",
          "required": ["lz4", "zstd"],
          "additionalProperties": false,
          "properties": { "lz4": { "type": "string" }, "zstd": { "type": "string" } }
        },
        "entries": {
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "kind", "synthetic", "method", "chunkBytes", "threads", "contentBytes", "compressedBytes",
              "compressBytesPerSecond", "decompressBytesPerSecond", "decompressFreshBytesPerSecond"
            ],
            "additionalProperties": false,
            "properties": {
              "kind": { "enum": [\(DataKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))] },
              "synthetic": { "type": "boolean", "description": "generated data, not the user's" },
              "method": {
                "type": "object",
                "required": ["codec", "filter"],
                "additionalProperties": false,
                "properties": {
                  "codec": { "type": "string", "description": "lz4:N, lz4hc:N, zstd:N or memcpy" },
                  "filter": { "type": "string", "description": "none, shuffle:N or bitshuffle:N" }
                }
              },
              "chunkBytes": { "type": "integer", "minimum": 1 },
              "threads": { "type": "integer", "minimum": 1 },
              "contentBytes": { "type": "integer", "minimum": 1 },
              "compressedBytes": { "type": "integer", "minimum": 1 },
              "compressBytesPerSecond": { "type": "integer", "minimum": 1 },
              "decompressBytesPerSecond": { "type": "integer", "minimum": 1 },
              "decompressFreshBytesPerSecond": { "type": "integer", "minimum": 1 }
            }
          }
        }
      }
    }
    """
}
