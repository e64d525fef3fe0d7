import Failover
import FailoverSim
import RealBackends

/// A script that makes the files of a scenario's workspace on a host.
///
/// What they hold is like what their names speak for: text repeats itself, weights are random.
struct WorkspaceScript {
  let workspace: WorkspaceModel

  /// For `sh`, with the programs that every Linux has.
  var text: String {
    let folder = Quoting.forShell(workspace.path)
    return (["set -e", "mkdir -p \(folder)", "cd \(folder)"] + workspace.files.map(command)).joined(separator: "\n")
  }

  private func command(_ file: WorkspaceModel.File) -> String {
    let size = file.size.bytes
    let name = Quoting.forShell("./" + file.name)
    let folder = file.name.contains("/") ? "mkdir -p \"$(dirname \(name))\"; " : ""
    return folder + (file.kind.isText
      // Lines of a table, none like the other; `head` ends `seq` with a broken pipe, which is meant.
      ? "(seq -f '%.0f,measured,0.5,label' 1 \(size) 2>/dev/null || :) | head -c \(size) >\(name)"
      : "head -c \(size) /dev/urandom >\(name)")
  }
}
