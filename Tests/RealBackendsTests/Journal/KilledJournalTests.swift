import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

/// A process that is killed while it writes.
@Suite(.timeLimit(.minutes(1))) struct KilledJournalTests {
  @Test(arguments: [0, 1, 3, 10, 30])
  func `killed in the middle of writing, it leaves all that was acknowledged and nothing that was not written`(
    _ milliseconds: Int
  ) async throws {
    let folder = try FileJournalTests.Folder()
    let (file, acknowledged) = (folder.file, folder.path + "/acknowledged")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [file = file as String, acknowledged = acknowledged as String, milliseconds = milliseconds as Int] in
      let journal = try FileJournal(path: file)
      try journal.append(.began(RunID("killed"), nextLabel: 1))
      var number = 0
      while true {
        number += 1
        try journal.append(.releaseIntent(.volume, id: String(number)))
        try "\(number)\n".write(toFile: acknowledged, atomically: true, encoding: .utf8)
        guard number == 10 else { continue }
        Thread {
          usleep(UInt32(milliseconds) * 1000)
          kill(getpid(), SIGKILL)
        }.start()
      }
    }
    // The lock went with the process.
    let journal = try FileJournal(path: file)
    let entries = try journal.entries()
    let text = try String(contentsOfFile: acknowledged, encoding: .utf8)
    let count = try #require(Int(text.dropLast()))
    #expect(count >= 10)
    #expect(entries.count - 1 == count || entries.count - 1 == count + 1)
    let expected = (1..<entries.count).map { JournalEntry.releaseIntent(.volume, id: String($0)) }
    #expect(entries == [.began(RunID("killed"), nextLabel: 1)] + expected)
  }
}
