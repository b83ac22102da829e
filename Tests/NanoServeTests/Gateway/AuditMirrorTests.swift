import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A gateway whose audit trail is copied to a PostgreSQL as it is installed.
@Suite struct AuditMirrorTests {
    private let numbers = "SELECT number FROM nanogridata_audit ORDER BY id"
    private let actions = "SELECT action FROM nanogridata_audit ORDER BY number"

    /// `number:hash` of each line of a state folder's trail.
    private func heads(_ state: String) throws -> [String] {
        AuditLine.all(in: Array(try Data(contentsOf: URL(filePath: state + "/audit.jsonl"))))
            .map { "\($0.entry?.number ?? 0):\($0.hash)" }
    }

    private func copied(_ server: PostgresServer) throws -> [String] {
        try server.query("SELECT number || ':' || hash FROM nanogridata_audit ORDER BY id")
    }

    /// Waits until the database has everything that the file has.
    private func catchesUp(_ server: PostgresServer, with state: String) async throws -> Bool {
        try await eventually(every: .milliseconds(100)) {
            (try? copied(server)) == (try heads(state))
        }
    }

    @Test func `every entry is one row, in the file's order, with its hash`() async throws {
        let server = try PostgresServer()
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        for _ in 0..<2 {
            try await withGateway(environment: ["DATABASE_URL": server.url()], state: state) {
                gateway in
                _ = await gateway.perform(.pauseRoute("alba"))
                _ = await gateway.perform(.resumeRoute("alba"))
                #expect(try await catchesUp(server, with: state))
                let copies = gateway.gateway.snapshot([]).gateway.auditCopies
                #expect(copies?.map(\.route) == ["postgresql"])
                let isTold = try await eventually {
                    gateway.gateway.snapshot([]).gateway.auditCopies?.first?.behind == 0
                }
                #expect(isTold)
            }
        }
        // The last entry, the second stop's, may be the next start's to copy.
        #expect(try copied(server).prefix(7) == heads(state).prefix(7))
        #expect(try server.query(numbers).prefix(7) == (1...7).map(String.init)[...])
        let round = ["start", "pause_route", "resume_route", "stop"]
        #expect(try server.query(actions).prefix(7) == (round + round).prefix(7))
        let whole = """
            SELECT count(*) FROM nanogridata_audit a WHERE number < 8 AND
            hash = encode(sha256(convert_to(line || E'\\n', 'UTF8')), 'hex')
            AND (number = 1 OR previous = (SELECT hash FROM nanogridata_audit b
                WHERE b.trail = a.trail AND b.number = a.number - 1))
            AND trail = (SELECT hash FROM nanogridata_audit WHERE number = 1)
            AND gateway = (SELECT target FROM nanogridata_audit WHERE number = 1) AND uid = \(getuid()) AND result = 'done'
            AND abs(extract(epoch FROM copied_at - time)) < 600
            """
        #expect(try server.query(whole) == ["7"])
    }

    @Test func `a table that was dropped, or emptied, has everything again with the next entry`()
        async throws
    {
        let server = try PostgresServer()
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(environment: ["DATABASE_URL": server.url()], state: state) {
            gateway in
            #expect(try await catchesUp(server, with: state))
            for statement in ["DROP TABLE nanogridata_audit", "TRUNCATE nanogridata_audit"] {
                try server.query(statement)
                _ = await gateway.perform(.pauseRoute("alba"))
                #expect(try await catchesUp(server, with: state))
            }
        }
        #expect(try server.query("SELECT version FROM nanogridata_audit_schema") == ["1"])
    }

    @Test
    func
        `what a server misses while it is away is copied when it is back, and keeps nobody waiting`()
        async throws
    {
        let server = try PostgresServer()
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(environment: ["DATABASE_URL": server.url()], state: state) {
            gateway in
            #expect(try await catchesUp(server, with: state))
            try server.stop()
            for _ in 0..<3 { _ = await gateway.perform(.pauseRoute("alba")) }
            #expect(try heads(state).count == 4)
            let isTold = try await eventually {
                let copy = gateway.gateway.snapshot([]).gateway.auditCopies?.first
                return copy?.fault.isEmpty == false && copy?.behind == 3
            }
            #expect(isTold)
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("packets.accepted", 5)
            try server.start()
            #expect(try await catchesUp(server, with: state))
            #expect(gateway.log.lines(with: "the audit trail cannot be copied").count == 1)
            let isOver = try await eventually {
                gateway.log.lines(with: "the audit trail is copied again").count == 1
            }
            #expect(isOver)
            try await gateway.reaches("routes.postgresql.delivered", 5)
        }
    }

    @Test func `gateways that share a database keep their trails apart`() async throws {
        let server = try PostgresServer()
        let folder = try TemporaryFolder()
        for name in ["north", "south"] {
            try await withGateway(
                yaml: "name: \(name)\n", environment: ["DATABASE_URL": server.url()],
                state: folder.path + "/" + name
            ) { gateway in
                _ = await gateway.perform(.pauseRoute("alba"))
                let rows = "SELECT count(*) FROM nanogridata_audit WHERE gateway = '\(name)'"
                let isCopied = try await eventually { (try? server.query(rows)) == ["2"] }
                #expect(isCopied)
            }
        }
        let rows = """
            SELECT gateway, count(*), count(DISTINCT trail), min(number), max(number)
            FROM nanogridata_audit WHERE number < 3 GROUP BY gateway ORDER BY 1
            """
        #expect(try server.query(rows) == ["north|2|1|1|2", "south|2|1|1|2"])
        #expect(
            try server.query("SELECT count(DISTINCT trail) FROM nanogridata_audit") == ["2"])
    }

    @Test func `what was changed in the file later stands beside what was copied`() async throws {
        let server = try PostgresServer()
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let environment = ["DATABASE_URL": server.url()]
        try await withGateway(environment: environment, state: state) { gateway in
            _ = await gateway.perform(.pauseRoute("alba"))
            let isCopied = try await catchesUp(server, with: state)
            #expect(isCopied)
        }
        let text = try String(contentsOfFile: state + "/audit.jsonl", encoding: .utf8)
        try text.replacing("pause_route", with: "resume_route")
            .write(toFile: state + "/audit.jsonl", atomically: false, encoding: .utf8)
        try await withGateway(environment: environment, state: state) { gateway in
            let isCopied = try await eventually { try copied(server).count == 4 }
            #expect(isCopied && gateway.gateway.snapshot([]).gateway.auditCopies?.count == 1)
            let (copies, lines) = (try copied(server), try heads(state))
            #expect(copies.count == 4 && lines.count == 4)
            // What was copied stays, and the next entries follow it.
            #expect(zip(copies, lines).map { $0 == $1 } == [true, false, true, true])
        }
        let second = "SELECT action FROM nanogridata_audit WHERE number = 2"
        #expect(try server.query(second) == ["pause_route"])
    }
}
