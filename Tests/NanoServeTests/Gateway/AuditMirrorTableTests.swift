import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// The tables of a copied audit trail, and the users who may write or make them.
@Suite struct AuditMirrorTableTests {
    /// Waits until the gateway tells that its trail is copied.
    private func isCopied(by gateway: LiveGateway) async throws -> Bool {
        try await eventually {
            gateway.gateway.snapshot([]).gateway.auditCopies?.first?.behind == 0
        }
    }

    @Test func `a user who may not write the table keeps no packet waiting`() async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
            #expect(try await isCopied(by: gateway))
        }
        try server.query(
            "CREATE USER writer PASSWORD '\(PostgresServer.password)';"
                + "GRANT CREATE ON SCHEMA public TO writer;"
                + "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO writer;"
                + "REVOKE ALL ON nanogridata_audit FROM writer")
        let url = server.url().replacing("//plant:", with: "//writer:")
        try await withGateway(environment: ["DATABASE_URL": url]) { gateway in
            try await gateway.send([DeviceFrames.pressure(2)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
            let isTold = try await eventually {
                let copy = gateway.gateway.snapshot([]).gateway.auditCopies?.first
                return copy?.fault.hasPrefix("42501 ") == true && copy?.copied == nil
            }
            #expect(isTold)
            try server.query("GRANT SELECT, INSERT ON nanogridata_audit TO writer")
            #expect(try await isCopied(by: gateway))
        }
    }

    @Test(arguments: [false, true])
    func `a missing table where the others are somebody else's keeps no packet waiting`(
        mayCreate: Bool
    ) async throws {
        let server = try PostgresServer()
        try await withGateway(environment: ["DATABASE_URL": server.url()]) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
            #expect(try await isCopied(by: gateway))
        }
        try server.query(
            "CREATE USER writer PASSWORD '\(PostgresServer.password)';"
                + "\(mayCreate ? "GRANT" : "REVOKE") CREATE ON SCHEMA public "
                + "\(mayCreate ? "TO writer" : "FROM PUBLIC");"
                + "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO writer;"
                + "DROP TABLE nanogridata_audit")
        let url = server.url().replacing("//plant:", with: "//writer:")
        try await withGateway(environment: ["DATABASE_URL": url]) { gateway in
            try await gateway.send([DeviceFrames.pressure(2)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
            guard !mayCreate else {
                #expect(try await isCopied(by: gateway))
                return
            }
            let isTold = try await eventually {
                let copy = gateway.gateway.snapshot([]).gateway.auditCopies?.first
                return copy?.fault.hasPrefix("42501 ") == true
            }
            #expect(isTold)
        }
        #expect(try server.query("SELECT count(*) FROM nanogridata_packets") == ["2"])
    }

    @Test func `an older database gets the table, and keeps its packets`() async throws {
        let server = try PostgresServer()
        let environment = ["DATABASE_URL": server.url()]
        try await withGateway(environment: environment) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
        }
        try server.query(
            "DROP TABLE IF EXISTS nanogridata_audit, nanogridata_audit_schema")
        let applied = "SELECT applied_at FROM nanogridata_schema WHERE version = 1"
        let before = try server.query(applied)
        try await withGateway(environment: environment) { gateway in
            try await gateway.send([DeviceFrames.pressure(2)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
            #expect(try await isCopied(by: gateway))
        }
        #expect(try server.query("SELECT count(*) FROM nanogridata_packets") == ["2"])
        #expect(try server.query(applied) == before)
    }

    @Test func `a database that counts the table with those of the packets is written to`()
        async throws
    {
        let server = try PostgresServer()
        let environment = ["DATABASE_URL": server.url()]
        for number in 1...2 {
            try await withGateway(environment: environment) { gateway in
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.reaches("routes.postgresql.delivered", 1)
                #expect(try await isCopied(by: gateway))
            }
            try server.query(
                "INSERT INTO nanogridata_schema VALUES (2) ON CONFLICT DO NOTHING;"
                    + "DROP TABLE nanogridata_audit_schema")
        }
    }

    @Test func `a route without the trail gets none`() async throws {
        let server = try PostgresServer()
        try await withGateway(
            yaml: "routes:\n  postgresql:\n    audit: false\n",
            environment: ["DATABASE_URL": server.url()]
        ) { gateway in
            #expect(gateway.gateway.snapshot([]).gateway.auditCopies == [])
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.postgresql.delivered", 1)
        }
        let tables = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'nanogridata_audit%'"
        #expect(try server.query(tables) == ["0"])
    }

    /// The statements that docs/audit.md has for it.
    @Test func `a gateway whose user may only add rows copies all the same`() async throws {
        let server = try PostgresServer()
        try server.query(
            "CREATE USER gateway PASSWORD '\(PostgresServer.password)';"
                + "GRANT CREATE ON SCHEMA public TO gateway")
        let url = server.url().replacing("//plant:", with: "//gateway:")
        try await withGateway(environment: ["DATABASE_URL": url]) { gateway in
            #expect(try await isCopied(by: gateway))
            try server.query(
                """
                CREATE ROLE audit_keeper NOLOGIN;
                ALTER TABLE nanogridata_audit OWNER TO audit_keeper;
                REVOKE ALL ON nanogridata_audit FROM PUBLIC, gateway;
                GRANT SELECT, INSERT ON nanogridata_audit TO gateway;
                """)
            _ = await gateway.perform(.pauseRoute("alba"))
            let rows = "SELECT count(*) FROM nanogridata_audit"
            let isAdded = try await eventually { try server.query(rows) == ["2"] }
            #expect(isAdded)
        }
        for act in [
            "UPDATE nanogridata_audit SET note = ''", "DELETE FROM nanogridata_audit",
            "TRUNCATE nanogridata_audit", "DROP TABLE nanogridata_audit",
            "GRANT DELETE ON nanogridata_audit TO gateway; DELETE FROM nanogridata_audit",
        ] {
            #expect(throws: (any Error).self) {
                try server.query("SET ROLE gateway; \(act)")
            }
        }
    }
}
