import Foundation
import NIOCore
import NIOPosix
import NanoCore
import Testing

@testable import NanoServe

/// What a pass copies of a trail, and what a stop does to it.
@Suite struct AuditMirrorPassTests {
    /// `number:hash` of each line of a trail.
    private func heads(_ trail: AuditTrail) throws -> [String] {
        AuditLine.all(in: try trail.bytes()).map { "\($0.entry?.number ?? 0):\($0.hash)" }
    }

    private func copied(_ server: PostgresServer) throws -> [String] {
        try server.query("SELECT number || ':' || hash FROM nanogridata_audit ORDER BY id")
    }

    private func mirror(
        _ trail: AuditTrail, of gateway: String = "plant", at url: String,
        log: LogRecorder = LogRecorder()
    ) throws -> AuditMirror {
        AuditMirror(
            of: gateway, stateFolder: trail.folder.path, to: "history",
            at: try #require(PostgresAddress(url: url)), timeoutMilliseconds: 60_000,
            logger: log.logger)
    }

    /// Copies a trail as a stopping gateway does.
    private func copy(
        _ trail: AuditTrail, of gateway: String = "plant", to server: PostgresServer,
        log: LogRecorder = LogRecorder()
    ) async throws {
        let mirror = try mirror(trail, of: gateway, at: server.url(), log: log)
        await mirror.finish(within: .seconds(600))
        #expect(mirror.snapshot.behind == 0)
    }

    @Test func `a stop copies what came last, whatever its text is`() async throws {
        let server = try PostgresServer()
        let trail = try AuditTrail(entries: 300)
        try trail.record("it's '\u{301}); DROP TABLE nanogridata_audit; -- \u{1F600}")
        try await copy(trail, of: "o'\u{301}brien", to: server)
        #expect(try copied(server) == heads(trail))
        #expect(
            try server.query("SELECT DISTINCT gateway FROM nanogridata_audit")
                == ["o'\u{301}brien"])
        let last = "SELECT target FROM nanogridata_audit WHERE number = 301"
        #expect(try server.query(last).first?.contains("DROP TABLE") == true)
    }

    @Test func `a trail whose end was cut off goes on beside what was copied of it`() async throws {
        let server = try PostgresServer()
        let trail = try AuditTrail(entries: 5)
        try await copy(trail, of: "plant", to: server)
        try trail.replace(trail.lines().prefix(3).flatMap(\.self))
        try trail.record("behind the cut")
        for _ in 0..<2 { try await copy(trail, of: "plant", to: server) }
        // The gateway counts on behind what audit.head knows of.
        #expect(
            try server.query("SELECT number, target FROM nanogridata_audit ORDER BY number")
                == (0..<5).map { "\($0 + 1)|route\($0)" } + ["6|behind the cut"])
    }

    @Test func `numbers and times that a database has no room for stand in the line alone`()
        async throws
    {
        let server = try PostgresServer()
        let trail = try AuditTrail(entries: 6)
        let times = [
            "0000-06-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "2026-01-17T14:30:00+20:00",
            "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-00:01", "yesterday",
        ]
        let begun: [UInt64] = [.max, 1 << 63, 1 << 63 - 1, 7, 8, 9]
        var bytes: [UInt8] = []
        for (place, line) in try trail.lines().enumerated() {
            let odd = String(decoding: line, as: UTF8.self)
                .replacing("2026-01-17T14:30:00.250Z", with: times[place])
                .replacing(#/"begun":\d+,/#, with: "")
                .replacing(#""uid":"#, with: "\"begun\":\(begun[place]),\"uid\":")
            bytes += odd.utf8
        }
        try trail.replace(bytes)
        try trail.record("behind them")
        try await copy(trail, to: server)
        #expect(try copied(server).count == 7)
        let kept = """
            SELECT begun, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')
            FROM nanogridata_audit WHERE id < 7 ORDER BY id
            """
        #expect(
            try server.query(kept) == [
                "|", "|", "\(Int64.max)|2026-01-16 18:30:00.000", "7|9999-12-31 23:59:59.999",
                "8|", "9|",
            ])
        #expect(
            try server.query("SELECT count(*) FROM nanogridata_audit WHERE line LIKE '%+20:00%'")
                == ["1"])
    }

    @Test func `a row that the database refuses costs only itself, and is told`() async throws {
        let server = try PostgresServer()
        let trail = try AuditTrail(entries: 1)
        let log = LogRecorder()
        try await copy(trail, to: server, log: log)
        try server.query("ALTER TABLE nanogridata_audit ADD CHECK (number NOT IN (3, 7))")
        for index in 1..<7 { try trail.record("route\(index)") }
        try await copy(trail, to: server, log: log)
        #expect(
            try server.query("SELECT number FROM nanogridata_audit ORDER BY id")
                == ["1", "2", "4", "5", "6"])
        let left = log.lines(with: "is left out of the copy")
        #expect(left.count == 2 && left[0].contains("23514"))
        try trail.record("behind them")
        try await copy(trail, to: server)
        #expect(try server.query("SELECT max(number) FROM nanogridata_audit") == ["8"])
    }

    @Test func `a new file in the place of the old one is a trail of its own`() async throws {
        let server = try PostgresServer()
        let trail = try AuditTrail(entries: 2)
        let first = try heads(trail)
        let mirror = try mirror(trail, at: server.url())
        mirror.look(now: .now)
        let isCopied = try await eventually { (try? copied(server)) == first }
        #expect(isCopied)
        let other = try AuditTrail()
        for target in ["new", "newer", "newest"] { try other.record(target) }
        try trail.replace(try other.bytes())
        let all = try first + heads(other)
        let isAdded = try await eventually {
            mirror.look(now: .now)
            return try copied(server) == all
        }
        #expect(isAdded)
        let trails = """
            SELECT count(*), min(hash) FILTER (WHERE number = 1) = trail
            FROM nanogridata_audit GROUP BY trail ORDER BY 1
            """
        #expect(try server.query(trails) == ["2|t", "3|t"])
        await mirror.finish(within: .seconds(600))
    }

    @Test func `a stop that ends a pass is no fault of the database`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                arrived.yield()
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(silent.localAddress?.port)
        let trail = try AuditTrail(entries: 1)
        let log = LogRecorder()
        let mirror = try mirror(
            trail, at: "postgresql://plant:x@127.0.0.1:\(port)/postgres", log: log)
        mirror.look(now: .now)
        for await _ in arrivals { break }
        await mirror.finish(within: .zero)
        let isEnded = try await eventually { !mirror.snapshot.fault.isEmpty }
        #expect(isEnded && log.lines(with: "audit trail").isEmpty)
        try await silent.close()
    }
}
