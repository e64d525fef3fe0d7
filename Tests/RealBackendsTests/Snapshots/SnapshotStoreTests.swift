import Compression
import Failover
import Foundation
import Testing

@testable import RealBackends

/// Real hosts, a real object store.
@Suite(.needsHosts, .needsObjectStore, .timeLimit(.minutes(2))) struct SnapshotStoreTests {
  static let limit = Duration.seconds(40)

  struct Place {
    var lab: LoopbackLab
    var server: ObjectStoreServer
    var client: ObjectStoreClient
    var store: ObjectSnapshotStore

    /// Below the place that a file system is mounted at.
    var path: String { lab.workspace + "/project" }
    func data(_ host: Int) -> String { lab.hosts[host].data + "/project" }

    func save(base: SnapshotID? = nil) async throws -> SnapshotReport {
      try await store.save(
        SnapshotRequest(source: lab.hosts[0].address, path: path, base: base), timeout: SnapshotStoreTests.limit)
    }

    @discardableResult
    func restore(_ id: SnapshotID) async throws -> SnapshotRestoreReport {
      try await store.restore(id, to: lab.hosts[1].address, path: path, timeout: SnapshotStoreTests.limit)
    }

    /// Everything about a directory that a snapshot keeps.
    func picture(_ directory: String) async throws -> String {
      try await shell(
        "sh", "-c",
        #"""
        cd -- "$0" && { find . -printf '%P %y %m %l %T@ %U:%G\0' | sort -z | tr '\0' '\n'
        find . -type f -print0 | sort -z | xargs -0 -r sha256sum --zero
        find . -type f -links +1 -printf '%n %P\n' | sort; }
        """#,
        directory)
    }

    /// What the other host's directory holds besides.
    func besides() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: lab.hosts[1].data).filter { $0 != "project" }
    }
  }

  private func run(
    _ disks: [LoopbackHost.Disk] = [.directory, .directory], options: ObjectSnapshotStore.Options = .init(),
    _ body: (Place) async throws -> Void
  ) async throws {
    try await ObjectStoreServer.run { server, client in
      try await LoopbackLab.run(disks) { lab in
        let store = try ObjectSnapshotStore(client, ssh: lab.ssh, label: "test", options: options)
        let place = Place(lab: lab, server: server, client: client, store: store)
        try FileManager.default.createDirectory(atPath: place.data(0), withIntermediateDirectories: true)
        try await body(place)
      }
    }
  }

  private func fill(_ directory: String) async throws {
    try await shell(
      "sh", "-c",
      #"""
      cd -- "$0"; umask 022
      for name in -rf 'a b' "'q'" '"d"' '$(touch x)' '*' 'back\slash' 'ünïcödé' '#h' '~' ' lead' 'trail ' \
        "$(printf 'new\nline')"; do
        printf 'in %s' "$name" > "./$name"; done
      mkdir -p deep/er/est empty 'sp ace/in'; : > zero; printf x > deep/er/est/file; printf y > 'sp ace/in/ x'
      ln -s deep/er link; ln -s '/no where' dangling; ln zero deep/hard
      truncate -s 3M sparse; printf end >> sparse
      chmod 0755 zero; chmod 0400 '#h'; chmod 1777 empty; chmod 0500 'sp ace/in'
      touch -d '2001-02-03 04:05:06.789012345' '~' empty; mkfifo pipe; chmod 0710 .
      head -c 300000 /dev/urandom > noise; seq 1 200000 > text
      """#, directory)
  }

  @Test(arguments: ["lz4", "zstd:1", "shuffle:4+lz4"])
  func `what is restored is what was saved, to the last name, link, hole and date`(_ name: String) async throws {
    let words = name.split(separator: "+").map(String.init)
    let method = Method(
      codec: try Codec(parsing: words.last ?? ""), filter: try words.count == 2 ? Filter(parsing: words[0]) : .none)
    try await run(options: .init(method: method, partBytes: 5 << 20)) { place in
      try await fill(place.data(0))
      let report = try await place.save()
      #expect(report.base == nil && report.stored.bytes > 0 && report.content > report.stored)
      #expect(report.compression == "\(method)")
      #expect(try await place.store.list(path: place.path, timeout: Self.limit) == [report.id])
      let restored = try await place.restore(report.id)
      #expect(try await place.picture(place.data(1)) == place.picture(place.data(0)))
      #expect(restored.content == report.content)
      #expect(restored.download > .zero && restored.decompress > .zero && restored.unpack > .zero)
      #expect(try place.besides().isEmpty)
      let blocks = try await shell("stat", "-c", "%b", place.data(1) + "/sparse")
      #expect(Int(blocks.filter(\.isNumber)) ?? 99 < 64)
      // Again, over what is there now.
      try place.lab.hosts[1].write("stale", to: "project/stale")
      try await place.restore(report.id)
      #expect(try await place.picture(place.data(1)) == place.picture(place.data(0)))
      #expect(try place.besides().isEmpty)
    }
  }

  @Test func `a chain of differences restores the newest state, deletions and changed types included`() async throws {
    try await run { place in
      let directory = place.data(0)
      try await fill(directory)
      let first = try await place.save()
      let states = [
        #"rm -rf deep; rm -f -- -rf; printf other > 'a b'; mv text moved; mkdir '*.d'"#,
        // A file becomes a directory, a directory a file, a link a directory; old date and length, new bytes.
        #"""
        rm zero; mkdir zero; printf in > zero/in; rm -rf empty; printf f > empty; rm link; mkdir link
        touch -r moved ref; sed -i 1s/1/7/ moved; touch -r ref moved; rm ref
        """#,
        #"mv zero one; rm -rf 'sp ace'; ln moved again; chmod 0600 moved"#,
      ]
      var base = first
      for state in states {
        try await shell("sh", "-c", #"cd -- "$0" && eval "$1""#, directory, state)
        let next = try await place.save(base: base.id)
        #expect(next.base == base.id)
        base = next
        try await place.restore(next.id)
        #expect(try await place.picture(place.data(1)) == place.picture(directory))
      }
      #expect(base.content < first.content)
      let nothing = try await place.save(base: base.id)
      #expect(nothing.stored.bytes < first.stored.bytes / 4)
      let ids = try await place.store.list(path: place.path, timeout: Self.limit)
      #expect(ids.count == 5 && ids.first == first.id && ids.last == nothing.id)
      let missing = try await portError { () async throws(PortError) in
        try await place.store.save(
          SnapshotRequest(source: place.lab.hosts[0].address, path: place.path, base: SnapshotID("test/x/1")),
          timeout: Self.limit)
      }
      #expect(missing.reason == .notFound)
    }
  }

  @Test func `the newest chains are kept, and nothing of the others`() async throws {
    try await run { place in
      try place.lab.hosts[0].write("x", to: "project/file")
      let a = try await place.save()
      let b = try await place.save(base: a.id)
      let c = try await place.save()
      let d = try await place.save(base: c.id)
      let e = try await place.save()
      #expect(try await place.store.prune(path: place.path, keeping: 2, timeout: Self.limit) == [b.id, a.id])
      #expect(try await place.store.list(path: place.path, timeout: Self.limit) == [c.id, d.id, e.id])
      let owned = try await place.store.resources(labelled: "te", timeout: Self.limit)
      #expect(owned.map(\.id) == [c, d, e].map(\.id.rawValue))
      for resource in owned { try await place.store.release(resource, timeout: Self.limit) }
      #expect(try await place.client.list(prefix: "", timeout: Self.limit).isEmpty)
      try await place.store.delete(a.id, timeout: Self.limit)
      #expect(try await portError { () async throws(PortError) in
        try await place.store.restore(a.id, to: place.lab.hosts[1].address, path: place.path, timeout: Self.limit)
      }.reason == .notFound)
    }
  }

  /// What can befall an object in its bucket.
  enum Damage: String, CaseIterable {
    case flippedByte, cutShort, missingMiddle, gone, manifestFlipped, baseGone
  }

  @Test(arguments: Damage.allCases)
  func `a damaged snapshot is told, and the workspace stays as it was`(_ damage: Damage) async throws {
    try await run(options: .init(partBytes: 5 << 20)) { place in
      try await shell("sh", "-c", #"head -c 12000000 /dev/urandom > "$0/noise""#, place.data(0))
      let whole = try await place.save()
      let next = try await place.save(base: whole.id)
      try place.lab.hosts[1].write("as it was", to: "project/file")
      let before = try await place.picture(place.data(1))
      let folder = place.server.bucket + "/snapshots/" + whole.id.rawValue
      let script =
        switch damage {
        case .flippedByte: #"printf xxxxxxxx | dd of="$0/data" bs=1 seek=7000000 conv=notrunc status=none"#
        case .cutShort: #"truncate -s -100 "$0/data""#
        case .missingMiddle:
          #"{ head -c 5242880 "$0/data"; tail -c +10485761 "$0/data"; } > "$0/new" && mv "$0/new" "$0/data""#
        case .gone, .baseGone: "true"
        case .manifestFlipped: #"sed -i s/lz4/lz5/ "$0/manifest.json""#
        }
      try await shell("sh", "-c", script, folder)
      // By the protocol: the server remembers files that go behind its back.
      let key = "snapshots/\(whole.id)/"
      if damage == .gone { try await place.client.delete(key + "data", timeout: Self.limit) }
      if damage == .baseGone { try await place.client.delete(key + "manifest.json", timeout: Self.limit) }
      let error = try await portError { () async throws(PortError) in
        try await place.store.restore(
          next.id, to: place.lab.hosts[1].address, path: place.path, timeout: Self.limit)
      }
      #expect(error.reason == .invalidAnswer, "\(error)")
      #expect(try await place.picture(place.data(1)) == before)
      #expect(try place.besides().isEmpty)
    }
  }

  @Test func `a full disk is told, and nothing stays of the attempt`() async throws {
    try await run([.directory, .memory(mebibytes: 4)]) { place in
      try await shell("sh", "-c", #"head -c 9000000 /dev/urandom > "$0/noise""#, place.data(0))
      let report = try await place.save()
      let host = place.lab.hosts[1].address
      let error = try await portError { () async throws(PortError) in
        try await place.store.restore(report.id, to: host, path: place.path, timeout: Self.limit)
      }
      #expect(error.reason == .diskFull, "\(error)")
      let left = try await RemoteShell(place.lab.ssh).run(["ls", "-A", place.lab.workspace], on: host)
      #expect(left.output.isEmpty && left.exitCode == 0)
    }
  }

  @Test func `a mounted workspace is filled as well, and keeps nothing of before`() async throws {
    try await run { place in
      try place.lab.hosts[0].write("x", to: "project/file")
      let request = SnapshotRequest(source: place.lab.hosts[0].address, path: place.lab.workspace)
      let report = try await place.store.save(request, timeout: Self.limit)
      try place.lab.hosts[1].write("stale", to: "stale")
      _ = try await place.store.restore(
        report.id, to: place.lab.hosts[1].address, path: place.lab.workspace, timeout: Self.limit)
      #expect(try await place.picture(place.lab.hosts[1].data) == place.picture(place.lab.hosts[0].data))
    }
  }

  @Test func `a cancelled snapshot or restore leaves no process, no part and no directory`() async throws {
    try await run(options: .init(partBytes: 5 << 20)) { place in
      try await shell("sh", "-c", #"head -c 60000000 /dev/urandom > "$0/noise""#, place.data(0))
      func quiet() async throws {
        for host in place.lab.hosts {
          try await eventually { try await !host.processes().contains { $0.command.contains("tar -") } }
        }
      }
      let host = place.lab.hosts[0]
      let saving = Task { try await place.save() }
      try await eventually { try await host.processes().contains { $0.command.contains("tar -c") } }
      saving.cancel()
      await #expect(throws: PortError.self) { try await saving.value }
      try await quiet()
      #expect(try await place.store.resources(labelled: "", timeout: Self.limit).isEmpty)
      #expect(try await place.client.list(prefix: "", timeout: Self.limit).isEmpty)

      let report = try await place.save()
      let target = place.lab.hosts[1]
      let restoring = Task { try await place.restore(report.id) }
      try await eventually { try await target.processes().contains { $0.command.contains("tar -x") } }
      restoring.cancel()
      await #expect(throws: PortError.self) { try await restoring.value }
      try await quiet()
      try await eventually { try place.besides().isEmpty }
      #expect(!FileManager.default.fileExists(atPath: place.data(1)))
    }
  }

  @Test func `a workspace that is not there is not saved`() async throws {
    try await run { place in
      let request = SnapshotRequest(source: place.lab.hosts[0].address, path: place.path + "/none")
      let error = try await portError { () async throws(PortError) in
        try await place.store.save(request, timeout: Self.limit)
      }
      #expect(error.reason == .notFound && error.detail.contains("no such directory"), "\(error)")
      #expect(try await place.client.list(prefix: "", timeout: Self.limit).isEmpty)
      #expect(try await place.client.unfinishedUploads(prefix: "", timeout: Self.limit).isEmpty)
    }
  }
}
