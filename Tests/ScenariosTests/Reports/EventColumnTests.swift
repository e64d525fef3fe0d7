import Failover
import Foundation
import Testing

@testable import Scenarios

struct EventColumnTests {
  private let kinds = SampleEvents.kinds

  /// The enumeration's own source says which kinds there are.
  @Test func `the samples have one event of every kind in the source`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let source = try String(
      contentsOf: root.appending(path: "Sources/Failover/Events/EventKind.swift"), encoding: .utf8)
    let body = try #require(source.firstMatch(of: /(?s)enum EventKind.*?\n}/)).output
    let cases = body.matches(of: /(?m)^  case (\w+)/).map { String($0.output.1) }
    #expect(cases.count > 40)
    #expect(Set(kinds.map(\.name)).sorted() == cases.sorted())
    #expect(EventKind.names == cases, "what a file may name")
  }

  @Test func `every field of every kind has its column, in its unit`() {
    for kind in kinds {
      for field in kind.fields {
        let column = EventColumn.all.first { $0.name == field.name }
        #expect(column?.unit == field.value.unit, "\(kind.name).\(field.name)")
        #expect(column?.header == field.header)
      }
    }
  }

  @Test func `every column is a field of some kind`() {
    let names = Set(kinds.flatMap(\.fields).map(\.name))
    for column in EventColumn.all { #expect(names.contains(column.name), "\(column.name)") }
  }

  @Test func `no two columns share a header, and no two members of an event a key`() {
    let headers = EventColumn.all.map(\.header) + ["t_s", "lane", "kind"]
    #expect(Set(headers).count == headers.count)
    for kind in kinds {
      let keys = kind.fields.map(\.jsonKey) + ["t", "lane", "kind"]
      #expect(Set(keys).count == keys.count, "\(kind.name)")
    }
  }
}
