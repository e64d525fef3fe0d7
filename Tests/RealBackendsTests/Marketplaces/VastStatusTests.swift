import Failover
import Testing

@testable import RealBackends

/// What Vast.ai's words for an instance's state mean.
@Suite struct VastStatusTests {
  private func instance(_ fields: String) throws -> VastInstance {
    let answer = try HTTPAnswer.json("{\"instances\": {\"id\": 42, \(fields)}}").decoded(VastShown.self, "show")
    return try #require(answer.instance)
  }

  @Test(arguments: [
    ("null", InstanceStatus.provisioning), ("\"created\"", .provisioning), ("\"loading\"", .provisioning),
    ("\"running\"", .running), ("\"stopped\"", .stopped), ("\"frozen\"", .stopped), ("\"exited\"", .stopped),
    ("\"rebooting\"", .provisioning), ("\"unknown\"", .offline), ("\"offline\"", .offline),
    ("\"a new word\"", .provisioning), ("7", .provisioning),
  ]) func `every status has its meaning`(word: String, status: InstanceStatus) throws {
    #expect(try instance("\"actual_status\": \(word)").described.status == status)
  }

  @Test func `what never comes to run by itself is told from what may`() {
    let never: [VastStatus] = [.stopped, .frozen, .exited, .unknown, .offline]
    let words = [
      "created", "loading", "running", "stopped", "frozen", "exited", "rebooting", "unknown", "offline", "new",
    ]
    for word in words { #expect(VastStatus(word).canReachRunning != never.contains(VastStatus(word)), "\(word)") }
    #expect(VastStatus(nil).canReachRunning)
    // What may still run is never called offline, and what may not is never called provisioning.
    for word in words {
      let status = VastState(actual: VastStatus(word)).status
      #expect(status != (VastStatus(word).canReachRunning ? .offline : .provisioning))
    }
  }

  @Test(arguments: [
    // Outbid: wanted, but the GPU is somebody else's.
    ("stopped", "running", "stopped", .stopped, true),
    ("exited", "running", "stopped", .stopped, true),
    ("running", "running", "stopped", .stopped, true),
    ("stopped", "running", nil, .stopped, true),
    // Stopped by its owner.
    ("stopped", "stopped", "stopped", .stopped, false),
    ("exited", "stopped", "stopped", .stopped, false),
    ("running", "stopped", "running", .stopped, false),
    // Started again: the GPU is there, the container not yet.
    ("stopped", "running", "running", .provisioning, false),
    ("running", "running", "running", .running, false),
    // The container has ended by itself.
    ("exited", "running", "running", .stopped, false),
    ("loading", "running", "stopped", .provisioning, false),
    ("offline", "running", "running", .offline, false),
  ] as [(String, String, String?, InstanceStatus, Bool)])
  func `an outbid instance is told from a stopped and a starting one`(
    actual: String, intended: String, current: String?, status: InstanceStatus, isTakenAway: Bool
  ) throws {
    let tail = current.map { ", \"cur_state\": \"\($0)\"" } ?? ""
    let state = try instance("\"actual_status\": \"\(actual)\", \"intended_status\": \"\(intended)\"\(tail)").state
    #expect(state.status == status)
    #expect(state.isTakenAway == isTakenAway)
  }

  @Test func `the direct address is preferred to the relay's`() throws {
    let relay = "\"ssh_host\": \"ssh4.vast.ai\", \"ssh_port\": 10600"
    let ports = #""ports": {"22/tcp": [{"HostIp": "0.0.0.0", "HostPort": "40022"}]}"#
    let direct = #""public_ipaddr": "203.0.113.7\n", "# + ports
    let ofRelay = HostAddress(host: "ssh4.vast.ai", port: 10600)
    #expect(try instance("\(relay), \(direct)").address == HostAddress(host: "203.0.113.7", port: 40022))
    #expect(try instance(relay).address == ofRelay)
    #expect(try instance("\(relay), \"public_ipaddr\": \"203.0.113.7\", \"ports\": {}").address == ofRelay)
    #expect(try instance("\(relay), \"ports\": {\"22/tcp\": [{\"HostPort\": \"40022\"}]}").address == ofRelay)
    #expect(try instance("\"ssh_host\": \"-oProxyCommand=x\", \"ssh_port\": 22").address == nil)
    #expect(try instance("\"ssh_host\": \"a\", \"ssh_port\": 70000").address == nil)
    #expect(try instance("\"label\": null").address == nil)
  }

  @Test func `price and machine are told`() throws {
    let told = try instance("\"dph_total\": 0.4512, \"machine_id\": 11, \"actual_status\": \"running\"").described
    #expect(told.price == HourlyPrice(perHour: Money(nanodollars: 451_200_000)))
    #expect(told.machine == MachineID("11"))
    #expect(told.id == InstanceID("42"))
  }
}
