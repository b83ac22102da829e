import NanoCore
import Testing

@testable import NanoServe

@Suite struct PostgresSettingsTests {
    private let url = "postgresql://gateway:hunter2-hunter2@db.example:5433/plant"

    @Test func `a variable alone makes a route for packets of every type`() throws {
        let settings = try load(nil, ["DATABASE_URL": url])
        let destination = try #require(settings.routes.destinations.last)
        #expect(destination.name == "postgresql")
        #expect(destination.endpoint.shown == "postgresql://db.example/plant")
        #expect(destination.batchEvents == 500)
        for type in PayloadType.allCases {
            let names = settings.routes.rules.filter { $0.type == type }.flatMap(\.destinations)
            #expect(names.contains("postgresql"))
            #expect(names.count == 2)
        }
        #expect(settings.warnings.isEmpty)
        #expect(!"\(settings)".contains("hunter2"))
    }

    @Test func `a route of the file takes its address from a variable`() throws {
        let file = """
            routes:
              history:
                format: postgresql
                endpoint_env: HISTORY
                batch_events: 50
            """
        let destination = try #require(
            try load(file, ["HISTORY": url]).routes.destinations.last)
        #expect(destination.takesRows)
        #expect(destination.batchEvents == 50)
        #expect(destination.copiesAudit)
    }

    @Test func `a route may do without the audit trail, which only rows can hold`() throws {
        let settings = try load("routes:\n  postgresql:\n    audit: false\n", ["DATABASE_URL": url])
        #expect(settings.routes.destinations.last?.copiesAudit == false)
        #expect(
            settings.summary.contains {
                $0.hasPrefix("route postgresql") && $0.hasSuffix(", without the audit trail")
            })
        #expect(throws: (any Error).self) { try load("routes:\n  alba:\n    audit: false\n") }
    }

    @Test(arguments: ["mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:port:port/d%"])
    func `a wrong address is refused without being repeated`(url: String) throws {
        let error = #expect(throws: (any Error).self) {
            try load(nil, ["DATABASE_URL": url])
        }
        let text = String(describing: try #require(error))
        #expect(text.contains("environment DATABASE_URL: is not the address of a PostgreSQL"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `a server's words are one line without the password`() throws {
        let address = try #require(PostgresAddress(url: url))
        #expect(
            address.described("no: hunter2-hunter2\n\tHINT: \u{1B}[2J")
                == "no: (secret); HINT: \\u{1B}[2J")
    }

    @Test(arguments: [
        ("22P05", true), ("23502", true), ("23503", false), ("25006", false), ("53300", false),
        ("57P01", false),
    ])
    func `only what concerns rows condemns them`(state: String, condemns: Bool) {
        #expect(PostgresWire.concernsRows(state) == condemns)
    }
}
