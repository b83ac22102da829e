import Foundation
import NanoCore
import Testing

/// A gateway that writes to a PostgreSQL as it is installed.
@Suite struct PostgresDeliveryTests {
    private let count = "SELECT count(*), count(DISTINCT identity) FROM nanogridata_packets"

    private func identities(_ frames: [[UInt8]]) -> [String] {
        frames.map(DeviceFrames.identity).sorted()
    }

    @Test func `every packet is one row, however often written`() async throws {
        let server = try PostgresServer()
        let frames = DeviceFrames.pressures(1...700)
        // The second gateway knows nothing of the first, and writes all of them again.
        for _ in 0..<2 {
            try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
                try await gateway.send(frames)
                try await gateway.reaches("routes.postgresql.delivered", 700)
                try await gateway.reaches("routes.alba.delivered", 700)
                #expect(try await !gateway.get("/stats").text.contains(PostgresServer.password))
            }
            #expect(try server.query(count) == ["700|700"])
        }
        #expect(
            try server.query("SELECT identity FROM nanogridata_packets ORDER BY 1")
                == identities(frames))
        let payload =
            "decoded_payload->>'device_id' = 'ESP32-' || (decoded_payload->>'pressure_pa')"
        let row = """
            SELECT count(*) FROM nanogridata_packets p JOIN nanogridata_models m ON m.id = model_id
            WHERE \(payload) AND payload_type = 'telemetry' AND length(raw_header) >= 12
            AND m.payload_profile = 'NANO-ESP32-PRESSURE' AND m.name = 'ESP32'
            AND abs(extract(epoch FROM now() - received_at)) < 600
            AND abs(extract(epoch FROM received_at - timestamp)) < 600
            AND identity LIKE '%' || left(mac_hex, 32)
            """
        #expect(try server.query(row) == ["700"])
        #expect(
            try server.query("SELECT version FROM nanogridata_schema ORDER BY 1") == ["1"])
    }

    @Test(arguments: [
        "nanogridata_packets", "nanogridata_models CASCADE",
        "nanogridata_packets, nanogridata_models",
    ])
    func `tables that somebody has dropped are made again`(tables: String) async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("routes.postgresql.delivered", 5)
            try server.query("DROP TABLE \(tables)")
            try await gateway.send(DeviceFrames.pressures(6...9))
            try await gateway.reaches("routes.postgresql.delivered", 9)
        }
        let left = tables.contains("packets") ? 4 : 9
        #expect(try server.query(count) == ["\(left)|\(left)"])
        #expect(
            try server.query("SELECT version FROM nanogridata_schema ORDER BY 1") == ["1"])
    }

    @Test func `a server that stands still with the connection open is given up in time`()
        async throws
    {
        let server = try PostgresServer()
        let settings = "routes:\n  postgresql:\n    timeout_ms: 1000\n"
        try await withGateway(yaml: settings, environment: ["DATABASE_URL": server.url()]) {
            gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("routes.postgresql.delivered", 5)
            let backend = try #require(
                try server.query(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                        + "AND query LIKE '%COMMIT%' AND pid <> pg_backend_pid()"
                ).first.flatMap { pid_t($0) })
            #expect(kill(backend, SIGSTOP) == 0)
            defer { kill(backend, SIGCONT) }
            try await gateway.send(DeviceFrames.pressures(6...9))
            // Another connection has another process.
            try await gateway.reaches("routes.postgresql.delivered", 9)
            #expect(!gateway.log.lines(with: "no answer within 1000 ms").isEmpty)
        }
        #expect(try server.query(count) == ["9|9"])
    }

    @Test func `the ids of a device's packets follow the order in which they came`() async throws {
        let server = try PostgresServer()
        let frames = (1...120).map { DeviceFrames.pressure($0) }
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            for batch in [frames[..<40], frames[40..<80]] {
                try await gateway.send(Array(batch))
                try await gateway.reaches("routes.postgresql.delivered", batch.endIndex)
            }
            try server.stop()
            try await gateway.send(Array(frames[80...]))
            let isShown = try await eventually {
                try await !gateway.text("routes.postgresql.last_error").isEmpty
            }
            #expect(isShown)
            try server.start()
            try await gateway.reaches("routes.postgresql.delivered", 120)
        }
        let numbers = "SELECT decoded_payload->>'pressure_pa' FROM nanogridata_packets ORDER BY id"
        #expect(try server.query(numbers) == (1...120).map(String.init))
    }

    @Test func `a user who may not draw ids gets the rows all the same`() async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
        }
        try server.query(
            "CREATE USER writer PASSWORD '\(PostgresServer.password)';"
                + "GRANT CREATE ON SCHEMA public TO writer;"
                + "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO writer")
        let url = server.url().replacing("//plant:", with: "//writer:")
        try await withGateway(environment: ["DATABASE_URL": url]) { gateway in
            try await gateway.send((2...30).map { DeviceFrames.pressure($0) })
            try await gateway.reaches("routes.postgresql.delivered", 29)
        }
        #expect(try server.query(count) == ["30|30"])
    }

    @Test func `what a server misses while it is away arrives when it is back`() async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("routes.postgresql.delivered", 20)
            try server.stop()
            try await gateway.send(DeviceFrames.pressures(21...60))
            let isShown = try await eventually {
                try await !gateway.text("routes.postgresql.last_error").isEmpty
            }
            #expect(isShown)
            try server.start()
            try await gateway.reaches("routes.postgresql.delivered", 60)
            #expect(try await gateway.number("routes.postgresql.dead_letters") == 0)
        }
        #expect(try server.query(count) == ["60|60"])
    }

    @Test func `a server that takes no writes for a while gets everything when it does again`()
        async throws
    {
        let server = try PostgresServer()
        func setReadOnly(_ isReadOnly: Bool) throws {
            try server.query(
                "ALTER SYSTEM SET default_transaction_read_only = \(isReadOnly ? "on" : "off")")
            try server.query("SELECT pg_reload_conf()")
        }
        // The first time before there are any tables, the second with a connection that is open.
        try setReadOnly(true)
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            for round in 1...2 {
                if round > 1 { try setReadOnly(true) }
                try await gateway.send(
                    DeviceFrames.pressures((round * 20 - 19)...(round * 20)))
                let isShown = try await eventually {
                    let route = gateway.gateway.snapshot([]).routes.last
                    return route?.state == .retrying
                        && route?.lastError.hasPrefix(
                            "25006 the server takes no writes now, as a standby does: ") == true
                }
                #expect(isShown)
                try setReadOnly(false)
                try await gateway.reaches("routes.postgresql.delivered", round * 20)
                #expect(try await gateway.number("routes.postgresql.dead_letters") == 0)
            }
        }
        #expect(try server.query(count) == ["40|40"])
    }

    @Test func `a wrong password is shown without itself and waited for`() async throws {
        let server = try PostgresServer()
        let environment = ["DATABASE_URL": server.url(password: "hunter2-hunter2")]
        try await withGateway(environment: environment) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            let isShown = try await eventually {
                try await gateway.text("routes.postgresql.last_error")
                    .contains("password authentication failed")
            }
            #expect(isShown)
            #expect(try await !gateway.get("/stats").text.contains("hunter2"))
            #expect(!gateway.log.lines.joined().contains("hunter2"))
            try server.query("ALTER USER plant PASSWORD 'hunter2-hunter2'")
            try await gateway.reaches("routes.postgresql.delivered", 3)
        }
    }

    @Test func `a row that the database refuses costs only itself`() async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...1))
            try await gateway.reaches("routes.postgresql.delivered", 1)
            try server.query(
                "ALTER TABLE nanogridata_packets ADD CHECK "
                    + "(decoded_payload->>'pressure_pa' <> '13')")
            try await gateway.send(DeviceFrames.pressures(2...20))
            try await gateway.reaches("routes.postgresql.delivered", 19)
            try await gateway.reaches("routes.postgresql.dead_letters", 1)
        }
        #expect(try server.query(count) == ["19|19"])
    }

    @Test func `a newer schema is left alone`() async throws {
        let server = try PostgresServer()
        try server.query(
            "CREATE TABLE nanogridata_schema (version integer PRIMARY KEY, applied_at timestamptz);"
                + "INSERT INTO nanogridata_schema VALUES (99)")
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...1))
            let isShown = try await eventually {
                try await gateway.text("routes.postgresql.last_error").contains("schema 99")
            }
            #expect(isShown)
        }
    }
}
