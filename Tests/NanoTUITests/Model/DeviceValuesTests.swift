import NanoCore
import Testing

@testable import NanoTUI

@Suite struct DeviceValuesTests {
    private static func record(
        _ model: ModelID = .custom, type: PayloadType = .telemetry,
        _ write: (inout CBORWriter) -> Void
    ) -> PacketRecord {
        var writer = CBORWriter()
        write(&writer)
        let frame = FrameBuilder(
            model: model, type: type, level: .standard, timestamp: 1_790_000_000
        ).build(payload: writer.bytes, key: HMACKey(secret: (0..<32).map { UInt8($0) }))
        return PacketRecord(
            id: 1, unixMilliseconds: 0, address: "10.0.0.1:9", bytes: frame, model: model)
    }

    private static func numbers(_ pairs: [(String, Double)]) -> PacketRecord {
        record { writer in
            writer.map(pairs.count)
            for (name, value) in pairs {
                writer.text(name)
                writer.double(value)
            }
        }
    }

    @Test(
        arguments: [
            ([23.9, 24], 1, ["23.9", "24.0"]), ([20, 60], 0, ["20", "60"]),
            ([101_325, 101_326.25], 0, ["101,325", "101,326"]),
            ([0.004, -0.25], 3, ["0.004", "-0.250"]), ([99.94, 1.5], 2, ["99.94", "1.50"]),
            ([0, 0], 0, ["0", "0"]), ([1e300, 2], 0, ["1e+300", "2"]),
        ] as [([Double], Int, [String])])
    func `the numbers of a series have as many decimals as one of them needs`(
        points: [Double], decimals: Int, texts: [String]
    ) throws {
        let values = DeviceValues(points.map { Self.numbers([("level", $0)]) }, profile: .custom)
        let series = try #require(values.series.first)
        #expect(series.decimals == decimals)
        #expect(points.map { Numbers.measured($0, decimals: decimals) } == texts)
    }

    @Test func `a whole number that comes takes no digit away`() throws {
        func latest(_ points: [Double]) throws -> String {
            let records = points.map { Self.numbers([("level", $0)]) }
            let series = try #require(DeviceValues(records, profile: .custom).series.first)
            return Numbers.measured(series.latest, decimals: series.decimals)
        }
        #expect(try latest([23.9]) == "23.9")
        #expect(try latest([23.9, 24]) == "24.0")
        #expect(try latest([23.9, 24, 23.8]) == "23.8")
    }

    @Test func `a number has its latest, least, mean and largest over all packets`() throws {
        let values = DeviceValues(
            [3, -1, 4, 2].map { Self.numbers([("level", $0)]) }, profile: .custom)
        let level = try #require(values.series.first)
        #expect(level.name == "level" && level.unit.isEmpty)
        #expect(level.points == [3, -1, 4, 2])
        #expect(level.latest == 2 && level.least == -1 && level.largest == 4 && level.mean == 2)
        #expect(values.packets == 4 && values.left == 0)
    }

    @Test(arguments: [
        (ModelID.esp32Pressure, Profile.esp32Pressure, "pressure_pa", "value", "Pa"),
        (.stm32Gas, .stm32Gas, "concentration_ppm", "ppm", "ppm"),
    ])
    func `entries are of what the profile measures, in its unit`(
        model: ModelID, profile: Profile, name: String, key: String, unit: String
    ) {
        let direct = Self.record(model) { writer in
            writer.map(1)
            writer.text(name)
            writer.unsigned(7)
        }
        let entries = Self.record(model) { writer in
            writer.map(1)
            writer.text("entries")
            writer.array(2)
            for value in [8, 9] as [UInt64] {
                writer.map(2)
                writer.text("ts")
                writer.unsigned(1)
                writer.text(key)
                writer.unsigned(value)
            }
        }
        let values = DeviceValues([direct, entries], profile: profile)
        #expect(values.series.map(\.name) == [name] && values.series.map(\.unit) == [unit])
        #expect(values.series.first?.points == [7, 8, 9])
    }

    @Test func `two sensors of one kind are two, and a name in another unit is another`() {
        let record = Self.record { writer in
            writer.map(1)
            writer.text("sensors")
            writer.array(3)
            for (unit, value) in [("C", 20), ("C", 30), ("F", 70)] as [(String, UInt64)] {
                writer.map(3)
                writer.text("type")
                writer.text("temperature")
                writer.text("unit")
                writer.text(unit)
                writer.text("entries")
                writer.array(1)
                writer.map(1)
                writer.text("value")
                writer.unsigned(value)
            }
        }
        let values = DeviceValues([record, record], profile: .asicMulti)
        #expect(values.series.map(\.name) == ["temperature", "temperature 2", "temperature"])
        #expect(values.series.map(\.unit) == ["C", "C", "F"])
        #expect(values.series.map(\.points) == [[20, 20], [30, 30], [70, 70]])
    }

    @Test func `what is no telemetry, no number or missing draws nothing`() {
        let event = Self.record(type: .event) { writer in
            writer.map(1)
            writer.text("level")
            writer.unsigned(1)
        }
        let text = Self.record { writer in
            writer.map(2)
            writer.text("level")
            writer.text("high")
            writer.text("other")
            writer.double(.infinity)
        }
        let values = DeviceValues([event, text], profile: .custom)
        #expect(values.series.isEmpty && values.packets == 0)
        let late = DeviceValues(
            [text, Self.numbers([("a", 1)]), Self.numbers([("b", 2)])], profile: .custom)
        #expect(late.series.map(\.points) == [[1], [2]])
    }

    @Test func `names that a device makes up are bounded, and counted`() {
        let records = (0..<100).map { Self.numbers([("n\($0)", 1), ("same", 2)]) }
        let values = DeviceValues(records, profile: .custom)
        #expect(values.series.count == DeviceValues.mostSeries)
        #expect(values.left == 100 + 1 - DeviceValues.mostSeries)
        let many = DeviceValues(
            (0..<2_000).map { Self.numbers([("x", Double($0))]) }, profile: .custom)
        #expect(many.series.first?.points.count == DeviceValues.mostPoints)
        #expect(many.series.first?.latest == 1_999)
    }

    @Test func `names that only look alike are two`() {
        let values = DeviceValues(
            [Self.numbers([("\u{E9}", 1)]), Self.numbers([("e\u{301}", 2)])], profile: .custom)
        #expect(values.series.count == 2)
    }

    @Test func `the largest numbers that there are have a mean and a curve`() throws {
        let values = DeviceValues(
            [Self.numbers([("x", 1.7e308)]), Self.numbers([("x", -1.7e308)])], profile: .custom)
        let series = try #require(values.series.first)
        #expect(series.mean == 0)
        #expect(Graph.trace(series.points, width: 4) == "  █▁")
    }
}
