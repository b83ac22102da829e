import Testing

@testable import NanoServe

struct PostgresSchemaTests {
    private let all: Set = ["nanogridata_schema", "nanogridata_models", "nanogridata_packets"]

    @Test func `an empty database gets all tables and the newest version`() throws {
        let statements = try PostgresSchema.packets.statements(from: 0, missing: all)
        let tables = statements.filter { $0.hasPrefix("CREATE TABLE IF NOT EXISTS ") }
        #expect(tables.count == 2 && statements.count == 5)
        #expect(statements.last?.contains("nanogridata_schema (version) VALUES (1)") == true)
    }

    @Test func `only a table that is missing is made, and the others are left alone`() throws {
        let statements = try PostgresSchema.packets.statements(
            from: 1, missing: ["nanogridata_models"])
        #expect(statements.count == 2)
        #expect(!statements.joined().contains("nanogridata_packets"))
    }

    @Test func `packets and audit trail know nothing of each other's tables`() {
        #expect(!PostgresSchema.packets.missingQuestion.contains("audit"))
        #expect(!PostgresSchema.audit.missingQuestion.contains("'nanogridata_schema'"))
    }

    @Test(arguments: [PostgresSchema.packets, .audit])
    func `a database of the newest version is left as it is`(schema: PostgresSchema) throws {
        #expect(try schema.statements(from: schema.newest, missing: []).isEmpty)
    }

    @Test(arguments: [PostgresSchema.packets, .audit])
    func `a newer database is refused`(schema: PostgresSchema) {
        let newer = schema.newest + 1
        #expect(throws: PostgresSchemaFault(found: newer, known: schema.newest)) {
            try schema.statements(from: newer, missing: [])
        }
    }
}
