import Foundation

extension Lab {
  /// Takes away every lab whose owner has ended, however it did, and whose guardian was ended too. Labs that are
  /// running are left alone.
  ///
  /// - Returns: the directories of the labs that were taken away.
  /// - Throws: `.failed` when something could not be removed; the other labs are gone by then.
  @discardableResult
  public static func cleanUp() async throws(LabError) -> [String] {
    var removed: [String] = []
    var failure: LabError?
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: stateDirectory)) ?? []).sorted() {
      let directory = "\(stateDirectory)/\(name)"
      if name.hasPrefix("draft-") {
        guard !LabClaim.isAlive(owner: String(name.dropFirst("draft-".count))) else { continue }
        try? FileManager.default.removeItem(atPath: directory)
        removed.append(directory)
      } else if Int(name) != nil, let owner = try? String(contentsOfFile: directory + "/owner", encoding: .utf8),
        !LabClaim.isAlive(owner: owner)
      {
        do throws(LabError) {
          try await Shell.run("cleaning up \(directory)", CleaningScript.text, [directory, owner])
          removed.append(directory)
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return removed
  }

  /// What `cleanUp` would take away: the directories of labs whose owner has ended.
  public static func leftovers() -> [String] {
    directories.filter { directory in
      let name = directory.split(separator: "/").last.map(String.init) ?? ""
      if name.hasPrefix("draft-") { return !LabClaim.isAlive(owner: String(name.dropFirst("draft-".count))) }
      guard let owner = try? String(contentsOfFile: directory + "/owner", encoding: .utf8) else { return false }
      return !LabClaim.isAlive(owner: owner)
    }
  }

  /// What is there of labs, running or not: their directories.
  public static var directories: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: stateDirectory)) ?? []).sorted()
      .map { "\(stateDirectory)/\($0)" }
  }
}
