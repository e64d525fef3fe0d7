import Compression

/// Writes a report for people (terminal, Markdown) and for spreadsheets (CSV).
public struct BenchmarkRenderer: Sendable {
  public var report: BenchmarkReport
  public var estimate: FailoverEstimate

  public init(_ report: BenchmarkReport, estimate: FailoverEstimate = FailoverEstimate()) {
    self.report = report
    self.estimate = estimate
  }

  /// Tables for the terminal, one per input, the quickest there and back first.
  public func text() -> String {
    var sections = [heading()]
    for (title, rows) in groups() {
      sections.append("\(title)\n\(table(rows, hasBars: true).text())\n\(advice(rows))")
    }
    if !report.problems.isEmpty {
      sections.append(
        "left out or cut short:\n"
          + InputProblem.summary(report.problems).map { "  " + $0 }.joined(separator: "\n"))
    }
    return sections.joined(separator: "\n\n") + "\n"
  }

  public func markdown() -> String {
    var sections = [heading()]
    for (title, rows) in groups() {
      sections.append("### \(title)\n\n\(table(rows, hasBars: false).markdown())\n\n\(advice(rows))")
    }
    let problems = InputProblem.summary(report.problems).map { "- " + $0 }.joined(separator: "\n")
    if !problems.isEmpty { sections.append("Left out or cut short:\n\n" + problems) }
    return sections.joined(separator: "\n\n") + "\n"
  }

  /// One line per row, rates in MB/s (10⁶ bytes per second).
  public func csv() -> String {
    let titles = [
      "input", "kind", "synthetic", "bytes", "compressedBytes", "codec", "filter", "chunkBytes", "threads",
      "ratio", "compressFastest", "compressMedian", "compressCPU", "decompressFastest",
      "decompressMedian", "decompressCPU", "decompressFresh", "streamCompressMedian",
      "streamDecompressMedian", "stored",
    ]
    let lines = report.rows.map { row in
      [
        row.input, row.kind.rawValue, "\(row.synthetic)", "\(row.bytes)", "\(row.compressedBytes)",
        row.codec, row.filter, "\(row.chunkBytes)", "\(row.threads)", "\(row.ratio)",
        "\(row.compress.fastest)", "\(row.compress.median)", "\(row.compress.cpu)",
        "\(row.decompress.fastest)", "\(row.decompress.median)", "\(row.decompress.cpu)",
        "\(row.decompressFresh)", row.streamCompress.map { "\($0.median)" } ?? "",
        row.streamDecompress.map { "\($0.median)" } ?? "", "\(row.stored)",
      ].map(csvField).joined(separator: ",")
    }
    return ([titles.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  private func heading() -> String {
    let machine = report.machine
    return """
      \(machine.cpu), \(machine.cpus) CPUs, \(machine.architecture), \
      \(Format.bytes(machine.memoryBytes)) of memory, pages of \(Format.chunk(machine.pageBytes)) (huge pages: \(machine.hugePages)), \
      load \(Format.fixed(machine.loadAverage, 2)) at the start
      LZ4 \(report.libraries.lz4), zstd \(report.libraries.zstd). \
      Rates in MB/s (10⁶ bytes of content per second): median, and fastest in brackets; every byte compared.\
      \(report.rows.contains(where: \.isUnsteady) ? Self.unsteadiness : "")
      """
  }

  private static let unsteadiness =
    "\nunsteady: the median lies a fifth or more below the fastest pass, so something else used the machine."

  /// The rows by input, in the order measured; within one by the time there and back.
  private func groups() -> [(String, [BenchmarkRow])] {
    var names: [String] = []
    var rows: [String: [BenchmarkRow]] = [:]
    for row in report.rows {
      if rows[row.input] == nil { names.append(row.input) }
      rows[row.input, default: []].append(row)
    }
    return names.map { name in
      let sorted = (rows[name] ?? []).sorted { estimate.total($0) < estimate.total($1) }
      let first = sorted[0]
      let label = first.synthetic ? "generated data" : "kind \(first.kind.rawValue)"
      return ("\(name) (\(label), \(Format.bytes(first.bytes)))", sorted)
    }
  }

  private func table(_ rows: [BenchmarkRow], hasBars: Bool) -> Table {
    let hasChunks = Set(rows.filter { $0.codec != "memcpy" }.map(\.chunkBytes)).count > 1
    let hasThreads = Set(rows.map(\.threads)).count > 1
    let hasStreams = rows.contains { $0.streamCompress != nil }
    let longest = rows.map(estimate.total).max() ?? 1
    var columns: [Table.Column] = [
      .init(title: "codec", isNumber: false), .init(title: "filter", isNumber: false),
    ]
    if hasChunks { columns.append(.init(title: "chunk")) }
    if hasThreads { columns.append(.init(title: "threads")) }
    let streams = hasStreams ? ["stream compress", "stream decompress"] : []
    for title in ["ratio", "compress", "decompress", "into fresh pages"] + streams
      + ["save s/GB", "restore s/GB"]
    {
      columns.append(.init(title: title))
    }
    columns.append(.init(title: hasBars ? "there and back" : "note", isNumber: false))
    return Table(
      columns: columns,
      rows: rows.map { row in
        var cells = [row.codec, row.filter]
        if hasChunks { cells.append(Format.chunk(row.chunkBytes)) }
        if hasThreads { cells.append("\(row.threads)") }
        cells += [
          Format.fixed(row.ratio, 2), rates(row.compress), rates(row.decompress),
          Format.significant(row.decompressFresh),
        ]
        if hasStreams { cells += [row.streamCompress, row.streamDecompress].map { $0.map(rates) ?? "" } }
        cells += [
          Format.significant(estimate.saveSeconds(row)), Format.significant(estimate.restoreSeconds(row)),
        ]
        let bar = hasBars ? String(repeating: "#", count: barLength(row, longest)) : ""
        let note = row.stored ? "stored" : ""
        let warning = row.isUnsteady ? "unsteady" : ""
        return cells + [[bar, note, warning].filter { !$0.isEmpty }.joined(separator: " ")]
      })
  }

  private func rates(_ rates: BenchmarkRow.Rates) -> String {
    "\(Format.significant(rates.median)) (\(Format.significant(rates.fastest)))"
  }

  private func barLength(_ row: BenchmarkRow, _ longest: Double) -> Int {
    let share = estimate.total(row) / longest
    return share.isFinite ? max(1, Int((share * 24).rounded())) : 1
  }

  /// In a sentence: the quickest row, beside sending the data as it is.
  private func advice(_ rows: [BenchmarkRow]) -> String {
    let link =
      "\(Format.bytes(estimate.uploadBytesPerSecond))/s up "
      + "and \(Format.bytes(estimate.downloadBytesPerSecond))/s down"
    guard let best = rows.first, let plain = rows.first(where: \.isPlainCopy) else { return "" }
    guard best.bytes >= 1_000_000 else { return "Too little data to say what that means for a failover." }
    let plainTime = estimate.total(plain)
    let saved = (1 - estimate.total(best) / plainTime) * 100
    if best.codec == "memcpy" || saved < 1 {
      return "At \(link) nothing measured pays: send such data as it is."
    }
    let name = best.method.map { "\($0)" } ?? best.codec
    return "At \(link) \(name) is quickest: save and restore take "
      + "\(Format.significant(estimate.total(best))) s per GB, "
      + "\(Format.fixed(saved, 0)) % less than as it is (\(Format.significant(plainTime)) s)."
  }
}
