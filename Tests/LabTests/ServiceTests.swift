import Foundation
import Lab
import Testing

@Suite struct ServiceTests {
  @Test(.needsHosts, .needs("/usr/bin/python3"))
  func `a model server loads first, and dies with its host`() async throws {
    try await withLab([LabHostConfiguration(name: "gpu")]) { lab, hosts in
      let url = try await ModelServer(loadTime: .milliseconds(300)).start(on: hosts[0])
      func ask(_ path: String, _ body: String? = nil) async throws -> String {
        try await bash(
          "curl -s --max-time 5 \(body == nil ? "" : "--data \"$2\"") \"$1\"", url + path, body ?? ""
        ).output
      }
      #expect(try await ask("/api/version").contains("version"))
      #expect(try await ask("/api/tags").contains("llama3.2:1b"))
      let begin = ContinuousClock.now
      let whole = try await ask("/api/generate", #"{"model": "llama3.2:1b", "prompt": "hello", "stream": false}"#)
      #expect(ContinuousClock.now - begin >= .milliseconds(300))
      #expect(whole.contains("word1 word2") && whole.contains(#""done": true"#), "\(whole)")
      let lines = try await ask("/api/generate", #"{"model": "llama3.2:1b", "prompt": "hello"}"#).split(separator: "\n")
      #expect(lines.count == 6 && lines.last?.contains(#""done": true"#) == true)
      #expect(try await ask("/api/generate", #"{"model": "other", "prompt": "hello"}"#).contains("not found"))
      #expect(try await lab.ssh(hosts[0], "cat /proc/[0-9]*/comm").output.contains("\nollama\n"))
      try await hosts[0].powerOff()
      #expect(try await ask("/api/version") == "")
      try await hosts[0].powerOn()
      #expect(try await lab.ssh(hosts[0], "cat /proc/[0-9]*/comm").output.contains("ollama") == false)
    }
  }

  @Test(.needs(Tools.rclone)) func `the object store takes the right key and refuses a wrong one`() async throws {
    let store = try await ObjectStore.start(tools: Tools.directory)
    func rclone(_ command: String, secret: String) async throws -> Outcome {
      try await bash(
        "\(Tools.rclone) --config /dev/null --retries 1 --low-level-retries 1 \(command)",
        environment: [
          "RCLONE_CONFIG_LAB_TYPE": "s3", "RCLONE_CONFIG_LAB_PROVIDER": "Other",
          "RCLONE_CONFIG_LAB_ENDPOINT": store.url, "RCLONE_CONFIG_LAB_ACCESS_KEY_ID": store.accessKey,
          "RCLONE_CONFIG_LAB_SECRET_ACCESS_KEY": secret, "RCLONE_CONFIG_LAB_REGION": store.region,
        ])
    }
    try "kept".write(toFile: store.objects + "/\(store.bucket)/object", atomically: false, encoding: .utf8)
    let right = try await rclone("cat lab:\(store.bucket)/object", secret: store.secretKey)
    #expect(right.output == "kept", "\(right)")
    let wrong = try await rclone("cat lab:\(store.bucket)/object", secret: "wrong")
    #expect(wrong.exitCode != 0 && wrong.output.isEmpty)
    await store.stop()
    #expect(!FileManager.default.fileExists(atPath: store.objects))
    #expect(try await rclone("lsd lab:", secret: store.secretKey).exitCode != 0)
  }

  @Test func `without rclone there is no object store, and the reason is said`() async throws {
    #expect(ObjectStore.obstacle(tools: "/nowhere")?.contains("scripts/install-lab-tools") == true)
    await #expect(throws: LabError.self) { _ = try await ObjectStore.start(tools: "/nowhere") }
  }
}
