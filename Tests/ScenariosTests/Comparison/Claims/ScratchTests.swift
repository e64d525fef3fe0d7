import Foundation
import Testing
@testable import Scenarios
struct ScratchTests {
  @Test func `scratch`() throws {
    let all = try ["cpu-standby.yaml", "weigh/check-interval.yaml"].map { try Replications(try LoadedScenario(path: Catalogue.folder.appendingPathComponent($0).path).scenario, seeds: 10) }
    print(ClaimsSection(Claim.verdicts(for: all)).render())
  }
}
