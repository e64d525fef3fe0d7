import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Lab

private func withCompute<Value>(
  _ configuration: ComputeConfiguration = ComputeConfiguration(operationTime: .milliseconds(20)), lab: Lab? = nil,
  _ body: (ComputeServer, _ folder: String) async throws -> Value
) async throws -> Value {
  let compute = try await ComputeServer.start(configuration, lab: lab)
  let folder = NSTemporaryDirectory() + "/lab-compute-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  do {
    try compute.keyFile.write(to: URL(fileURLWithPath: folder + "/key.json"))
    let value = try await body(compute, folder)
    await compute.stop()
    return value
  } catch {
    await compute.stop()
    throw error
  }
}

/// A token signed with the key in a key file, with these claims as they stand.
private func sign(_ keyFile: Data, _ claims: String) throws -> String {
  let file = try #require(try JSONSerialization.jsonObject(with: keyFile) as? [String: Any])
  let key = try _RSA.Signing.PrivateKey(pemRepresentation: try #require(file["private_key"] as? String))
  func encode(_ data: Data) -> String {
    data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }
  let text = encode(Data(#"{"alg":"RS256","typ":"JWT"}"#.utf8)) + "." + encode(Data(claims.utf8))
  let signature = try key.signature(for: Data(text.utf8), padding: .insecurePKCS1v1_5)
  return text + "." + encode(signature.rawRepresentation)
}

@Suite struct ComputeTests {
  /// Which claims get a token; `NOW` and `EXPIRES` stand for seconds since 1970.
  @Test(arguments: [
    (#"{"iss":"EMAIL","aud":"TOKEN","iat":NOW,"exp":EXPIRES}"#, true),
    (#"{"iss":"EMAIL","aud":"TOKEN","iat":NOW.5,"exp":EXPIRES}"#, false),
    (#"{"iss":"EMAIL","aud":"TOKEN","iat":1,"exp":3600}"#, false),
    (#"{"iss":"EMAIL","aud":"TOKEN","iat":NOW,"exp":9999999999}"#, false),
    (#"{"iss":"EMAIL","aud":"https://elsewhere/","iat":NOW,"exp":EXPIRES}"#, false),
    (#"{"iss":"somebody","aud":"TOKEN","iat":NOW,"exp":EXPIRES}"#, false), (#"{}"#, false), (#"["#, false),
  ])
  func `an assertion is exchanged when its claims are whole, timely and for here`(
    claims: String, isGood: Bool
  ) async throws {
    let account = try ServiceAccount(project: "p", tokenURL: "http://127.0.0.1/token")
    let now = Int(Date().timeIntervalSince1970)
    let text = claims.replacingOccurrences(of: "EMAIL", with: account.email)
      .replacingOccurrences(of: "TOKEN", with: account.tokenURL).replacingOccurrences(of: "NOW", with: "\(now)")
      .replacingOccurrences(of: "EXPIRES", with: "\(now + 3600)")
    let token = try sign(account.keyFile, text)
    func isBelieved(_ token: String) -> Bool {
      do {
        try account.check(token, audiences: [account.tokenURL], now: Double(now))
        return true
      } catch { return false }
    }
    #expect(isBelieved(token) == isGood)
    // The same claims, signed by somebody else.
    let other = try ServiceAccount(project: "p", tokenURL: account.tokenURL)
    #expect(!isBelieved(try sign(other.keyFile, text)))
  }

  @Test func `no text makes the check of tokens fail otherwise than by refusing`() throws {
    let account = try ServiceAccount(project: "p", tokenURL: "t")
    let letters = Array("abcXYZ019-_.=+/{}\"")
    for _ in 0..<10_000 {
      let text = String((0..<Int.random(in: 0...40)).map { _ in letters[Int.random(in: 0..<letters.count)] })
      #expect(throws: ServiceAccount.Refusal.self) { try account.check(text, audiences: nil, now: 0) }
    }
  }

  @Test(.needs(Tools.python)) func `the vendor's Python client drives it`() async throws {
    try await withCompute { compute, folder in
      let script = """
        import sys
        from google.api_core import client_options, exceptions
        from google.cloud import compute_v1
        from google.oauth2 import service_account
        url, key = sys.argv[1:3]
        credentials = service_account.Credentials.from_service_account_file(
            key, scopes=["https://www.googleapis.com/auth/compute"])
        options = client_options.ClientOptions(api_endpoint=url)
        client = compute_v1.InstancesClient(credentials=credentials, client_options=options)
        operations = compute_v1.ZoneOperationsClient(credentials=credentials, client_options=options)
        where = dict(project="lab-project", zone="europe-west1-b")
        instance = compute_v1.Instance(
            name="standby", machine_type="zones/europe-west1-b/machineTypes/e2-small", labels={"made": "here"},
            disks=[compute_v1.AttachedDisk(boot=True, initialize_params=compute_v1.AttachedDiskInitializeParams(
                disk_size_gb=20, source_image="projects/debian-cloud/global/images/family/debian-12"))],
            scheduling=compute_v1.Scheduling(provisioning_model="SPOT", instance_termination_action="STOP",
                                             automatic_restart=False))
        def wait(operation):
            return operations.wait(operation=operation.name, **where)
        done = wait(client.insert_unary(instance_resource=instance, **where))
        print("insert", done.status.name, len(done.error.errors))
        got = client.get(instance="standby", **where)
        print("get", got.status, got.scheduling.provisioning_model, dict(got.labels), got.disks[0].disk_size_gb)
        print("list", [each.name for each in client.list(**where)])
        try:
            client.insert_unary(instance_resource=instance, **where)
        except exceptions.Conflict:
            print("conflict")
        wait(client.stop_unary(instance="standby", **where))
        print("stopped", client.get(instance="standby", **where).status)
        wait(client.start_unary(instance="standby", **where))
        print("started", client.get(instance="standby", **where).status)
        wait(client.delete_unary(instance="standby", **where))
        try:
            client.get(instance="standby", **where)
        except exceptions.NotFound:
            print("gone")
        where["zone"] = "us-central1-a"
        done = wait(client.insert_unary(instance_resource=instance, **where))
        print("stock-out", [error.code for error in done.error.errors])
        """
      var faults = ComputeFaults()
      faults.stockOuts = ["us-central1-a"]
      await compute.setFaults(faults)
      let outcome = try await bash(
        "\(Tools.python) -c \"$1\" \"$2\" \"$3\"", script, compute.url, folder + "/key.json")
      #expect(
        outcome.output == """
          insert DONE 0
          get RUNNING SPOT {'made': 'here'} 20
          list ['standby']
          conflict
          stopped TERMINATED
          started RUNNING
          gone
          stock-out ['ZONE_RESOURCE_POOL_EXHAUSTED']

          """, "\(outcome)")
      #expect(await compute.existing.isEmpty)
    }
  }

  @Test(.needs(Tools.gcloud)) func `the vendor's command line drives it`() async throws {
    try await withCompute { compute, folder in
      func gcloud(_ command: String) async throws -> Outcome {
        try await bash(
          "timeout 60 \(Tools.gcloud) compute instances \(command) --project lab-project --quiet",
          environment: [
            "CLOUDSDK_CONFIG": folder, "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": compute.url + "/compute/v1/",
            "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": folder + "/key.json",
            // It does not ask where the key file says.
            "CLOUDSDK_AUTH_TOKEN_HOST": compute.url + "/token", "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
          ])
      }
      let create = try await gcloud(
        "create standby --zone europe-west1-b --machine-type e2-small --provisioning-model SPOT "
          + "--image-family debian-12 --image-project debian-cloud")
      #expect(create.exitCode == 0, "\(create)")
      #expect(await compute.existing.map(\.isSpot) == [true])
      let list = try await gcloud("list")
      #expect(list.output.contains("standby") && list.output.contains("RUNNING"), "\(list)")
      let delete = try await gcloud("delete standby --zone europe-west1-b")
      #expect(delete.exitCode == 0, "\(delete)")
      #expect(await compute.existing.isEmpty)
    }
  }

  @Test(.needsHosts) func `an instance is a host, and preemption stops it`() async throws {
    try await withLab([]) { lab, _ in
      try await withCompute(lab: lab) { compute, folder in
        let file = try #require(try JSONSerialization.jsonObject(with: compute.keyFile) as? [String: Any])
        let now = Int(Date().timeIntervalSince1970)
        // A token that the client signed itself, in place of one that it was given.
        let token = try sign(
          compute.keyFile,
          #"{"iss":"\#(file["client_email"] ?? "")","aud":"https://compute.googleapis.com/","#
            + #""iat":\#(now - 5),"exp":\#(now + 600)}"#)
        func call(_ method: String, _ path: String, _ body: String = "") async throws -> [String: Any] {
          let outcome = try await bash(
            "curl -s -X \"$1\" -H \"Authorization: Bearer $4\" --data \"$3\" \"$2\"", method,
            compute.url + "/compute/v1/projects/lab-project/zones/europe-west1-b/" + path, body, token)
          return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
        }
        let operation = try await call(
          "POST", "instances?requestId=1",
          #"{"name": "standby", "machineType": "e2-small", "scheduling": {"provisioningModel": "SPOT"}}"#)
        // The same request once more is the same operation.
        #expect(
          try await call("POST", "instances?requestId=1", #"{"name": "standby", "machineType": "e2-small"}"#)["name"]
            as? String == operation["name"] as? String)
        let done = try await call("POST", "operations/\(operation["name"] ?? "")/wait")
        #expect(done["status"] as? String == "DONE")
        let host = try #require(await compute.host(of: "standby", zone: "europe-west1-b"))
        var answer = try await connect(host)
        for _ in 0..<200 where answer != .accepted {
          try await Task.sleep(for: .milliseconds(10))
          answer = try await connect(host)
        }
        #expect(try await lab.ssh(host, "true").exitCode == 0)
        try await compute.preempt("standby", zone: "europe-west1-b")
        #expect(try await connect(host) == .unreachable)
        #expect(try await call("GET", "instances/standby")["status"] as? String == "TERMINATED")
        #expect(await compute.cost > 0)
      }
    }
  }
}
