import Failover
import Foundation
import Synchronization

@testable import RealBackends

/// A Compute Engine in the test's own process: machines that pass through the states of real ones, and operations that
/// take a few questions to end.
final class StubComputeEngine: HTTPTransport {
  private struct Machine {
    /// As it was sent.
    var description: [UInt8]
    var status: String
  }

  /// What goes wrong.
  enum Trouble: Sendable, Equatable {
    /// The operation ends with this code.
    case operation(String)
    /// The call is answered with this status and body.
    case answer(HTTPAnswer)
  }

  private struct State {
    var machines: [String: Machine] = [:]
    /// What an operation does when it ends, and how many questions it still takes.
    var operations: [String: (machine: String, becomes: String?, failure: String?, left: Int)] = [:]
    var requests: [HTTPRequest] = []
    var troubles: [Trouble] = []
  }

  private let state = Mutex(State())
  private let clock: FakeClock

  init(clock: FakeClock) { self.clock = clock }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }
  var lines: [String] { requests.map(\.line) }

  /// Goes wrong with the next calls that are no questions, one after the other.
  func fail(with troubles: Trouble...) { state.withLock { $0.troubles += troubles } }

  func setStatus(_ status: String, of name: String) { state.withLock { $0.machines[name]?.status = status } }

  func description(of name: String) -> NSDictionary? {
    let sent = state.withLock { $0.machines[name]?.description }
    return sent.flatMap { try? JSONSerialization.jsonObject(with: Data($0)) as? NSDictionary }
  }

  /// A machine that somebody else has made.
  func addForeign(_ name: String) {
    let description = Array("{\"name\": \"\(name)\"}".utf8)
    state.withLock { $0.machines[name] = Machine(description: description, status: "RUNNING") }
  }

  func send(_ request: HTTPRequest, timeout: Duration, _ what: String) async throws(PortError) -> HTTPAnswer {
    state.withLock { state in
      state.requests.append(request)
      if request.method != .get, !request.target.hasSuffix("/wait"), let trouble = state.troubles.first {
        state.troubles.removeFirst()
        switch trouble {
        case .answer(let answer): return answer
        case .operation(let code): return Self.begin(request, code, &state)
        }
      }
      return Self.begin(request, nil, &state)
    }
  }

  private static func begin(_ request: HTTPRequest, _ failure: String?, _ state: inout State) -> HTTPAnswer {
    let path = request.target.split(separator: "?")[0].split(separator: "/").map(String.init)
    // compute v1 projects P zones Z instances|operations NAME ACTION
    let name = path.count > 7 ? path[7] : ""
    let action = path.count > 8 ? path[8] : ""
    switch (request.method, path[6], name, action) {
    case (.post, "instances", "", ""):
      guard let name = request.json?["name"] as? String else { return error(400, "invalid") }
      if failure == nil, state.machines[name] != nil { return error(409, "alreadyExists") }
      if failure == nil { state.machines[name] = Machine(description: request.body, status: "PROVISIONING") }
      return operation(on: name, becomes: "RUNNING", failure, &state)
    case (.get, "instances", "", ""):
      let names = state.machines.keys.sorted()
      let token = request.target.components(separatedBy: "pageToken=").dropFirst().first
      let start = token.flatMap { Int($0) } ?? 0
      var page: [String: Any] = [:]
      if start < names.count { page["items"] = [view(of: names[start], state)] }
      if start + 1 < names.count { page["nextPageToken"] = "\(start + 1)" }
      return json(page)
    case (.post, "operations", _, "wait"):
      guard var running = state.operations[name] else { return error(404, "notFound") }
      running.left -= 1
      if running.left == 0, running.failure == nil {
        if let status = running.becomes {
          state.machines[running.machine]?.status = status
        } else {
          state.machines[running.machine] = nil
        }
      }
      state.operations[name] = running
      return view(ofOperation: name, state)
    default:
      guard state.machines[name] != nil else { return error(404, "notFound") }
      switch (request.method, action) {
      case (.get, ""): return json(view(of: name, state))
      case (.delete, ""): return operation(on: name, becomes: nil, failure, &state)
      case (.post, "start"): return operation(on: name, becomes: "RUNNING", failure, &state)
      case (.post, "stop"): return operation(on: name, becomes: "TERMINATED", failure, &state)
      default: return error(400, "invalid")
      }
    }
  }

  private static func operation(
    on machine: String, becomes status: String?, _ failure: String?, _ state: inout State
  ) -> HTTPAnswer {
    let name = "operation-\(state.operations.count + 1)"
    state.operations[name] = (machine, status, failure, 2)
    return view(ofOperation: name, state)
  }

  private static func view(ofOperation name: String, _ state: State) -> HTTPAnswer {
    let operation = state.operations[name]
    var view: [String: Any] = ["name": name, "status": operation?.left ?? 0 > 0 ? "RUNNING" : "DONE"]
    if operation?.left == 0, let code = operation?.failure {
      view["error"] = ["errors": [["code": code, "message": "it did not work"]]]
    }
    return json(view)
  }

  private static func view(of name: String, _ state: State) -> [String: Any] {
    guard let machine = state.machines[name] else { return [:] }
    let sent = try? JSONSerialization.jsonObject(with: Data(machine.description))
    var view = sent as? [String: Any] ?? [:]
    view["status"] = machine.status
    view["networkInterfaces"] = [["networkIP": "10.0.0.2", "accessConfigs": [["natIP": "203.0.113.9"]]]]
    return view
  }

  static func error(_ status: Int, _ reason: String, _ message: String = "no") -> HTTPAnswer {
    let detail: [String: Any] = ["code": status, "message": message, "errors": [["reason": reason, "message": message]]]
    var answer = json(["error": detail])
    answer.status = status
    return answer
  }

  private static func json(_ value: [String: Any]) -> HTTPAnswer {
    .json(String(decoding: (try? JSONSerialization.data(withJSONObject: value)) ?? Data(), as: UTF8.self))
  }
}
