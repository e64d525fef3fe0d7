import Failover

extension Pricing {
  init(_ reader: MappingReader) {
    let standard = Pricing.documented
    self.init(
      volume: reader.value(
        "volume", .storagePrice, default: standard.volume, help: "a volume on a GPU host, running or not"),
      standbyDisk: reader.value(
        "standbyDisk", .storagePrice, default: standard.standbyDisk, help: "the standby's disk, running or not"),
      stoppedGPU: reader.value(
        "stoppedGPU", .hourlyPrice, default: standard.stoppedGPU, help: "a GPU that is rented but stopped"),
      objectStorage: reader.value(
        "objectStorage", .storagePrice, default: standard.objectStorage, help: "snapshots kept in object storage"),
      download: reader.value(
        "download", .transferPrice, default: standard.download,
        help: "snapshots fetched from there, beyond what is free"),
      freeDownload: reader.value(
        "freeDownload", .ratio, default: standard.freeDownload,
        help: "so many times the data kept there may be fetched in a month of 30 days for nothing"),
      gpuEgress: reader.value(
        "gpuEgress", .transferPrice, default: standard.gpuEgress, help: "data that leaves a GPU host"),
      standbyEgress: reader.value(
        "standbyEgress", .transferPrice, default: standard.standbyEgress, help: "data that leaves the standby"))
  }
}
