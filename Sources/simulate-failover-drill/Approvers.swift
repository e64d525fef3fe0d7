import CommandSupport
import Failover
import Foundation
import RealBackends

/// Asks whoever sits at the terminal, each time the orchestrator wants a person's word.
struct TerminalApprover: Approver {
  func approve(_ request: String) async throws(PortError) {
    let answer = try await onOwnThread { () -> String? in
      FileHandle.standardError.write(Data("The orchestrator asks: \(request)? [y/N] ".utf8))
      return readLine()
    }
    guard let answer, ["y", "yes"].contains(answer.lowercased()) else {
      throw PortError(.refused, "not agreed to: \(request)")
    }
  }
}

/// Agrees to everything at once, as `--yes` says.
struct ReadyApprover: Approver {
  func approve(_ request: String) async throws(PortError) {}
}
