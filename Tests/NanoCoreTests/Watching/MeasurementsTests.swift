import Testing

@testable import NanoCore

/// What is read out of payloads to be watched.
@Suite struct MeasurementsTests {
    static func record(
        _ payload: [UInt8], type: PayloadType = .telemetry, id: UInt64 = 1
    ) -> PacketRecord {
        let frame = FrameBuilder(
            model: .custom, type: type, level: .standard, timestamp: 1_790_000_000
        ).build(payload: payload, key: HMACKey(secret: Scenario.secret))
        return PacketRecord(
            id: id, unixMilliseconds: 0, address: "10.0.0.1:9", bytes: frame, model: .custom,
            deviceID: "D-1")
    }

    static func fields(_ write: (inout CBORWriter) -> Void) -> [String] {
        var writer = CBORWriter()
        write(&writer)
        return Measurements(of: record(writer.bytes)).fields.map { "\($0.name)=\($0.value)" }
    }

    @Test func `numbers at the top are read, without times and counters`() {
        let fields = Self.fields {
            $0.map(6)
            for (key, value) in [("seq", 1), ("timestamp", 2), ("pressure_pa", 3), ("level", -4)] {
                $0.text(key)
                $0.integer(Int64(value))
            }
            $0.text("device_id")
            $0.text("D-1")
            $0.text("volts")
            $0.double(3.5)
        }
        #expect(fields == ["pressure_pa=3.0", "level=-4.0", "volts=3.5"])
    }

    @Test func `of entries the last counts, of sensors the last of each`() {
        func entries(_ writer: inout CBORWriter, _ values: [Double]) {
            writer.text("entries")
            writer.array(values.count)
            for value in values {
                writer.map(2)
                writer.text("ts")
                writer.unsigned(7)
                writer.text("value")
                writer.double(value)
            }
        }
        let fields = Self.fields { writer in
            writer.map(2)
            entries(&writer, [1, 2])
            writer.text("sensors")
            writer.array(2)
            for name in ["humidity", "temperature"] {
                writer.map(3)
                writer.text("type")
                writer.text(name)
                writer.text("unit")
                writer.text("%")
                entries(&writer, [5, 6])
            }
        }
        #expect(fields == ["entries=2.0", "humidity=6.0", "temperature=6.0"])
    }

    @Test func `at most four fields are read, and none of what is no telemetry`() {
        var writer = CBORWriter()
        writer.map(9)
        for number in 0..<9 {
            writer.text("f\(number)")
            writer.unsigned(UInt64(number))
        }
        #expect(Measurements(of: Self.record(writer.bytes)).fields.count == 4)
        #expect(Measurements(of: Self.record(writer.bytes, type: .event)).fields.isEmpty)
    }

    @Test func `other shapes and cut payloads are read past`() {
        let fields = Self.fields {
            $0.map(4)
            $0.text("entries")
            $0.unsigned(4)
            $0.text("sensors")
            $0.array(1)
            $0.unsigned(1)
            $0.text("inner")
            $0.map(1)
            $0.text("x")
            $0.unsigned(1)
            $0.text("y")
            $0.unsigned(2)
        }
        #expect(fields == ["y=2.0"])
        var random = SeededNumbers(seed: 1)
        for length in 0..<2_000 {
            let bytes = (0..<length % 40).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Measurements(of: Self.record(bytes)).fields.count <= Measurements.most)
        }
    }

    @Test func `read whole, there are all entries with units, and what lies in maps and lists`() {
        func entry(_ writer: inout CBORWriter, _ value: Double) {
            writer.map(1)
            writer.text("value")
            writer.double(value)
        }
        var writer = CBORWriter()
        writer.map(4)
        writer.text("sensors")
        writer.array(1)
        writer.map(3)
        writer.text("type")
        writer.text("humidity")
        writer.text("unit")
        writer.text("%")
        writer.text("entries")
        writer.array(3)
        for value in [5, .nan, 6] { entry(&writer, value) }
        writer.text("air")
        writer.map(3)
        writer.text("ts")
        writer.unsigned(1)
        writer.text("name")
        writer.text("roof")
        writer.text("in")
        writer.map(1)
        writer.text("temperature")
        writer.integer(-7)
        writer.text("samples")
        writer.array(3)
        writer.unsigned(1)
        writer.text("x")
        writer.unsigned(3)
        writer.text("label")
        writer.text("none")
        let record = Self.record(writer.bytes)
        #expect(
            Measurements(of: record, reach: .whole).fields == [
                .init(name: "humidity", unit: "%", values: [5, 6]),
                .init(name: "air.in.temperature", values: [-7]),
                .init(name: "samples", values: [1, 3]),
            ])
        #expect(Measurements(of: record).fields.map(\.name) == ["humidity"])
    }

    @Test func `read whole, the fields are bounded, and nothing traps`() {
        var writer = CBORWriter()
        writer.map(20)
        for number in 0..<20 {
            writer.text("f\(number)")
            writer.unsigned(UInt64(number))
        }
        #expect(Measurements(of: Self.record(writer.bytes), reach: .whole).fields.count == 16)
        var random = SeededNumbers(seed: 2)
        for length in 0..<4_000 {
            // Half of it heads of maps and arrays, so that some go deep.
            let bytes = (0..<length % 60).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0x80...0xBF, using: &random)
                    : UInt8.random(in: 0...255, using: &random)
            }
            let fields = Measurements(of: Self.record(bytes), reach: .whole).fields
            #expect(fields.count <= 16 && fields.allSatisfy { !$0.values.isEmpty })
        }
    }

    @Test func `a device's own values are watched in what is sampled`() {
        var rules = WatchRules()
        rules.valueLearningSeconds = 5
        var watch = FleetWatch(rules: rules)
        var row = DeviceSnapshot(model: .custom, id: "D-1")
        func look(_ second: UInt64) {
            row.accepted += 1
            watch.look(
                [row], listens: true,
                now: Moment(unixMilliseconds: 0, monotonicNanoseconds: second * 5_000_000_000))
        }
        func note(_ id: UInt64, _ value: Int64) {
            var writer = CBORWriter()
            writer.map(1)
            writer.text("pressure_pa")
            writer.integer(value)
            let record = Self.record(writer.bytes, id: id)
            // The same record is sampled twice.
            watch.look([record])
            watch.look([record])
        }
        look(1)
        look(2)
        for id in 0..<200 as Range<UInt64> { note(id, 100_000 + Int64(id * 7 % 5)) }
        for id in 200..<202 as Range<UInt64> { note(id, 150_000) }
        look(3)
        #expect(watch.anomalies.isEmpty)
        note(202, 150_000)
        look(4)
        #expect(watch.anomalies.map(\.kind) == [.value])
        let evidence = watch.anomalies.first?.examples.first?.evidence ?? ""
        #expect(evidence.hasPrefix("pressure_pa 150,000, usually 100,"), "\(evidence)")
    }
}
