import Foundation
import Subprocess

/// A program that runs as long as this one, and ends with it however it ends: it is killed when nobody holds
/// the other end of its guardian's standard input any more.
func withServer<Value: Sendable>(
  _ command: [String], environment: [String: String] = [:], log: String, ready: String,
  _ body: @escaping @Sendable (String) async throws -> Value
) async throws -> Value {
  let guardian = #"log=$1; shift; exec >>"$log" 2>&1; "$@" </dev/null & child=$!; read -r _; kill "$child"; wait"#
  try Data().write(to: URL(fileURLWithPath: log))
  let settings = environment.map { "\($0.key)=\($0.value)" }
  let result = try await Subprocess.run(
    .name("sh"),
    arguments: Arguments(["-c", guardian, "guardian", log, "env"] + settings + command),
    input: .inputWriter, output: .sequence, error: .discarded
  ) { execution in
    for _ in 0..<1000 {
      let text = try String(contentsOfFile: log, encoding: .utf8)
      if text.contains(ready) { return try await body(text) }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Failure("\(command.first ?? "") did not start: \(try String(contentsOfFile: log, encoding: .utf8))")
  }
  return result.closureResult
}

struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
