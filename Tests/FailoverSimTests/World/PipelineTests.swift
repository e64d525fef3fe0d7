import Failover
import FailoverSim
import Testing

@Suite struct PipelineTests {
  /// The pipeline chunk by chunk: a stage begins a chunk when the stage before has finished it and itself the one
  /// before.
  private func played(_ stages: [Duration], chunks: [Int64]) -> Duration {
    let whole = chunks.reduce(0, +)
    var free = stages.map { _ in Duration.zero }
    for chunk in chunks {
      var ready = Duration.zero
      for stage in stages.indices {
        ready = max(ready, free[stage]) + stages[stage].scaled(by: chunk, over: whole)
        free[stage] = ready
      }
    }
    return free.last ?? .zero
  }

  @Test func `its time is that of the pipeline played chunk by chunk`() {
    let chunk: Int64 = 4 << 20
    for count in [1, 2, 7, 100] as [Int64] {
      for stages in [[10, 20, 30], [30, 20, 10], [20, 30, 10], [7, 7, 7], [5]] as [[Int]] {
        // Whole nanoseconds for every chunk.
        let times = stages.map { Duration.milliseconds($0) * Int(count) }
        let content = ByteCount(chunk * count)
        let time = PipelineTime(stages: times, content: content, chunk: ByteCount(chunk))
        #expect(time.total == played(times, chunks: Array(repeating: chunk, count: Int(count))))
      }
    }
  }

  @Test func `a shorter last chunk makes it shorter by less than what that chunk is short of`() {
    let (chunk, rest): (Int64, Int64) = (1_000, 300)
    let content = 5 * chunk + rest
    for stages in [[10, 20, 30], [30, 20, 10], [20, 30, 10]] as [[Int]] {
      let times = stages.map { Duration.nanoseconds(Int64($0) * content) }
      let time = PipelineTime(stages: times, content: ByteCount(content), chunk: ByteCount(chunk))
      let exact = played(times, chunks: Array(repeating: chunk, count: 5) + [rest])
      let slack = Duration.nanoseconds(Int64(stages.reduce(0, +)) * (chunk - rest))
      #expect(exact <= time.total && time.total - exact <= slack)
    }
  }

  @Test func `one chunk, or less, passes the stages one after the other`() {
    let times = [Duration.seconds(1), .seconds(3), .seconds(2)]
    let time = PipelineTime(stages: times, content: .megabytes(1), chunk: .mebibytes(4))
    #expect(time.total == .seconds(6))
    #expect(PipelineTime(stages: [.zero, .zero], content: .zero, chunk: .mebibytes(4)).total == .zero)
  }

  /// A workspace of 1 GB that shrinks to a half at 500 MB/s and comes back at 2 GB/s.
  private var model: SnapshotModel {
    var model = SnapshotModel()
    model.read = .megabytesPerSecond(1000)
    model.write = .megabytesPerSecond(250)
    model.upload = .megabytesPerSecond(100)
    model.download = .megabytesPerSecond(200)
    model.chunk = .megabytes(10)
    model.compression = CompressionProfile(
      name: "test", content: .gigabytes(1), stored: .megabytes(500), compress: .seconds(2),
      decompress: .milliseconds(500))
    return model
  }

  @Test func `saving takes the upload, and one chunk of reading and compressing`() throws {
    // 500 MB at 100 MB/s; a hundredth of 1 s and of 2 s.
    let time = try #require(model.saving(.gigabytes(1), over: .megabytesPerSecond(1000)))
    #expect(time.slowest == .seconds(5))
    #expect(time.total == .milliseconds(5_030))
  }

  @Test func `a host's slow link is what counts when it is slower than the service`() throws {
    let time = try #require(model.saving(.gigabytes(1), over: .megabytesPerSecond(50)))
    #expect(time.slowest == .seconds(10))
  }

  @Test func `a slow codec is what counts when the link is fast`() throws {
    var model = model
    model.upload = .megabytesPerSecond(10_000)
    let time = try #require(model.saving(.gigabytes(1), over: .megabytesPerSecond(10_000)))
    #expect(time.slowest == .seconds(2))
    // A hundredth of reading 1 s and sending 50 ms.
    #expect(time.fill == .microseconds(10_500))
  }

  @Test func `restoring takes the slowest of download, decompressing and writing`() throws {
    let times = try #require(
      model.restoring(.gigabytes(1), from: .megabytes(500), over: .megabytesPerSecond(1000)))
    #expect(times.download == .milliseconds(2_500))
    #expect(times.decompress == .milliseconds(500))
    #expect(times.unpack == .seconds(4))
    #expect(times.whole.total == .seconds(4) + .milliseconds(30))
  }

  @Test func `the share of a part is rounded up to a byte, and nothing comes of nothing`() {
    let profile = model.compression
    #expect(profile.stored(for: ByteCount(3)) == ByteCount(2))
    #expect(profile.stored(for: .zero) == .zero)
    #expect(profile.stored(for: profile.content) == profile.stored)
    #expect(CompressionProfile.none.stored(for: ByteCount(7)) == ByteCount(7))
    #expect(CompressionProfile.none.compressing(.gigabytes(1)) == .zero)
  }

  @Test func `a link that carries nothing never ends`() {
    #expect(model.saving(.gigabytes(1), over: .zero) == nil)
    #expect(model.restoring(.gigabytes(1), from: .megabytes(1), over: .zero) == nil)
  }

  @Test func `a file's name speaks for what it holds`() {
    #expect(ContentKind(fileName: "model.pt") == .weightsOther)
    #expect(ContentKind(fileName: "data/Train.CSV") == .csv)
    #expect(ContentKind(fileName: "main.py") == .source)
    #expect(ContentKind(fileName: "README") == .other)
    #expect(ContentKind(fileName: "a.tar.gz") == .archive)
  }
}
