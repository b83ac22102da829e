import Foundation
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// Gateways that find an empty PostgreSQL at the same moment.
@Suite struct PostgresMigrationTests {
    /// Has some connections write a model each at once.
    ///
    /// - Returns: What went wrong.
    private func race(_ server: PostgresServer, connections: Int) throws -> [String] {
        let address = try #require(PostgresAddress(url: server.url()))
        let faults = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: connections) { number in
            let connection = PostgresConnection(
                to: address, for: .packets, timeoutMilliseconds: 20_000)
            let model = PostgresModel(id: ModelID(rawValue: UInt8(number + 1)))
            do throws(PostgresFault) {
                try connection.write(models: PostgresWire.upsert([model]), rows: [])
            } catch {
                faults.withLock { $0.append(error.text) }
            }
        }
        return faults.withLock(\.self)
    }

    @Test(arguments: ["read committed", "repeatable read", "serializable"])
    func `gateways that start together make the tables once`(isolation: String) throws {
        let server = try PostgresServer()
        try server.query(
            "ALTER DATABASE postgres SET default_transaction_isolation = '\(isolation)'")
        for _ in 0..<10 {
            #expect(try race(server, connections: 6) == [])
            #expect(
                try server.query("SELECT version FROM nanogridata_schema ORDER BY 1") == ["1"])
            #expect(try server.query("SELECT count(*) FROM nanogridata_models") == ["6"])
            try server.query(
                "DROP TABLE nanogridata_packets, nanogridata_models, nanogridata_schema")
        }
    }
}
