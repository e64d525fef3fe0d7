import Failover
import FailoverSim

// The defaults of the simulated world. Sources: "documents" are the published ones this project reproduces (the standby
// and report texts); "measured" are figures taken with real programs on loopback or published logs, as each line says.

extension GPUModel {
  init(_ reader: MappingReader) {
    self.init(
      id: reader.value("id", .instance, default: InstanceID("1000"), help: "the instance that serves at the start"),
      address: reader.value(
        "address", .address, default: HostAddress(host: "gpu.example", port: 22), help: "where it answers ssh"),
      // Documents: an RTX 4090 at $0.30 to $0.50 an hour.
      price: reader.value(
        "price", .hourlyPrice, default: HourlyPrice(perHour: .cents(40)), help: "what it costs while it runs"),
      // Documents: 2 to 5 minutes.
      boot: reader.value(
        "boot", .delay, default: .triangular(low: 120, mode: 180, high: 300),
        help: "from the order until an instance runs"),
      // Documents: 30 to 60 s.
      sshStart: reader.value(
        "sshStart", .delay, default: .uniform(low: 30, high: 60), help: "from running until ssh answers"),
      hostTimes: reader.hostTimes)
    heartbeats = reader.section("heartbeats", help: "what becomes of heartbeats", HeartbeatModel.init)
    isRentedAtStart = reader.value(
      "rentedAtStart", .bool, default: true,
      help: "whether a GPU serves at the start; otherwise the first one is rented, too, as always with a warm pool")
  }
}

extension StandbyModel {
  init(_ reader: MappingReader) {
    self.init(
      id: reader.value("id", .instance, default: InstanceID("standby"), help: "its name at the provider"),
      address: reader.value(
        "address", .address, default: HostAddress(host: "standby.example", port: 22), help: "where it answers ssh"),
      // Measured on GCP: an insert of a CPU machine takes p10 7.7, p50 20.5, p90 38.7, p99 75.5 s (n = 1440).
      creation: reader.value(
        "creation", .delay, default: .lognormal(median: 20.5, sigma: 0.6), help: "from the order until it runs"),
      describe: reader.value(
        "describe", .delay, default: .uniform(low: 0.2, high: 0.5), help: "asking the provider about it"),
      hostTimes: reader.hostTimes,
      startsFilled: reader.value(
        "startsFilled", .bool, default: false,
        help: "whether its image already holds the workspace; otherwise the first sync copies everything"))
  }
}

extension MappingReader {
  /// What both kinds of host have in common.
  fileprivate var hostTimes: HostTimes {
    let probes = section("probes", help: "how long one health check takes, by method") { reader in
      (
        times: [
          .api: reader.value(
            "api", .delay, default: .uniform(low: 0.1, high: 0.4), help: "asking the provider"),
          .tcp: reader.value(
            "tcp", .delay, default: .uniform(low: 0.02, high: 0.1), help: "opening a connection"),
          .ssh: reader.value(
            "ssh", .delay, default: .uniform(low: 0.05, high: 0.2), help: "reading the ssh greeting"),
          .process: reader.value(
            "process", .delay, default: .uniform(low: 0.3, high: 1), help: "asking for the process over ssh"),
        ] as [ProbeMethod: Distribution],
        noise: reader.section("noise", help: "how often a check by one method is wrong", CheckNoise.init)
      )
    }
    var times = HostTimes(
      // Measured with rsync 3.5 over ssh: 0.4 s for a pass that finds nothing to send.
      scan: value(
        "scan", .delay, default: .constant(0.4), help: "listing the workspace before a sync sends anything"),
      inspect: value(
        "inspect", .delay, default: .uniform(low: 0.2, high: 0.5), help: "looking whether the workspace is there"),
      // 1.2 GB at the 0.5 GB/s that one core hashes.
      digest: value(
        "digest", .delay, default: .uniform(low: 2, high: 3), help: "fingerprinting the workspace"),
      probes: probes.times)
    times.noise = probes.noise
    return times
  }
}

extension MarketplaceModel {
  init(_ reader: MappingReader) {
    let listed = reader.value(
      "offers", .list(of: .mapping(ListedOffer.init), atLeast: 1), default: [.standard], help: "what is for rent")
    self.init(
      offers: listed.flatMap(\.offers),
      newInstances: reader.value(
        "newInstances",
        .list(
          of: .mapping { item in
            NewInstance(
              id: item.required("id", .instance, help: "its name"),
              address: item.required("address", .address, help: "where it answers ssh"))
          }), default: [], help: "names for new instances, in order; later ones are numbered"),
      // Documents: about 1 s.
      search: reader.value(
        "search", .delay, default: .uniform(low: 0.5, high: 2), help: "searching offers"),
      create: reader.value(
        "create", .delay, default: .uniform(low: 1, high: 3), help: "ordering an instance"),
      describe: reader.value(
        "describe", .delay, default: .uniform(low: 0.2, high: 0.5), help: "asking about an instance"),
      destroy: reader.value(
        "destroy", .delay, default: .uniform(low: 0.5, high: 1.5), help: "giving an instance back"))
    singleGPUs = Set(listed.filter(\.isLimited).flatMap(\.offers).map(\.id))
    reader.check(
      Set(offers.map(\.id)).count == offers.count, "offers", message: "two offers have the same id")
  }
}

extension NetworkModel {
  init(_ reader: MappingReader) {
    self.init(
      // Documents: 100 Mbit/s, rsync about 6 MB/s.
      link: reader.value(
        "link", .dataRate.positive, default: .megabitsPerSecond(100), help: "what a link carries each way"),
      rsync: reader.value(
        "rsync", .dataRate.positive, default: .megabytesPerSecond(6), help: "what rsync over ssh moves at most"),
      // Measured with ServerAliveInterval=3 and ServerAliveCountMax=3.
      keepAlive: reader.value(
        "keepAlive", .duration, default: .milliseconds(11_400),
        help: "from the loss of a host until ssh gives up a connection to it"))
  }
}

extension EndpointModel {
  init(_ reader: MappingReader) {
    self.init(
      // Documents: 2 to 5 s to redirect.
      change: reader.value(
        "change", .delay, default: .uniform(low: 2, high: 5), help: "pointing it elsewhere"),
      hold: reader.value(
        "hold", .delay, default: .uniform(low: 0.1, high: 0.5), help: "turning users away"),
      verify: reader.value(
        "verify", .delay, default: .uniform(low: 0.1, high: 0.5), help: "asking where it points"))
  }
}

extension WorkspaceModel {
  init(_ reader: MappingReader) {
    self.init(
      path: reader.value("path", .text, default: "/workspace", help: "the directory that is kept in step"),
      files: reader.value(
        "files",
        .list(
          of: .mapping { item in
            File(
              name: item.required("name", .text, help: "its name"),
              size: item.required("size", .byteCount, help: "such as 950MB"),
              kind: item.optional(
                "kind", .choice(ContentKind.self), help: "what it holds, for compressing it; default: by its name"))
          }, atLeast: 1), default: Self.documented, help: "what it holds"),
      // Documents: 40 MB in each cycle of 30 s.
      dirtyRate: reader.value(
        "dirtyRate", .dataRate, default: DataRate(bytesPerSecond: 1_333_333), help: "how fast work changes bytes"),
      // Documents: 80 % "dedup".
      deltaReduction: reader.value(
        "deltaReduction", .fraction, default: .percent(80),
        help: "the share of changed bytes that comparing with the older copy saves"))
  }

  /// The workspace of the documents' report: 1.2 GB.
  private static let documented = [
    File(name: "model.pt", size: .megabytes(950)), File(name: "data.csv", size: .megabytes(240)),
    File(name: "config.json", size: .kilobytes(2)),
  ]
}

extension Kind<InstanceID> {
  static var instance: Kind { Kind<String>.text.map(InstanceID.init) { $0.rawValue } }
}
