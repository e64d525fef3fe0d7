import Failover
import Foundation

/// Reaches a port of a host's own through ssh, so that it need not be open to the world.
enum SSHTunnel {
  /// Runs `body` with a socket file that leads to the port, and takes both away when `body` has ended.
  ///
  /// A socket file and not a port of this machine: nobody else can take it first, and only this user can use it.
  ///
  /// - Throws: what `body` throws; the reason why ssh ended, when that comes first.
  static func with<Value: Sendable>(
    port: Int, on host: HostAddress, _ settings: SSHSettings,
    _ body: @escaping @Sendable (_ socket: String) async throws(PortError) -> Value
  ) async throws(PortError) -> Value {
    try host.validate()
    // Names of sockets have to be short (unix(7): 108 bytes), so not in what the environment says.
    let directory = "/tmp/failover-tunnel-\(UInt64.random(in: 0 ... .max))"
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw PortError(.refused, "no directory for a tunnel's socket: \(directory)")
    }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let socket = directory + "/socket"
    let outcome = await withTaskGroup(of: Outcome<Value>.self) { group in
      group.addTask {
        do throws(PortError) {
          let forward = SSHForward.toHost(socket: socket, port: port)
          return .tunnel(.success(try await RemoteShell(settings).hold([forward], on: host)))
        } catch {
          return .tunnel(.failure(error))
        }
      }
      group.addTask {
        do throws(PortError) {
          // ssh makes the socket once it is logged in, and tells nobody.
          while !FileManager.default.fileExists(atPath: socket) {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { throw PortError(.cancelled, "tunnel") }
          }
          return .body(.success(try await body(socket)))
        } catch {
          return .body(.failure(error))
        }
      }
      let first = await group.next()
      group.cancelAll()
      return first
    }
    switch outcome {
    case .body(let result)?: return try result.get()
    case .tunnel(.failure(let error))?: throw error
    case .tunnel(.success(let result))?: throw ProgramFailure.error(result, "tunnel to \(host)")
    case nil: throw PortError(.cancelled, "tunnel to \(host)")
    }
  }

  private enum Outcome<Value: Sendable>: Sendable {
    case tunnel(Result<Program.Result, PortError>)
    case body(Result<Value, PortError>)
  }
}
