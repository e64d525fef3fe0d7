import Failover
import RealBackends
import Scenarios

extension BackendSettings {
  /// How users are moved. One way at least; with none given, an ssh configuration of the standard name.
  public struct Router: Sendable, Hashable {
    public struct SSHConfig: Sendable, Hashable {
      public var path: String
      public var name: String
    }

    public struct Forward: Sendable, Hashable {
      public var listen: HostAddress
      public var servicePort: Int?
      public var routeFile: String
    }

    public struct Command: Sendable, Hashable {
      public var program: [String]
      public var routeFile: String
    }

    public var sshConfig: SSHConfig?
    public var forward: Forward?
    public var command: Command?

    init(_ reader: MappingReader) {
      let given = reader.optional(
        "sshConfig", .mapping(Self.sshConfig), help: "a file for people to Include in their ssh configuration")
      forward = reader.optional(
        "forward",
        .mapping { reader in
          Forward(
            listen: reader.required("listen", .address, help: "where users connect on this machine"),
            servicePort: reader.optional(
              "servicePort", .count.between(1, 65_535), help: "the service's port on the hosts; default: that of ssh"),
            routeFile: reader.value(
              "routeFile", .text, default: "failover-forward.route", help: "keeps the route over restarts"))
        }, help: "a port of this machine that leads to the host that serves")
      command = reader.optional(
        "command",
        .mapping { reader in
          Command(
            program: reader.required(
              "program", .list(of: .text, atLeast: 1),
              help: "called with FAILOVER_ACTION, FAILOVER_HOST and FAILOVER_PORT in its environment"),
            routeFile: reader.value(
              "routeFile", .text, default: "failover-command.route", help: "keeps the route over restarts"))
        }, help: "a program that moves users")
      sshConfig = given ?? (forward == nil && command == nil ? Self.sshConfig(standard: nil) : nil)
    }

    private static func sshConfig(_ reader: MappingReader) -> SSHConfig { sshConfig(standard: reader) }

    private static func sshConfig(standard reader: MappingReader?) -> SSHConfig {
      let standard = SSHConfig(path: "~/.ssh/failover-endpoint", name: "failover-endpoint")
      guard let reader else { return standard }
      return SSHConfig(
        path: reader.value("path", .text, default: standard.path, help: "the file, in a directory that exists"),
        name: reader.value("name", .text, default: standard.name, help: "what users call it: ssh NAME"))
    }
  }

  public struct Notifiers: Sendable, Hashable {
    public struct Webhook: Sendable, Hashable {
      public var format: WebhookNotifier.Format
      public var url: SecretSource
    }

    public var log: Bool
    public var webhooks: [Webhook]

    init(_ reader: MappingReader) {
      log = reader.value("log", .bool, default: true, help: "a line on standard error")
      webhooks = reader.value(
        "webhooks",
        .list(
          of: .mapping { reader in
            Webhook(
              format: reader.required("format", .choice(WebhookNotifier.Format.self), help: "slack, discord or json"),
              url: reader.required("url", .secret, help: "the webhook's address, which is a secret"))
          }), default: [], help: "chats and programs that are told")
    }
  }
}
