import Failover
import Testing

@testable import Scenarios

struct ServiceSpanTests {
  @Test func `levels of service follow each other from the opening of the endpoint to the end`() throws {
    for run in try Fixture.runs() {
      let spans = ServiceSpan.all(in: run.events, until: run.length)
      let opening = run.events.first { if case .endpointSwitched = $0.kind { true } else { false } }
      #expect(spans.first?.start == opening?.time)
      #expect(spans.last?.end == run.length)
      for (span, next) in zip(spans, spans.dropFirst()) {
        #expect(span.end == next.start)
        #expect(span.level != next.level)
      }
    }
  }
}
