import AsyncHTTPClient
import Foundation
import NIOCore
import TestProcesses
import Testing

/// A database of its Debian package, started for one test on ports of its own and gone with it.
final class TimeSeriesServer: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// What a query answered.
    struct Answer {
        let status: Int
        let text: String

        /// Every line a JSON object.
        var objects: [[String: Any]] {
            text.split(separator: "\n").compactMap {
                (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
            }
        }
    }

    let port: Int
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// The base address, as operators write it.
    var url: String { "http://127.0.0.1:\(port)" }

    /// InfluxDB 1.x.
    ///
    /// - Parameter needsLogin: Whether it takes nothing without a user.
    static func influxDB(needsLogin: Bool = false) async throws -> TimeSeriesServer {
        try await TimeSeriesServer("influxd", package: "influxdb", ready: "/ping") { folder, port in
            let file = folder + "/influxdb.conf"
            let settings = """
                reporting-enabled = false
                bind-address = "127.0.0.1:\(try FreePort.next())"
                [meta]
                dir = "\(folder)/meta"
                [data]
                dir = "\(folder)/data"
                wal-dir = "\(folder)/wal"
                [monitor]
                store-enabled = false
                [http]
                bind-address = "127.0.0.1:\(port)"
                auth-enabled = \(needsLogin)
                """
            try settings.write(toFile: file, atomically: false, encoding: .utf8)
            return ["-config", file]
        }
    }

    static func victoriaMetrics() async throws -> TimeSeriesServer {
        try await TimeSeriesServer(
            "victoria-metrics", package: "victoria-metrics", ready: "/health"
        ) { folder, port in
            ["-storageDataPath=\(folder)/data", "-httpListenAddr=127.0.0.1:\(port)"]
        }
    }

    private init(
        _ program: String, package: String, ready: String,
        arguments: (_ folder: String, _ port: Int) throws -> [String]
    ) async throws {
        let path = "/usr/bin/" + program
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(description: "\(program) is missing; apt-get install \(package)")
        }
        folder = try TemporaryFolder()
        port = try FreePort.next()
        process = try ChildProcess(path, try arguments(folder.path, port))
        let isUp = try await eventually {
            (try? await get(ready)).map { $0.status < 300 } ?? false
        }
        guard isUp else { throw Missing(description: "\(program) does not start") }
    }

    deinit {
        process.signal(SIGTERM)
        process.wait()
    }

    func get(_ path: String) async throws -> Answer { try await request("GET", path) }

    func post(_ path: String, _ body: String = "") async throws -> Answer {
        try await request("POST", path, body)
    }

    /// Runs a statement of InfluxQL.
    func query(_ statement: String, in database: String = "", login: String = "") async throws
        -> Answer
    {
        let letters = statement.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try await post("/query?epoch=ns&db=\(database)&q=\(letters)\(login)")
    }

    /// Values of the first column behind the time, of all series of a statement's answer.
    func values(
        _ statement: String, in database: String, login: String = ""
    ) async throws -> [Double] {
        let answer = try await query(statement, in: database, login: login)
        let results = answer.objects.first?["results"] as? [[String: Any]]
        let series = results?.first?["series"] as? [[String: Any]] ?? []
        return series.flatMap { series in
            (series["values"] as? [[Any]] ?? []).compactMap { ($0.dropFirst().first as? NSNumber) }
                .map(\.doubleValue)
        }
    }

    private func request(
        _ method: String, _ path: String, _ body: String = ""
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.status.code), text: String(buffer: bytes))
    }
}
