import Compression
import Foundation

/// What saving and restoring a folder end to end took, in process and by a shell.
public struct PipelineReport: Hashable, Sendable, Codable {
  public var schemaVersion = 1
  public var machine: MachineDescription
  public var libraries: LibraryVersions
  /// The folder's size as a tar stream.
  public var bytes: Int64
  /// Limits of the link in bytes per second; none when the storage is as fast as the disk.
  public var uploadBytesPerSecond: Int64?
  public var downloadBytesPerSecond: Int64?
  public var runs: [Run]
  /// The most memory this process held at any time.
  public var peakMemoryBytes: Int64

  /// One method.
  public struct Run: Hashable, Sendable, Codable {
    /// `in process`, or the shell's command line.
    public var program: String
    public var method: String
    public var threads: Int
    public var storedBytes: Int64
    public var save: Direction
    public var restore: Direction
  }

  /// One way through the pipeline.
  public struct Direction: Hashable, Sendable, Codable {
    public var seconds: Double
    /// How long each stage was busy, in seconds; with several threads or stages at work at once they add up
    /// to more than the time that passed. Empty for a shell, which does not tell.
    public var stages: [Stage]
  }

  public struct Stage: Hashable, Sendable, Codable {
    public var name: String
    public var seconds: Double
  }
}

extension PipelineReport {
  public func rendered(as format: ReportFormat) throws -> String {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    case .csv:
      let table = table
      return ([table.columns.map(\.title)] + table.rows)
        .map { $0.map(csvField).joined(separator: ",") }.joined(separator: "\n") + "\n"
    case .text: return "\(heading)\n\n\(table.text())\n"
    case .markdown: return "\(heading)\n\n\(table.markdown())\n"
    }
  }

  private var heading: String {
    func limit(_ rate: Int64?) -> String { rate.map { "\(Format.bytes($0))/s" } ?? "unlimited" }
    return """
      \(machine.cpu), \(machine.cpus) CPUs, load \(Format.fixed(machine.loadAverage, 2)) at the start; \
      LZ4 \(libraries.lz4), zstd \(libraries.zstd)
      A tar stream of \(Format.bytes(bytes)), upload \(limit(uploadBytesPerSecond)), \
      download \(limit(downloadBytesPerSecond)); at most \(Format.bytes(peakMemoryBytes)) of memory. \
      Every restored file was compared with the original.
      The stages are seconds of work; they overlap.
      """
  }

  private var table: Table {
    let titles = ["program", "method", "threads", "ratio", "direction", "seconds", "MB/s", "stages"]
    var table = Table(
      columns: titles.map {
        .init(title: $0, isNumber: ["threads", "ratio", "seconds", "MB/s"].contains($0))
      })
    for run in runs {
      for (name, direction) in [("save", run.save), ("restore", run.restore)] {
        let stages = direction.stages.map { "\($0.name) \(Format.fixed($0.seconds, 2))" }
        table.rows.append([
          run.program, run.method, "\(run.threads)",
          Format.fixed(Double(bytes) / Double(max(run.storedBytes, 1)), 2), name,
          Format.fixed(direction.seconds, 2),
          Format.significant(Double(bytes) / 1e6 / max(direction.seconds, 1e-9)),
          stages.joined(separator: ", "),
        ])
      }
    }
    return table
  }
}
