import Testing

@testable import NanoServe

struct PostgresSchemaTests {
    @Test func `an empty database gets all tables and the newest version`() throws {
        let statements = try PostgresSchema.statements(from: 0)
        for table in ["nanogridata_models", "nanogridata_packets", "nanogridata_audit"] {
            #expect(statements.contains { $0.hasPrefix("CREATE TABLE IF NOT EXISTS \(table) ") })
        }
        #expect(statements.last?.contains("VALUES (\(PostgresSchema.newest))") == true)
    }

    @Test func `a database of the newest version is left as it is`() throws {
        #expect(try PostgresSchema.statements(from: PostgresSchema.newest).isEmpty)
    }

    @Test func `a newer database is refused`() {
        let newer = PostgresSchema.newest + 1
        #expect(
            throws: PostgresSchemaFault(found: newer, known: PostgresSchema.newest)
        ) { try PostgresSchema.statements(from: newer) }
    }
}
