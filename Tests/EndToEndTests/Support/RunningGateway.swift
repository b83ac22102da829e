import Foundation
import TestProcesses

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `nanogridata serve` on free ports with a state folder of its own.
final class RunningGateway {
    let process: RunningProcess
    let devicePort: Int
    let monitorPort: Int
    let albaPort: Int
    let state: URL

    /// - Parameters:
    ///   - state: A folder to go on with; a new one by default.
    ///   - embedded: Whether it delivers to receivers of its own.
    ///   - openFiles: How many files it may have open; nil for as many as the test.
    init(
        state: URL? = nil, embedded: Bool = true, extra: [String: String] = [:],
        options: [String] = [], openFiles: Int? = nil
    ) async throws {
        devicePort = try FreePort.next()
        monitorPort = try FreePort.next()
        albaPort = try FreePort.next()
        let cyclePort = try FreePort.next()
        self.state =
            state
            ?? FileManager.default.temporaryDirectory.appending(
                path: "nanogridata-\(UUID().uuidString)")
        var environment = TestDevice.environment
        environment["NANOGRIDATA_PORT"] = "\(devicePort)"
        environment["METRICS_PORT"] = "\(monitorPort)"
        environment["NANOGRIDATA_STATE_DIR"] = self.state.path()
        environment.merge(extra) { $1 }
        let receivers = [
            "--embedded", "--alba-port", "\(albaPort)", "--cycle-port", "\(cyclePort)",
        ]
        process = try RunningProcess(
            ["serve"] + (embedded ? receivers : []) + options, environment: environment,
            openFiles: openFiles)
        do {
            try await eventually("the gateway listens") {
                guard process.isRunning else { throw RunningProcess.Failure(description: "ended") }
                let state = try? await stats()["state"] as? String
                // After a kill it is blocked for a minute, and judges all the same.
                return ["running", "blocked"].contains(state)
            }
        } catch {
            throw RunningProcess.Failure(description: "\(error): \(process.standardError)")
        }
    }

    func status(_ path: String) async -> Int? {
        guard let (_, response) = try? await URLSession.shared.data(from: url(path)) else {
            return nil
        }
        return (response as? HTTPURLResponse)?.statusCode
    }

    func stats() async throws -> [String: Any] {
        let (data, _) = try await URLSession.shared.data(from: url("/stats"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// A number in `/stats`, by its path: `packets.accepted`.
    func number(_ path: String) async throws -> Int {
        var node: Any? = try await stats()
        for name in path.split(separator: ".") {
            node = (node as? [String: Any])?[String(name)]
        }
        return (node as? NSNumber)?.intValue ?? -1
    }

    /// Whether so many packets have been judged, and those accepted are committed.
    func hasJudged(_ count: Int) async throws -> Bool {
        guard try await number("packets.received") == count else { return false }
        return try await number("ledger.committing") == 0
    }

    /// What the embedded ALBA kept, as text.
    func albaEvents() async throws -> String {
        guard let url = URL(string: "http://127.0.0.1:\(albaPort)/events") else { return "" }
        return String(decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self)
    }

    private func url(_ path: String) -> URL {
        URL(string: "http://127.0.0.1:\(monitorPort)\(path)") ?? URL(filePath: "/")
    }
}
