import NanoCore
import Testing

@testable import NanoServe

/// Devices that wait, on one event loop.
@Suite struct StrangerTableTests {
    private func note(
        _ table: inout StrangerTable, _ number: Int, at time: Int64, generation: Int = 1,
        timestamp: UInt32? = nil, port: UInt16 = 7
    ) {
        table.note(
            UInt64(number), generation: generation,
            timestamp: timestamp ?? UInt32(time), from: PeerReference(talker: 0, port: port),
            at: time
        ) { DeviceName(.esp32Pressure, "D\(number)") }
    }

    private func rows(_ tables: StrangerTable...) -> [RegistryRow] {
        var sum = StrangerSum()
        for table in tables { sum.add(table) { _ in "10.0.0.1" } }
        return sum.rows
    }

    @Test func `a device is listed once, with what is known of its newest frame`() throws {
        var table = StrangerTable()
        note(&table, 1, at: 1_000)
        note(&table, 1, at: 5_000, generation: 2)
        var other = StrangerTable()
        note(&other, 1, at: 3_000)
        let row = try #require(rows(table, other).first)
        #expect(rows(table, other).count == 1)
        #expect(row.firstSeenUnixMilliseconds == 1_000 && row.lastSeenUnixMilliseconds == 5_000)
        #expect(row.frames == 3 && row.generation == 2 && row.address == "10.0.0.1:7")
    }

    @Test func `a recording that is sent again does not say where a device is`() throws {
        var table = StrangerTable()
        note(&table, 1, at: 1_000, timestamp: 500)
        note(&table, 1, at: 2_000, timestamp: 501, port: 8)
        note(&table, 1, at: 3_000, timestamp: 500, port: 666)
        note(&table, 1, at: 4_000, timestamp: 501, port: 666)
        let row = try #require(rows(table).first)
        #expect(row.address == "10.0.0.1:8" && row.frames == 4)
    }

    @Test func `a recording does not say so on another event loop either`() throws {
        var table = StrangerTable()
        note(&table, 1, at: 1_000, generation: 2, timestamp: 500)
        note(&table, 1, at: 2_000, generation: 2, timestamp: 501, port: 8)
        // Sent again where the table knows nothing of the device.
        var older = StrangerTable()
        note(&older, 1, at: 3_000, timestamp: 500, port: 666)
        var newest = StrangerTable()
        note(&newest, 1, at: 4_000, timestamp: 501, port: 667)
        for order in [[table, older, newest], [newest, older, table], [older, newest, table]] {
            var sum = StrangerSum()
            for table in order { sum.add(table) { _ in "10.0.0.1" } }
            let row = try #require(sum.rows.first)
            #expect(row.address == "10.0.0.1:8" && row.frames == 4)
            #expect(row.firstSeenUnixMilliseconds == 1_000)
            #expect(row.lastSeenUnixMilliseconds == 4_000)
        }
        let row = try #require(rows(older, table).first)
        #expect(row.lastSeenUnixMilliseconds == 2_000 && row.generation == 2)
    }

    @Test func `a device that moves to another event loop is found there`() throws {
        var table = StrangerTable()
        note(&table, 1, at: 2_000, timestamp: 501, port: 8)
        var other = StrangerTable()
        note(&other, 1, at: 1_900, timestamp: 502, port: 9)
        for row in [rows(table, other), rows(other, table)].compactMap(\.first) {
            #expect(row.address == "10.0.0.1:9" && row.lastSeenUnixMilliseconds == 1_900)
        }
    }

    @Test func `beyond the capacity who was silent for longest makes room, and is counted`() {
        var table = StrangerTable()
        for number in 0..<StrangerTable.capacity { note(&table, number, at: Int64(number)) }
        note(&table, 0, at: 1_000)
        note(&table, 9_999, at: 1_001)
        let names = Set(rows(table).map(\.name.id))
        #expect(names.count == StrangerTable.capacity && table.forgotten == 1)
        #expect(names.isSuperset(of: ["D0", "D9999"]) && !names.contains("D1"))
        #expect(table.refused == UInt64(StrangerTable.capacity) + 2)
    }

    @Test func `who is known or turned away does not wait any more, and nobody else is lost`() {
        var table = StrangerTable()
        for number in 1...5 { note(&table, number, at: Int64(number)) }
        table.keep(where: { $0 == .deviceUnknown }, by: DeviceRoll(known: [2], turnedAway: [4]))
        #expect(rows(table).map(\.name.id) == ["D1", "D3", "D5"])
        note(&table, 3, at: 9)
        #expect(rows(table).map(\.frames) == [1, 2, 1])
        table.keep(where: { $0 == .deviceUnknown }, by: DeviceRoll())
        #expect(rows(table).isEmpty)
    }
}
