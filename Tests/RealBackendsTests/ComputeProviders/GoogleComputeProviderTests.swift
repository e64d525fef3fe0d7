import Failover
import Foundation
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(2))) struct GoogleComputeProviderTests {
  private let clock = FakeClock()
  private let wait = Duration.seconds(300)
  private let machine = StandbyMachine(
    machineType: "e2-medium", isSpot: true, price: HourlyPrice(perHour: .cents(3)), disk: .gigabytes(50))
  private let settings = GoogleSettings(
    project: "project-1", zone: "europe-west1-b", sshKey: .init(user: "failover", publicKey: "ssh-ed25519 AAAA me"),
    baseURL: "https://compute.example/")
  private let address = HostAddress(host: "203.0.113.9", port: 22)
  private static let zone = "/compute/v1/projects/project-1/zones/europe-west1-b"

  private func provider(
    _ transport: any HTTPTransport, _ settings: GoogleSettings? = nil
  ) async throws -> GoogleComputeProvider {
    try GoogleComputeProvider(
      key: await ServiceAccountFile.made().key(), settings: settings ?? self.settings, transport: transport,
      clock: clock, jitter: ConstantJitter(value: 0), unixTime: { 1_700_000_000 })
  }

  private func engine() async throws -> (StubComputeEngine, GoogleComputeProvider) {
    let engine = StubComputeEngine(clock: clock)
    return (engine, try await provider(engine))
  }

  @Test func `a machine is created, waited for and described`() async throws {
    let (engine, provider) = try await engine()
    let created = try await provider.create(machine, label: "run-1", timeout: wait)
    #expect(
      created == Instance(id: InstanceID("run-1"), status: .running, address: address, price: machine.price))
    #expect(try await provider.describe(created.id, timeout: wait) == created)
    #expect(
      engine.lines == [
        "POST \(Self.zone)/instances", "POST \(Self.zone)/operations/operation-1/wait",
        "POST \(Self.zone)/operations/operation-1/wait", "GET \(Self.zone)/instances/run-1",
        "GET \(Self.zone)/instances/run-1",
      ])
    #expect(engine.requests.allSatisfy { $0.bearer != nil && $0.url.hasPrefix("https://compute.example/compute/") })
    #expect(
      engine.description(of: "run-1") == [
        "name": "run-1", "machineType": "zones/europe-west1-b/machineTypes/e2-medium",
        "disks": [
          [
            "boot": true, "autoDelete": true,
            "initializeParams": [
              "sourceImage": "projects/debian-cloud/global/images/family/debian-12", "diskSizeGb": "50",
            ],
          ]
        ],
        "networkInterfaces": [
          ["network": "global/networks/default", "accessConfigs": [["type": "ONE_TO_ONE_NAT", "name": "External NAT"]]]
        ],
        "labels": ["failover": "run-1"],
        "metadata": [
          "items": [
            ["key": "failover-label", "value": "run-1"],
            ["key": "failover-nanodollars-per-hour", "value": "30000000"],
            ["key": "ssh-keys", "value": "failover:ssh-ed25519 AAAA me"],
          ]
        ],
        "scheduling": [
          "provisioningModel": "SPOT", "instanceTerminationAction": "STOP", "automaticRestart": false,
        ],
      ] as NSDictionary)
  }

  @Test func `a machine on demand has no schedule, and without a public address the inner one counts`() async throws {
    var settings = settings
    settings.hasPublicAddress = false
    let engine = StubComputeEngine(clock: clock)
    let plain = StandbyMachine(machineType: "e2-medium", isSpot: false, price: .free)
    let created = try await provider(engine, settings).create(plain, timeout: wait)
    let description = try #require(engine.description(of: created.id.rawValue))
    #expect(description["scheduling"] == nil)
    #expect((description["networkInterfaces"] as? [NSDictionary])?.first?["accessConfigs"] == nil)
    let inner = HTTPAnswer.json(#"{"name": "a", "networkInterfaces": [{"networkIP": "10.0.0.2"}]}"#)
    let told = try inner.decoded(GoogleInstance.self, "test").described
    #expect(told.address == HostAddress(host: "10.0.0.2", port: 22))
  }

  @Test func `a second creation under a label returns the first machine`() async throws {
    let (engine, provider) = try await engine()
    let first = try await provider.create(machine, label: "run-1", timeout: wait)
    #expect(try await provider.create(machine, label: "run-1", timeout: wait) == first)
    engine.setStatus("TERMINATED", of: "run-1")
    #expect(try await provider.create(machine, label: "run-1", timeout: wait) == first)
    #expect(engine.lines.contains("POST \(Self.zone)/instances/run-1/start"))
    engine.fail(with: .operation("RESOURCE_ALREADY_EXISTS"))
    #expect(try await provider.create(machine, label: "run-1", timeout: wait) == first)
    #expect(try await provider.resources(labelled: "", timeout: wait).count == 1)
  }

  @Test func `a name that a stranger's machine has is refused`() async throws {
    let (engine, provider) = try await engine()
    engine.addForeign("run-1")
    #expect(await reason { try await provider.create(machine, label: "run-1", timeout: wait) } == .refused)
    #expect(try await provider.resources(labelled: "", timeout: wait).isEmpty)
  }

  @Test(arguments: [
    ("ZONE_RESOURCE_POOL_EXHAUSTED", PortError.Reason.refused), ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", .refused),
    ("QUOTA_EXCEEDED", .refused), ("PERMISSIONS_ERROR", .unauthorized), ("INTERNAL_ERROR", .invalidAnswer),
    ("RATE_LIMIT_EXCEEDED", .rateLimited),
  ]) func `an operation that fails says why`(code: String, expected: PortError.Reason) async throws {
    let (engine, provider) = try await engine()
    engine.fail(with: .operation(code))
    let error = await failure { try await provider.create(machine, label: "a", timeout: wait) }
    #expect(error?.reason == expected)
    #expect(error?.detail.contains("it did not work (\(code))") == true)
    // Starting meets the same stock-outs.
    _ = try await provider.create(machine, label: "a", timeout: wait)
    engine.fail(with: .operation(code))
    #expect(await reason { try await provider.start(InstanceID("a"), timeout: wait) } == expected)
  }

  @Test(arguments: [
    (StubComputeEngine.error(403, "forbidden", "Required permission"), PortError.Reason.unauthorized),
    (StubComputeEngine.error(403, "quotaExceeded", "Quota CPUS exceeded"), .refused),
    (StubComputeEngine.error(400, "invalid", "Invalid value for field zone"), .refused),
    (StubComputeEngine.error(404, "notFound", "zone was not found"), .notFound),
    (StubComputeEngine.error(500, "backendError", "sorry"), .invalidAnswer),
    (HTTPAnswer.page("<html><title>Error 404</title>", status: 404), .notFound),
    (HTTPAnswer.page("<html><title>Portal</title>", status: 200), .invalidAnswer),
  ]) func `a refused creation has one clear line`(answer: HTTPAnswer, expected: PortError.Reason) async throws {
    let (engine, provider) = try await engine()
    engine.fail(with: .answer(answer))
    let error = await failure { try await provider.create(machine, label: "a", timeout: wait) }
    #expect(error?.reason == expected)
    #expect(error?.detail.contains("\n") == false)
  }

  @Test func `too many calls are tried again, as 429 and as 403`() async throws {
    let (engine, provider) = try await engine()
    let busy = StubComputeEngine.Trouble.answer(StubComputeEngine.error(403, "rateLimitExceeded"))
    engine.fail(with: busy, .answer(.text("slow down", status: 429)), busy)
    #expect(try await provider.create(machine, label: "a", timeout: wait).status == .running)
    engine.fail(with: busy, busy, busy, busy, busy, busy, busy, busy)
    #expect(await reason { try await provider.create(machine, label: "b", timeout: wait) } == .rateLimited)
  }

  @Test func `a token that is refused is renewed once`() async throws {
    let (engine, provider) = try await engine()
    engine.fail(with: .answer(StubComputeEngine.error(401, "authError")))
    #expect(try await provider.create(machine, label: "a", timeout: wait).status == .running)
    let refusal = StubComputeEngine.Trouble.answer(StubComputeEngine.error(401, "authError"))
    engine.fail(with: refusal, refusal)
    #expect(await reason { try await provider.create(machine, label: "b", timeout: wait) } == .unauthorized)
  }

  @Test func `a machine is stopped, started and deleted, and deleted again without an error`() async throws {
    let (_, provider) = try await engine()
    let id = try await provider.create(machine, label: "a", timeout: wait).id
    try await provider.stop(id, timeout: wait)
    #expect(try await provider.describe(id, timeout: wait).status == .stopped)
    try await provider.stop(id, timeout: wait)
    try await provider.start(id, timeout: wait)
    #expect(try await provider.describe(id, timeout: wait).status == .running)
    try await provider.delete(id, timeout: wait)
    try await provider.delete(id, timeout: wait)
    try await provider.release(OwnedResource(kind: .machine, id: "a", label: "a"), timeout: wait)
    #expect(await reason { try await provider.describe(id, timeout: wait) } == .notFound)
    #expect(await reason { try await provider.start(id, timeout: wait) } == .notFound)
    #expect(await reason { try await provider.stop(id, timeout: wait) } == .notFound)
    let volume = OwnedResource(kind: .volume, id: "a", label: "a")
    #expect(await reason { try await provider.release(volume, timeout: wait) } == .refused)
  }

  @Test func `an operation that does not end times out within the caller's time`() async throws {
    let answer = HTTPAnswer.json(#"{"name": "operation-1", "status": "RUNNING"}"#)
    let transport = ScriptedTransport { _, _ in answer }
    let provider = try await provider(transport)
    let outcome = await reason { try await provider.stop(InstanceID("a"), timeout: .seconds(10)) }
    #expect(outcome == .timedOut)
    #expect(clock.now.offset < .seconds(10))
    // Not in a circle: once a second.
    #expect(transport.requests.count < 15)
  }

  @Test func `a machine taken away while it boots is not waited for`() async throws {
    let stopped = HTTPAnswer.json(#"{"name": "a", "status": "TERMINATED"}"#)
    let done = HTTPAnswer.json(#"{"name": "operation-1", "status": "DONE"}"#)
    let provider = try await provider(ScriptedTransport { request, _ in request.method == .get ? stopped : done })
    #expect(await reason { try await provider.create(machine, label: "a", timeout: wait) } == .refused)
  }

  @Test func `the inventory follows every page and leaves out strangers`() async throws {
    let (engine, provider) = try await engine()
    for label in ["run-1-a", "run-1-b", "run-2-a", "Run 1: ü"] {
      _ = try await provider.create(machine, label: label, timeout: wait)
    }
    engine.addForeign("run-1-stranger")
    let found = try await provider.resources(labelled: "run-1", timeout: wait)
    #expect(found.map(\.label) == ["run-1-a", "run-1-b"])
    #expect(found.allSatisfy { $0.kind == .machine && $0.id == $0.label })
    let odd = try #require(try await provider.resources(labelled: "Run 1", timeout: wait).first)
    #expect(odd.label == "Run 1: ü" && odd.id.hasPrefix("run-1----") && GoogleInstanceName.isName(odd.id))
  }

  @Test func `every label has a name of its own that Google accepts`() {
    let long = String(repeating: "a", count: 63)
    #expect(GoogleInstanceName.name(for: "run-1") == "run-1")
    #expect(GoogleInstanceName.name(for: long) == long)
    let labels = ["", "-", "1", "a-", "A", "a", "a_b", "a b", long + "a", long + "b", "ü", "ß", "x/../y", "9lives"]
    let names = labels.map(GoogleInstanceName.name)
    #expect(names.allSatisfy(GoogleInstanceName.isName))
    #expect(Set(names).count == labels.count)
    #expect(names == labels.map(GoogleInstanceName.name))
  }

  @Test(arguments: [
    ("PROVISIONING", InstanceStatus.provisioning), ("STAGING", .provisioning), ("RUNNING", .running),
    ("STOPPING", .stopped), ("PENDING_STOP", .stopped), ("STOPPED", .stopped), ("TERMINATED", .stopped),
    ("SUSPENDING", .stopped), ("SUSPENDED", .stopped), ("REPAIRING", .offline), ("DEPROVISIONING", .offline),
    ("PENDING", .provisioning), ("A_NEW_WORD", .provisioning),
  ]) func `every status of a machine has its meaning`(word: String, status: InstanceStatus) throws {
    let answer = HTTPAnswer.json("{\"name\": \"a\", \"status\": \"\(word)\"}")
    #expect(try answer.decoded(GoogleInstance.self, "test").status == status)
  }

  @Test func `settings that cannot be right are refused before anything is sent`() async throws {
    let transport = ScriptedTransport { _, _ in .json("{}") }
    func refusal(_ change: (inout GoogleSettings) -> Void) async throws -> SettingsError? {
      var settings = settings
      change(&settings)
      do {
        _ = try await provider(transport, settings)
        return nil
      } catch let error as SettingsError {
        return error
      }
    }
    #expect(try await refusal { $0.project = "" }?.setting == "Google project")
    #expect(try await refusal { $0.project = "a/../b" }?.setting == "Google project")
    #expect(try await refusal { $0.project = "example.com:name" } == nil)
    for zone in ["", "Europe-West1-B", "europe west", "zone", "-a", "a-b/c"] {
      #expect(try await refusal { $0.zone = zone }?.setting == "Google zone", "\(zone)")
    }
    #expect(try await refusal { $0.image = "" }?.setting == "Google image")
    #expect(try await refusal { $0.baseURL = "compute" }?.setting == "base URL")
    #expect(try await refusal { $0.sshKey?.publicKey = "-----BEGIN" }?.setting == "ssh key")
    #expect(try await refusal { $0.sshKey?.publicKey = "ssh-rsa A\nB" }?.setting == "ssh key")
    #expect(try await refusal { $0.sshKey?.user = "a:b" }?.setting == "ssh key")
    let odd = StandbyMachine(machineType: "../x", isSpot: false, price: .free)
    let whole = try await provider(transport)
    #expect(await reason { try await whole.create(odd, timeout: wait) } == .refused)
    #expect(await reason { try await whole.describe(InstanceID("../x"), timeout: wait) } == .notFound)
    #expect(transport.requests.isEmpty)
  }
}
