import Failover
import RealBackends
import Scenarios

extension BackendSettings {
  public struct SSH: Sendable, Hashable {
    public enum HostKeys: String, Sendable, Hashable, CaseIterable {
      /// Only those of the known hosts' file.
      case strict
      /// Those of hosts never seen before as well, which are added to it.
      case acceptNew
    }

    public var user: String
    public var identityFile: String?
    public var knownHosts: String?
    public var hostKeys: HostKeys
    public var configFile: String?
    public var connectTimeout: Duration

    init(_ reader: MappingReader) {
      // What Vast.ai's images have, and what this project's standby is set up with.
      user = reader.value("user", .text, default: "root", help: "the account on the hosts")
      identityFile = reader.optional(
        "identityFile", .text, help: "the private key, the only one that is offered; default: the agent and ssh's own")
      knownHosts = reader.optional("knownHosts", .text, help: "the file of known host keys; default: ssh's own")
      hostKeys = reader.value(
        "hostKeys", .choice(HostKeys.self), default: .acceptNew,
        help: "strict: known keys only; acceptNew: those of new machines, too. A changed key is always refused")
      configFile = reader.optional("configFile", .text, help: "read instead of ~/.ssh/config")
      connectTimeout = reader.value(
        "connectTimeout", .duration.positive, default: .seconds(10), help: "for a connection and the server's greeting")
    }
  }

  public struct Sync: Sendable, Hashable {
    public var relay: RsyncFileSync.RelayMethod
    public var stagingDirectory: String
    public var forwardsAgent: Bool
    public var options: RsyncOptions
    public var sourceGuard: SourceGuard?

    init(_ reader: MappingReader) {
      relay = reader.value(
        "relay", .choice(RsyncFileSync.RelayMethod.self), default: .staged,
        help: "staged: by a copy on this machine; streamed: through it, twice as fast, but the source needs a way in")
      stagingDirectory = reader.value(
        "stagingDirectory", .text, default: "~/.cache/failover-staging",
        help: "for staged relays: room for the workspace")
      forwardsAgent = reader.value(
        "forwardAgent", .bool, default: true, help: "whether the source may use this machine's ssh agent to get in")
      let fileUpdate = reader.value(
        "fileUpdate", .choice([("replace", RsyncOptions.FileUpdate.replace), ("inPlace", .inPlace)]), default: .replace,
        help: "replace: never a file half old and half new; inPlace: less writing for large files")
      let comparison = reader.value(
        "comparison", .choice([("sizeAndTime", RsyncOptions.Comparison.sizeAndTime), ("content", .content)]),
        default: .sizeAndTime, help: "when a file counts as unchanged; content reads everything at every pass")
      let compression = reader.value(
        "compression",
        .choice([("none", RsyncOptions.Compression.none), ("lz4", .lz4), ("zstd", .zstd(level: 1))]), default: .none,
        help: "zstd pays on slow links")
      let blockSize = reader.optional(
        "blockSize", .count.between(1, 131_072), help: "in bytes; 4096 sends less of large files with scattered changes"
      )
      let silence = reader.value(
        "silenceTimeout", .duration.positive, default: .seconds(30), help: "a pass in which nothing moves is given up")
      options = RsyncOptions(
        comparison: comparison, fileUpdate: fileUpdate, compression: compression, blockSize: blockSize,
        silenceTimeout: silence)
      sourceGuard = reader.section("sourceGuard", help: "a source that has lost its files is not mirrored") { reader in
        let isOn = reader.value("enabled", .bool, default: true, help: "false mirrors whatever there is")
        let standard = SourceGuard()
        let sourceGuard = SourceGuard(
          suspiciousBelow: reader.value(
            "suspiciousBelow", .count.atLeast(1), default: standard.suspiciousBelow,
            help: "a source with fewer files is compared with its destination"),
          minimumPercent: reader.value(
            "minimumPercent", .count.between(1, 100), default: standard.minimumPercent,
            help: "it is refused with fewer than this many per cent of the destination's files"),
          marker: reader.optional("marker", .text, help: "a file that must be there, such as .on-the-volume"))
        return isOn ? sourceGuard : nil
      }
    }
  }

  public struct Health: Sendable, Hashable {
    public struct Heartbeat: Sendable, Hashable {
      /// A path on the host.
      public var file: String
      public var maximumAge: Duration
    }

    public var process: String?
    public var heartbeat: Heartbeat?

    init(_ reader: MappingReader) {
      process = reader.optional(
        "process", .text, help: "an expression that the workload's command line matches, such as ^/usr/bin/ollama serve"
      )
      heartbeat = reader.optional(
        "heartbeat",
        .mapping { reader in
          Heartbeat(
            file: reader.required("file", .text, help: "a path on the host, touched by the workload"),
            maximumAge: reader.value(
              "maximumAge", .duration.positive, default: .seconds(30), help: "a workload silent for longer is none"))
        }, help: "a file that tells that the workload gets on")
    }
  }

  public struct Inference: Sendable, Hashable {
    public enum Way: String, Sendable, Hashable, CaseIterable {
      case tunnel, direct
    }

    public var way: Way
    public var port: Int
    public var start: [String]?
    public var prompt: String

    init(_ reader: MappingReader) {
      let standard = OllamaProbe(.direct)
      way = reader.value(
        "way", .choice(Way.self), default: .tunnel, help: "tunnel: through ssh to the host's own port; direct: by HTTP")
      port = reader.value(
        "port", .count.between(1, 65_535), default: standard.port, help: "where Ollama listens on the host")
      start = reader.optional(
        "start", .list(of: .text, atLeast: 1),
        help: "what starts the server where it does not run, such as [ollama, serve]")
      prompt = reader.value("prompt", .text, default: standard.prompt, help: "what the model is asked")
      reader.check(
        start == nil || way == .tunnel, "start", "way", message: "a server can only be started with 'way: tunnel'")
    }
  }
}
