import FailoverSim

/// How many nodes were alive at each poll: lines of `YYYY-MM-DD, HH:MM:SS, N`, as published with Bamboo.
///
/// The seat is up while at least as many nodes as asked for are. A change lies anywhere between two polls,
/// so a hole in the polls widens the window of the change that is seen after it; what came and went within
/// the hole is lost. Times are taken for local times without a change of the clocks.
func nodeCountTrace(
  _ bytes: [UInt8], file: String, following seat: FollowedSeat
) throws(TraceError) -> InterruptionTrace {
  let least = try seat.leastCount(file: file)
  var lines = TraceLines(file: file, bytes: bytes)
  var observer = SeatObserver()
  var polls: (first: Int64, last: Int64)?
  var widest: Int64 = 0
  while let line = try lines.next() {
    try line.expectFields(3, form: "YYYY-MM-DD, HH:MM:SS, count")
    let instant = try secondsSinceEpoch(line)
    let count = try line.wholeNumber(line.fields[2], upTo: Int64(Int32.max), "the number of nodes alive")
    if let polls, instant <= polls.last {
      throw line.error("expected a poll after the one on the line above, found one at or before its time")
    }
    let first = polls?.first ?? instant
    guard instant - first <= TraceFile.maximumSeconds else {
      throw line.error("expected a poll within 292 years of the first one, found a later one")
    }
    let gap = instant - (polls?.last ?? instant)
    widest = max(widest, gap)
    observer.observe(isUp: count >= least, at: .seconds(instant - first), window: .seconds(gap))
    polls = (first, instant)
  }
  guard let polls, polls.last > polls.first else {
    throw TraceError(
      file: file, line: 1, column: 1, message: "expected at least two polls: one spans no time")
  }
  return try observer.trace(
    of: file, length: .seconds(polls.last - polls.first),
    how: "node counts; \(traceNodes(atLeast: least)); longest time between polls \(widest) s")
}

/// The first two fields of a poll as seconds since the start of the year 0.
private func secondsSinceEpoch(_ line: TraceLine) throws(TraceError) -> Int64 {
  let date = numbers(line.fields[0].text, separator: "-", widths: [4, 2, 2])
  guard let date, (1...12).contains(date[1]), date[2] >= 1,
    date[2] <= days(inMonth: date[1], year: date[0])
  else {
    throw line.error(line.fields[0], expected: "a date YYYY-MM-DD")
  }
  let time = numbers(line.fields[1].text, separator: ":", widths: [2, 2, 2])
  guard let time, time[0] < 24, time[1] < 60, time[2] < 60 else {
    throw line.error(line.fields[1], expected: "a time of day HH:MM:SS")
  }
  let monthsBefore = (1..<date[1]).reduce(0) { $0 + days(inMonth: $1, year: date[0]) }
  let day = daysBefore(year: date[0]) + monthsBefore + date[2] - 1
  return ((day * 24 + time[0]) * 60 + time[1]) * 60 + time[2]
}

/// The numbers of a text such as `2021-12-11`, when it has exactly these widths.
private func numbers(_ text: String, separator: Character, widths: [Int]) -> [Int64]? {
  let parts = text.split(separator: separator, omittingEmptySubsequences: false)
  guard parts.map(\.utf8.count) == widths else { return nil }
  let values = parts.compactMap { traceDigits($0.utf8) }
  return values.count == widths.count ? values : nil
}

private func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

private func days(inMonth month: Int64, year: Int64) -> Int64 {
  switch month {
  case 2: isLeap(year) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// The days from the start of the year 0, which is a leap year in the Gregorian calendar, to that of `year`.
private func daysBefore(year: Int64) -> Int64 {
  year == 0 ? 0 : year * 365 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1
}
