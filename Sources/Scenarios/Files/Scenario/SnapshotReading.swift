import Failover
import FailoverSim

/// What a scenario says of snapshots: when they are taken, and what they pass through.
struct SnapshotSettings: Sendable {
  var policy: SnapshotPolicy
  var model: SnapshotModel
  var compression: SnapshotCompression
  var threads: Int
  /// A calibration in place of the project's own measurements, relative to the scenario's file.
  var calibration: String?

  init(_ reader: MappingReader) {
    policy = SnapshotPolicy(reader)
    model = SnapshotModel(reader)
    compression = reader.value(
      "method", .compression, default: .method(CompressionMethod(.lz4)),
      help: "none, a method such as lz4:1 or bitshuffle:2+lz4:1, or adaptive: what is quickest, by kind of file")
    threads = reader.value(
      "threads", .count.atLeast(1), default: 1, help: "how many compress; as many as were measured at most")
    calibration = reader.optional(
      "calibration", .text,
      help: "what bench --calibrate measured, relative to this file; default: reports/compression.md")
  }

  /// The model with what compressing these files gives.
  ///
  /// - Throws: `CompressionUnknown` when the table does not have what is needed.
  func model(
    for workspace: WorkspaceModel, over network: NetworkModel, _ table: CompressionTable = .measuredHere
  ) throws(CompressionUnknown) -> SnapshotModel {
    var model = model
    model.compression = try CompressionProfile(
      of: workspace.files, by: compression, table, threads: threads,
      upload: min(model.upload, network.link), download: min(model.download, network.link))
    return model
  }
}

extension SnapshotPolicy {
  init(_ reader: MappingReader) {
    let interval = reader.value(
      "interval", .duration.positive, default: .seconds(30), help: "from the start of one to the start of the next")
    let fullEvery = reader.value(
      "fullEvery", .count, default: 1, help: "every so many one is whole, the others hold what has changed")
    reader.check(
      fullEvery >= 1, "fullEvery",
      message: "must be at least 1: what has changed can only be kept on top of a whole snapshot")
    // The documents name no number.
    let keep = reader.value(
      "keep", .count, default: 3, help: "how many whole snapshots are kept, with those that build on them")
    reader.check(keep >= 1, "keep", message: "must be at least 1: without any there would be nothing to restore")
    self.init(
      interval: interval, fullEvery: fullEvery, keep: keep,
      timeout: reader.value(
        "timeout", .duration.positive, default: .seconds(1800), help: "when a snapshot is given up"),
      restoreTimeout: reader.value(
        "restoreTimeout", .duration.positive, default: .seconds(1800), help: "when a restore is given up"),
      retry: reader.section(
        "retry", help: "waits after failed snapshots and restores",
        Backoff.reading(default: Backoff(initial: .seconds(5), maximum: .seconds(60)))))
  }
}

extension SnapshotModel {
  init(_ reader: MappingReader) {
    let standard = SnapshotModel()
    self.init()
    storage = reader.value("storage", .text, default: standard.storage, help: "the service, such as B2 or R2")
    upload = reader.value(
      "upload", .dataRate.positive, default: standard.upload, help: "what the service takes, whatever the host's link")
    download = reader.value(
      "download", .dataRate.positive, default: standard.download, help: "what it gives")
    read = reader.value("read", .dataRate.positive, default: standard.read, help: "what tar reads from the disk")
    write = reader.value("write", .dataRate.positive, default: standard.write, help: "what tar writes to it")
    chunk = reader.value(
      "chunk", .byteCount.positive, default: standard.chunk, help: "what the stages hand to each other")
    request = reader.value("request", .delay, default: standard.request, help: "asking the service")
    damaged = reader.value(
      "damaged", .fraction, default: standard.damaged, help: "the share of snapshots that cannot be restored")
  }
}

/// The model that must answer on a new GPU.
struct InferenceSettings: Sendable {
  var name: String
  var model: InferenceModel

  init(_ reader: MappingReader) {
    let standard = InferenceModel()
    name = reader.value("model", .text, default: "qwen2.5:0.5b", help: "the model that is started")
    model = standard
    model.serverStart = reader.value(
      "serverStart", .delay, default: standard.serverStart, help: "until the server takes questions")
    model.load = reader.value("load", .delay, default: standard.load, help: "loading the model")
    model.answer = reader.value("answer", .delay, default: standard.answer, help: "until the first answer")
    model.failures = reader.value(
      "failures", .fraction, default: standard.failures, help: "the share of starts without an answer")
  }
}

extension Kind<SnapshotCompression> {
  static var compression: Kind {
    let phrase = "a method of compression such as lz4:1 or shuffle:4+zstd:1"
    var kind = scalar(phrase, shape: { _ in .text }, placeholder: .none) { text, place, location in
      do throws(CompressionUnknown) {
        return try SnapshotCompression(parsing: text)
      } catch {
        place.report(error.description, at: location)
        return nil
      }
    }
    kind.format = { $0.description }
    return kind
  }
}
