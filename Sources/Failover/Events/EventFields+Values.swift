// The particulars of the values that events carry.

extension Instance {
  var fields: [EventField] {
    [
      EventField("instance", id), EventField("address", address?.description ?? ""),
      EventField("price", .price(price)),
    ]
  }
}

extension Offer {
  var fields: [EventField] {
    [
      EventField("offer", id), EventField("gpu", gpuName), EventField("region", region),
      EventField("price", .price(price)),
    ]
  }
}

extension SyncReport {
  var fields: [EventField] {
    [
      EventField("files", files), EventField("bytesSent", .bytes(bytesSent)),
      EventField("duration", duration),
    ]
  }
}

extension SyncPoint {
  var fields: [EventField] {
    [EventField("lastSyncStarted", started), EventField("lastSyncCompleted", completed)]
  }
}

extension PortError {
  var fields: [EventField] {
    [EventField("reason", reason.rawValue), EventField("detail", detail)]
  }
}

extension Notification {
  var fields: [EventField] {
    [EventField("subject", subject.rawValue), EventField("message", message)]
  }
}

extension Detection {
  var fields: [EventField] {
    switch self {
    case .checks(let failures, let threshold):
      [EventField("failures", failures), EventField("threshold", threshold)]
    case .silence(let duration): [EventField("by", "heartbeat"), EventField("silence", duration)]
    case .notice: [EventField("by", "notice")]
    }
  }
}

extension Volume {
  var fields: [EventField] {
    [
      EventField("volume", id.rawValue), EventField("size", .bytes(size)),
      EventField("machine", machine.rawValue),
    ]
  }
}

extension SnapshotReport {
  var fields: [EventField] {
    [EventField("snapshot", id.rawValue)]
      + (base.map { [EventField("base", $0.rawValue)] } ?? []) + [
        EventField("content", .bytes(content)), EventField("stored", .bytes(stored)),
        EventField("duration", duration), EventField("compression", compression),
        EventField("storage", storage),
      ]
  }
}

extension SnapshotRestoreReport {
  var fields: [EventField] {
    [
      EventField("snapshot", id.rawValue), EventField("downloaded", .bytes(downloaded)),
      EventField("content", .bytes(content)), EventField("download", download),
      EventField("decompress", decompress), EventField("unpack", unpack),
      EventField("duration", duration),
    ] + (record?.fieldsOfRestore ?? [])
  }
}

extension SnapshotRecord {
  /// What is told of a snapshot beside its restore.
  fileprivate var fieldsOfRestore: [EventField] {
    [
      EventField("stored", .bytes(report.stored)), EventField("creation", report.duration),
      EventField("compression", report.compression), EventField("storage", report.storage),
      EventField("snapshotStarted", point.started), EventField("snapshotCompleted", point.completed),
    ]
  }
}

extension InferenceReport {
  var fields: [EventField] {
    [EventField("model", model), EventField("load", load), EventField("answer", answer)]
  }
}
