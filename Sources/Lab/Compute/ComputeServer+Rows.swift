import Foundation

extension ComputeServer {
  /// The address of a resource of the project.
  func link(_ path: String) -> String { "\(url)/compute/v1/projects/\(configuration.project)/\(path)" }

  private func time(_ date: Date) -> JSON {
    let style = Date.ISO8601FormatStyle.iso8601.year().month().day().time(includingFractionalSeconds: true)
    return .string(date.formatted(style.timeZone(separator: .colon)))
  }

  func list(_ kind: String, _ items: [JSON], selfLink: String) -> JSON {
    var list: [String: JSON] = [
      "kind": .string("compute#\(kind)"), "id": .string("projects/\(configuration.project)/\(selfLink)"),
      "selfLink": .string(link(selfLink)),
    ]
    // An empty list has no items, not an empty list of them.
    if !items.isEmpty { list["items"] = .array(items) }
    return .object(list)
  }

  func aggregated() -> ServerAnswer {
    var items: [String: JSON] = [:]
    for zone in configuration.zones {
      let found = instances.values.filter { $0.zone == zone }.sorted { $0.name < $1.name }.map(row)
      items["zones/\(zone)"] =
        found.isEmpty
        ? ["warning": ["code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope on this page."]]
        : ["instances": .array(found)]
    }
    return .json([
      "kind": "compute#instanceAggregatedList", "id": .string("projects/\(configuration.project)/aggregated/instances"),
      "items": .object(items), "selfLink": .string(link("aggregated/instances")),
    ])
  }

  func zoneRow(_ zone: String) -> JSON {
    let region = zone.split(separator: "-").dropLast().joined(separator: "-")
    return [
      "kind": "compute#zone", "id": "1", "name": .string(zone), "status": "UP",
      "region": .string(link("regions/\(region)")), "selfLink": .string(link("zones/\(zone)")),
    ]
  }

  /// Clients look images up before they ask for an instance; every image and family is there.
  func images(_ path: [String]) -> ServerAnswer? {
    guard path.count >= 5, path[2] == "global", path[3] == "images", let name = path.last else { return nil }
    return .json([
      "kind": "compute#image", "id": "1", "name": .string(name), "status": "READY", "diskSizeGb": "10",
      "family": .string(name), "architecture": "X86_64",
      "selfLink": .string("\(url)/compute/v1/projects/\(path[1])/global/images/\(name)"),
    ])
  }

  func row(_ instance: Instance) -> JSON {
    let zone = instance.zone
    let isOn = ["RUNNING", "STAGING", "PROVISIONING"].contains(instance.status)
    let address = instance.host?.address
    var interface: [String: JSON] = [
      "kind": "compute#networkInterface", "name": "nic0", "network": .string(link("global/networks/default")),
      "fingerprint": "AAAAAAAAAAA=",
    ]
    if let address { interface["networkIP"] = .string(address) }
    var access: [String: JSON] = [
      "kind": "compute#accessConfig", "type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM",
    ]
    // An address that is not reserved goes when the instance stops.
    if isOn, let address { access["natIP"] = .string(address) }
    interface["accessConfigs"] = .array([.object(access)])
    let machineType = instance.request["machineType"].string?.split(separator: "/").last.map(String.init) ?? ""
    var scheduling = instance.request["scheduling"].object ?? [:]
    if scheduling["provisioningModel"] == nil { scheduling["provisioningModel"] = "STANDARD" }
    scheduling["preemptible"] = .bool(instance.isSpot)
    if scheduling["automaticRestart"] == nil { scheduling["automaticRestart"] = .bool(!instance.isSpot) }
    return [
      "kind": "compute#instance", "id": .string("\(instance.number)"), "name": .string(instance.name),
      "status": .string(instance.status), "creationTimestamp": time(instance.created),
      "zone": .string(link("zones/\(zone)")), "machineType": .string(link("zones/\(zone)/machineTypes/\(machineType)")),
      "selfLink": .string(link("zones/\(zone)/instances/\(instance.name)")), "scheduling": .object(scheduling),
      "labels": instance.request["labels"].object.map { .object($0) } ?? [:], "labelFingerprint": "AAAAAAAAAAA=",
      "metadata": instance.request["metadata"].object.map { .object($0) } ?? ["kind": "compute#metadata"],
      "networkInterfaces": .array([.object(interface)]), "cpuPlatform": "Unknown CPU Platform",
      "disks": [
        [
          "kind": "compute#attachedDisk", "boot": true, "autoDelete": true, "type": "PERSISTENT", "mode": "READ_WRITE",
          "diskSizeGb": .string("\(Int(instance.diskSize))"), "deviceName": .string(instance.name), "index": 0,
        ]
      ],
    ]
  }

  func row(_ operation: Operation) -> JSON {
    let target = "zones/\(operation.zone)/instances/\(operation.target)"
    var row: [String: JSON] = [
      "kind": "compute#operation", "id": .string("\(operation.number)"), "name": .string(operation.name),
      "operationType": .string(operation.kind), "status": operation.isDone ? "DONE" : "RUNNING",
      "progress": operation.isDone ? 100 : 0, "zone": .string(link("zones/\(operation.zone)")),
      "targetLink": .string(link(target)), "targetId": .string("\(operation.targetNumber)"),
      "user": .string(account.email), "insertTime": time(operation.created), "startTime": time(operation.created),
      "selfLink": .string(link("zones/\(operation.zone)/operations/\(operation.name)")),
    ]
    if operation.isDone {
      row["endTime"] = time(Date())
      if let error = operation.error {
        row["error"] = ["errors": [["code": .string(error.code), "message": .string(error.message)]]]
        row["httpErrorStatusCode"] = 503
        row["httpErrorMessage"] = "SERVICE UNAVAILABLE"
      }
    }
    return .object(row)
  }
}
