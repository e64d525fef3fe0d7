import Failover
import RealBackends
import Scenarios

extension BackendSettings {
  public struct Marketplace: Sendable, Hashable {
    public var endpoint: String
    /// `nil` leaves it to `VAST_API_KEY`.
    public var apiKey: SecretSource?
    /// The container image that GPUs run.
    public var image: String
    /// An instance's own disk.
    public var disk: ByteCount
    /// The least times between calls.
    public var pacing: VastPacing

    init(_ reader: MappingReader) {
      endpoint = reader.value(
        "endpoint", .text, default: "https://console.vast.ai", help: "the address of Vast.ai's interface")
      apiKey = reader.optional("apiKey", .secret, help: "the account's key; VAST_API_KEY in the environment wins")
      image = reader.value(
        "image", .text, default: "vastai/pytorch:latest", help: "the container image that GPUs run; needs rsync")
      disk = reader.value("disk", .byteCount, default: .gigabytes(20), help: "an instance's own disk")
      pacing = reader.value(
        "pacing", .choice([("published", VastPacing.published), ("none", .none)]), default: .published,
        help: "published: as far apart as Vast.ai wants calls; none: at once, for a server of one's own")
      reader.checkEndpoint(endpoint)
    }
  }

  public struct Compute: Sendable, Hashable {
    public var endpoint: String
    /// `nil` leaves it to `GCP_PROJECT_ID`.
    public var project: String?
    /// `nil` leaves it to `GCP_ZONE`.
    public var zone: String?
    /// A service account's key file; `nil` leaves it to `GOOGLE_APPLICATION_CREDENTIALS`.
    public var credentialsFile: String?
    public var image: String
    public var network: String

    init(_ reader: MappingReader) {
      endpoint = reader.value(
        "endpoint", .text, default: "https://compute.googleapis.com", help: "the address of Compute Engine's interface")
      project = reader.optional("project", .text, help: "the project's name; default: GCP_PROJECT_ID")
      zone = reader.optional("zone", .text, help: "such as europe-west4-a; default: GCP_ZONE")
      credentialsFile = reader.optional(
        "credentialsFile", .text,
        help: "a service account's key file; GOOGLE_APPLICATION_CREDENTIALS in the environment wins")
      image = reader.value(
        "image", .text, default: "projects/debian-cloud/global/images/family/debian-12", help: "what the disk begins as"
      )
      network = reader.value(
        "network", .text, default: "global/networks/default", help: "the network of the standby")
      reader.checkEndpoint(endpoint)
    }
  }

  public struct ObjectStore: Sendable, Hashable {
    /// `nil` leaves it to `B2_ENDPOINT`.
    public var endpoint: String?
    /// `nil` leaves it to `B2_BUCKET`.
    public var bucket: String?
    public var region: String
    /// `nil` leaves it to `B2_KEY_ID`.
    public var keyID: SecretSource?
    /// `nil` leaves it to `B2_APPLICATION_KEY`.
    public var applicationKey: SecretSource?
    /// What the names of all objects begin with.
    public var prefix: String

    init(_ reader: MappingReader) {
      endpoint = reader.optional(
        "endpoint", .text, help: "such as https://s3.eu-central-003.backblazeb2.com; default: B2_ENDPOINT")
      bucket = reader.optional("bucket", .text, help: "default: B2_BUCKET")
      // What R2 wants, and what a server of one's own accepts.
      region = reader.value(
        "region", .text, default: "auto", help: "the region that requests are signed for; B2: as in the endpoint")
      keyID = reader.optional("keyID", .secret, help: "the key's name; B2_KEY_ID in the environment wins")
      applicationKey = reader.optional(
        "applicationKey", .secret, help: "the key; B2_APPLICATION_KEY in the environment wins")
      prefix = reader.value("prefix", .text, default: "failover/", help: "what the names of all objects begin with")
      if let endpoint { reader.checkEndpoint(endpoint) }
    }
  }

  public struct Limits: Sendable, Hashable {
    /// A drill whose estimate is higher does not begin.
    public var maxCost: Money

    init(_ reader: MappingReader) {
      maxCost = reader.value(
        "maxCost", .money, default: .cents(100), help: "a drill whose estimate is higher does not begin")
    }
  }
}

extension MappingReader {
  fileprivate func checkEndpoint(_ endpoint: String) {
    check(
      endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://"), "endpoint",
      message: "must be an address that begins with https:// (or http:// for a server on this machine)")
  }
}
