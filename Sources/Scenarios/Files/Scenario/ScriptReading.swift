import Failover
import FailoverSim

extension Kind<ScriptPart> {
  /// `- phase: Setup` with `steps`, or `- pause: 1s`.
  static var scriptPart: Kind {
    oneOf(
      "a phase or a pause",
      .fields("phase", help: "a part of the drill that is timed") { reader in
        .phase(
          name: reader.required("name", .text, help: "its name in the report"),
          steps: reader.required("steps", .list(of: .scriptStep, atLeast: 1), help: "what happens, in order"))
      },
      .keyed("pause", .durations, help: "waits that are not counted") { .pause($0) })
  }
}

extension Kind<[Duration]> {
  /// One duration or a list of them.
  static var durations: Kind {
    oneOf(
      "a duration or a list of durations", .plain(.duration) { [$0] },
      .plain(.list(of: .duration, atLeast: 1)) { $0 })
  }
}

extension Kind<ScriptStep> {
  /// A bare word such as `checkHealth`, or `wait: 0.5s`, `note: text`, `repeat: {count: 5, steps: […]}`.
  static var scriptStep: Kind {
    oneOf(
      "a step", .keyed("wait", .duration.positive, help: "let this time pass") { .wait($0) },
      [
        .keyed("note", .text, help: "a line in the timeline") { .note($0) },
        .fields("repeat", help: "the same steps several times") { reader in
          .repeat(
            count: reader.required("count", .count.between(1, 10_000), help: "how often"),
            steps: reader.required("steps", .list(of: .scriptStep, atLeast: 1), help: "what, in order"))
        },
      ] + ScriptAction.allCases.map { .word($0.rawValue, .perform($0), help: $0.help) })
  }
}

extension ScriptAction {
  /// One line for the list of fields.
  fileprivate var help: String {
    switch self {
    case .adoptPrimary: "take charge of the GPU"
    case .createStandby: "create the CPU machine"
    case .openEndpoint: "send users to the GPU"
    case .sync: "one sync from the GPU to the standby"
    case .saveSnapshot: "one snapshot of the GPU"
    case .checkHealth: "one health check of the GPU"
    case .interrupt: "take the GPU away"
    case .failOver: "move users to the standby and verify it"
    case .standDown: "nobody can take over: tell people"
    case .searchOffer: "choose an offer"
    case .provision: "rent it and wait until it runs"
    case .awaitSSH: "wait until it answers"
    case .restore: "copy the workspace to it"
    case .checkInference: "start the model and wait for its first answer"
    case .failBack: "final sync, verify, move users to it"
    case .giveBackUnused: "give back what is not needed"
    case .setUpWarmPool: "rent the first GPU on a machine that can hold the pool, and send users to it"
    case .warmPoolStatus: "a line with the state of the warm pool"
    case .findMachines: "a line with the machines that could hold the pool"
    case .provisionWarmGPU: "create the second GPU of the pool and stop it"
    case .failOverToWarmGPU: "start the second GPU and move users to it"
    case .disableWarmPool: "switch the pool off; its stopped GPU is given back"
    case .enableWarmPool: "switch it on again"
    }
  }
}
